package dev.gssbaton.krb5;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.PrfKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The keys of a context, which it owns: the ticket's session key, the subkeys that were asserted, and which of them
 * protects messages.
 */
public final class ContextKeys implements AutoCloseable {
    private final EncryptionKey sessionKey;
    private final EncryptionKey initiatorSubkey;
    private final EncryptionKey acceptorSubkey;

    /**
     * Takes keys over.
     *
     * @param sessionKey the ticket's session key
     * @param initiatorSubkey what the initiator asserted; null for none
     * @param acceptorSubkey what the acceptor asserted; null for none
     */
    public ContextKeys(EncryptionKey sessionKey, EncryptionKey initiatorSubkey, EncryptionKey acceptorSubkey) {
        this.sessionKey = Objects.requireNonNull(sessionKey, "sessionKey");
        this.initiatorSubkey = initiatorSubkey;
        this.acceptorSubkey = acceptorSubkey;
    }

    /** Takes over what this object holds, and the acceptor's subkey. This object is not to be used any more. */
    ContextKeys withAcceptorSubkey(EncryptionKey subkey) {
        return new ContextKeys(sessionKey, initiatorSubkey, subkey);
    }

    /**
     * Gives what can be granted under a type of encryption. Under rc4-hmac one key and number have one keystream. So there
     * is no confidentiality where both sides begin with the same number, which is without mutual authentication, nor where
     * messages have the ticket's session key, which is that of its other contexts too.
     *
     * @param flags what was asked for
     * @param type the type of the key that protects messages
     * @param keyOfItsOwn true if that is a subkey
     * @return the flags, less that of confidentiality where there is none
     */
    public static int grantable(int flags, EncryptionType type, boolean keyOfItsOwn) {
        boolean safe = keyOfItsOwn && (flags & ContextFlag.MUTUAL.bit()) != 0;
        return type.isOfRfc4121() || safe ? flags : flags & ~ContextFlag.CONF.bit();
    }

    /**
     * Gives the ticket's session key.
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey sessionKey() {
        return sessionKey;
    }

    /**
     * Gives the initiator's subkey.
     *
     * @return the key, which stays this object's; null if there is none
     */
    public EncryptionKey initiatorSubkey() {
        return initiatorSubkey;
    }

    /**
     * Gives the acceptor's subkey.
     *
     * @return the key, which stays this object's; null if there is none
     */
    public EncryptionKey acceptorSubkey() {
        return acceptorSubkey;
    }

    /**
     * Gives the key that protects messages: the acceptor's subkey, or else the initiator's, or else the session key
     * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-2">RFC 4121 section 2</a>).
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey baseKey() {
        return acceptorSubkey != null ? acceptorSubkey : initiatorKey();
    }

    /**
     * Computes the pseudo-random function of RFC 4402, as
     * <a href="https://www.rfc-editor.org/rfc/rfc7802#section-2">RFC 7802 section 2</a> restates it:
     * {@code PRF(K, 0 | input) | PRF(K, 1 | input) | …}, truncated, where the numbers have four octets, big-endian.
     *
     * @param which {@link PrfKey#FULL} for the key that protects messages, {@link PrfKey#PARTIAL} for the initiator's
     *     subkey, or the session key if there is none
     * @param input any octets, not changed
     * @param length number of octets wanted
     * @return the octets, the caller's, who erases them
     */
    byte[] pseudoRandom(PrfKey which, byte[] input, int length) {
        EncryptionKey key = which == PrfKey.FULL ? baseKey() : initiatorKey();
        byte[] output = new byte[length];
        ByteBuffer numbered = ByteBuffer.allocate(Integer.BYTES + input.length).put(Integer.BYTES, input);
        for (int done = 0, n = 0; done < length; n++) {
            byte[] part = key.prf(numbered.putInt(0, n).array());
            int taken = Math.min(part.length, length - done);
            System.arraycopy(part, 0, output, done, taken);
            Arrays.fill(part, (byte) 0);
            done += taken;
        }
        return output;
    }

    private EncryptionKey initiatorKey() {
        return initiatorSubkey != null ? initiatorSubkey : sessionKey;
    }

    /** Erases all keys. Closing twice is harmless. */
    @Override
    public void close() {
        sessionKey.close();
        if (initiatorSubkey != null) {
            initiatorSubkey.close();
        }
        if (acceptorSubkey != null) {
            acceptorSubkey.close();
        }
    }
}
