package dev.gssbaton.seal;

import dev.gssbaton.spi.JceKey;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;

/**
 * A key of an account or of a process tree, and the sealing keys derived from it: one for each purpose.
 *
 * <pre>
 * identifier in a token  first 16 octets of SHA-256("baton key id 1" ‖ 00 ‖ id ‖ purpose)
 * sealing key            HMAC-SHA256(key, "baton seal 1" ‖ 00 ‖ purpose ‖ 01)
 * </pre>
 *
 * <p>The second is HKDF-Expand (<a href="https://www.rfc-editor.org/rfc/rfc5869#section-2.3">RFC 5869 section 2.3</a>) for
 * 32 octets; the extraction is left out, since the key is random. The identifier is made of the random identifier, so
 * that it says nothing of the key; the purpose is in both, so that a token of another purpose names a key that is not
 * held. Safe for use by several threads.
 */
final class RootKey implements AutoCloseable {
    private static final byte[] ID_LABEL = "baton key id 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEAL_LABEL = "baton seal 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FIRST_BLOCK = {1};

    private final PublicId id;
    private final Instant created;
    private final SecretBytes key;
    private final Map<String, SealingKey> derived = new ConcurrentHashMap<>();
    private boolean closed;

    /**
     * Makes a key.
     *
     * @param id its random identifier
     * @param created when it was made, to the second
     * @param key 32 octets, owned by this object from now on
     */
    RootKey(PublicId id, Instant created, SecretBytes key) {
        this.id = id;
        this.created = created;
        this.key = key;
    }

    PublicId id() {
        return id;
    }

    Instant created() {
        return created;
    }

    SecretBytes key() {
        return key;
    }

    /** Says whether another object is the same key: what a file that was read again holds. */
    boolean isSameAs(RootKey other) {
        return id.equals(other.id) && key.lend(mine -> other.key.lend(theirs -> MessageDigest.isEqual(mine, theirs)));
    }

    /**
     * Gives the sealing key for a purpose, always the same object.
     *
     * @return the key, which this object closes; empty if this key has been dropped
     */
    Optional<SealingKey> sealingKey(String purpose) {
        SealingKey known = derived.get(purpose);
        return known != null ? Optional.of(known) : newSealingKey(purpose);
    }

    private synchronized Optional<SealingKey> newSealingKey(String purpose) {
        return closed ? Optional.empty() : Optional.of(derived.computeIfAbsent(purpose, this::derive));
    }

    private SealingKey derive(String purpose) {
        byte[] info = Purposes.octets(purpose);
        try (JceKey jceKey = new JceKey("HmacSHA256", key.copy());
                JceKey zero = JceKey.zero("HmacSHA256")) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(jceKey);
            mac.update(SEAL_LABEL);
            mac.update(info);
            SecretBytes output = SecretBytes.take(mac.doFinal(FIRST_BLOCK));
            mac.init(zero);
            return new SealingKey(headerId(id, purpose), output);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every JDK", e);
        }
    }

    /** Computes by which identifier the tokens of a purpose name a key. */
    static PublicId headerId(PublicId id, String purpose) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(ID_LABEL);
            sha256.update(id.toBytes());
            return PublicId.of(sha256.digest(Purposes.octets(purpose)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Erases the key and what was derived from it. */
    @Override
    public synchronized void close() {
        closed = true;
        key.close();
        derived.values().forEach(SealingKey::close);
        derived.clear();
    }
}
