package dev.gssbaton.seal;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/**
 * The keys of one hand-over session: only the process at the other end of this connection may import what this end
 * exported, and nobody once the session is closed.
 *
 * <p>They come from hybrid public-key encryption (<a href="https://www.rfc-editor.org/rfc/rfc9180">RFC 9180</a>) in
 * {@code mode_auth} between two key pairs that were drawn for this session: see {@link SessionKeyPair}. Keys and
 * identifiers are exported secrets of section 5.3, so that tokens are sealed as all others are:
 *
 * <pre>
 * info         "baton recipient keys 1" ‖ 00 ‖ sender's public key ‖ recipient's public key
 * sealing key  Export("baton seal 1" ‖ 00 ‖ direction ‖ purpose, 32)
 * key id       Export("baton key id 1" ‖ 00 ‖ direction ‖ purpose, 16)
 * direction    01 for tokens from the end that encapsulated, 02 for those to it
 * </pre>
 *
 * <p>Each end seals with the one direction's keys and opens with the other's: an end does not import what it exported
 * itself. Whoever closes these keys closes the {@link TokenSealer}, or forgets the manager, that was made with them too.
 *
 * <p>Safe for use by several threads.
 */
public final class RecipientKeys implements KeySource, AutoCloseable {
    private static final byte[] ID_LABEL = "baton key id 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEAL_LABEL = "baton seal 1\0".getBytes(StandardCharsets.US_ASCII);

    private final AuthenticatedHpke hpke;
    private final End end;
    private final byte[] message;
    private final Map<String, Directions> derived = new HashMap<>();
    private boolean closed;

    /** Which end of the session this is, in the words of RFC 9180. */
    enum End {
        /** It encapsulated. */
        SENDER(1, 2),
        /** It decapsulated. */
        RECIPIENT(2, 1);

        private final int outbound;
        private final int inbound;

        End(int outbound, int inbound) {
            this.outbound = outbound;
            this.inbound = inbound;
        }
    }

    /** The keys of a purpose. */
    private record Directions(SealingKey outbound, SealingKey inbound) {}

    /**
     * Makes the keys of an end.
     *
     * @param hpke what both ends share, owned by this object from now on
     * @param end which end this is
     * @param message what the other end needs, this object's own from now on
     */
    RecipientKeys(AuthenticatedHpke hpke, End end, byte[] message) {
        this.hpke = hpke;
        this.end = end;
        this.message = message;
    }

    /**
     * Gives the message for {@link SessionKeyPair#decapsulate} at the other end. It holds no secret.
     *
     * @return {@value SessionKeyPair#MESSAGE_SIZE} octets, the caller's; none at the end that decapsulated
     */
    public byte[] message() {
        return message.clone();
    }

    /**
     * Gives the key that seals what this end gives.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if the session is closed
     * @throws IllegalArgumentException if the purpose has unpaired surrogates
     */
    @Override
    public SealingKey exportKey(String purpose) throws GSSException {
        return directions(purpose).outbound;
    }

    /**
     * Finds the key that the other end seals with.
     *
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if the session is closed
     * @throws IllegalArgumentException if the purpose has unpaired surrogates
     */
    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
        return Optional.of(directions(purpose).inbound).filter(key -> key.id().equals(id));
    }

    private synchronized Directions directions(String purpose) throws GSSException {
        if (closed) {
            throw TransferFault.KEYS_UNUSABLE.exception(
                    "the hand-over session has been closed, and with it its keys: connect again");
        }
        return derived.computeIfAbsent(purpose, this::derive);
    }

    private Directions derive(String purpose) {
        byte[] octets = Purposes.octets(purpose);
        return new Directions(key(end.outbound, octets), key(end.inbound, octets));
    }

    private SealingKey key(int direction, byte[] purpose) {
        PublicId id = PublicId.of(hpke.export(context(ID_LABEL, direction, purpose), PublicId.SIZE));
        byte[] key = hpke.export(context(SEAL_LABEL, direction, purpose), SealingKey.SIZE);
        return new SealingKey(id, SecretBytes.take(key));
    }

    private static byte[] context(byte[] label, int direction, byte[] purpose) {
        byte[] context = new byte[label.length + 1 + purpose.length];
        System.arraycopy(label, 0, context, 0, label.length);
        context[label.length] = (byte) direction;
        System.arraycopy(purpose, 0, context, label.length + 1, purpose.length);
        return context;
    }

    /**
     * Names the session.
     *
     * @return {@code keys of this hand-over session}
     */
    @Override
    public String describe() {
        return "keys of this hand-over session";
    }

    /** Erases all keys of the session. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        hpke.close();
        derived.values().forEach(each -> {
            each.outbound.close();
            each.inbound.close();
        });
        derived.clear();
    }
}
