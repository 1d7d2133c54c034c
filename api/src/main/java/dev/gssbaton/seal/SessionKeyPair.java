package dev.gssbaton.seal;

import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ietf.jgss.GSSException;

/**
 * One end's key pair for one hand-over session, from which {@link RecipientKeys} are made.
 *
 * <p>Both ends draw one for each connection and send each other the public key. Then one end, whichever the protocol
 * says, calls {@link #encapsulate} and sends the other the {@linkplain RecipientKeys#message() message}, with which that
 * one calls {@link #decapsulate}. This is all there is of public-key cryptography in a session, however much is handed
 * over in it, and in whichever direction.
 *
 * <pre>{@code
 * try (SessionKeyPair pair = SessionKeyPair.draw(random)) {      try (SessionKeyPair pair = SessionKeyPair.draw(random)) {
 *     send(pair.publicKey());                                        send(pair.publicKey());
 *     keys = pair.encapsulate(receive());                            keys = pair.decapsulate(receive(), receive());
 *     send(keys.message());
 * }                                                              }
 * }</pre>
 *
 * <p>The exchange proves that the other end has the private key to the public key that it sent, and names nobody. So look
 * first who is at the other end of the connection, by the peer credentials of a UNIX-domain socket, and take the key from
 * that same connection.
 *
 * <p>A pair is good for one attempt, whether that succeeds or not, and its private key is erased by it. Safe for use by
 * several threads.
 */
public final class SessionKeyPair implements AutoCloseable {
    /** Length of a public key in octets. */
    public static final int PUBLIC_KEY_SIZE = X25519Key.SIZE;

    private static final int PROOF_SIZE = 32;

    /** Length of the message from the end that encapsulates to the other, in octets: the encapsulation, and a proof. */
    public static final int MESSAGE_SIZE = X25519Key.SIZE + PROOF_SIZE;

    private static final byte[] INFO_LABEL = "baton recipient keys 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROOF_LABEL = "baton proof 1\0".getBytes(StandardCharsets.US_ASCII);

    private final SecureRandom random;
    private final X25519Key key;
    private final AtomicBoolean used = new AtomicBoolean();

    private SessionKeyPair(SecureRandom random, X25519Key key) {
        this.random = random;
        this.key = key;
    }

    /**
     * Draws a new pair.
     *
     * @param random where the private key comes from, and the ephemeral one of an encapsulation
     * @return a pair that the caller closes
     */
    public static SessionKeyPair draw(SecureRandom random) {
        return new SessionKeyPair(random, X25519Key.draw(random));
    }

    /**
     * Gives the public key for the other end.
     *
     * @return {@value #PUBLIC_KEY_SIZE} octets, the caller's
     */
    public byte[] publicKey() {
        return key.publicKey();
    }

    /**
     * Agrees on keys with the owner of a public key, as the sender of
     * <a href="https://www.rfc-editor.org/rfc/rfc9180#section-5.1.3">RFC 9180 section 5.1.3</a>.
     *
     * @param peer the other end's public key, as it came; neither kept nor changed
     * @return the keys, which the caller closes, with the message that the other end needs
     * @throws GSSException {@link TransferFault#PEER_KEY_REFUSED} if that is no public key, or one that nobody's private
     *     key belongs to, or our own
     * @throws IllegalStateException if this pair has been used or closed
     */
    public RecipientKeys encapsulate(byte[] peer) throws GSSException {
        begin();
        try (X25519Key ephemeral = X25519Key.draw(random)) {
            requirePeer(peer);
            byte[] own = key.publicKey();
            AuthenticatedHpke hpke = AuthenticatedHpke.send(ephemeral, key, peer, info(own, peer));
            byte[] message = Arrays.copyOf(ephemeral.publicKey(), MESSAGE_SIZE);
            System.arraycopy(hpke.export(PROOF_LABEL, PROOF_SIZE), 0, message, X25519Key.SIZE, PROOF_SIZE);
            return new RecipientKeys(hpke, RecipientKeys.End.SENDER, message);
        } catch (InvalidKeyException e) {
            throw smallOrder(e);
        } finally {
            close();
        }
    }

    /**
     * Agrees on keys with the owner of a public key who has encapsulated them, as the recipient of
     * <a href="https://www.rfc-editor.org/rfc/rfc9180#section-5.1.3">RFC 9180 section 5.1.3</a>. The message's proof shows
     * that the other end has computed the same keys: so one of another session, or for another pair, is refused here.
     *
     * @param peer the other end's public key, as it came; neither kept nor changed
     * @param message the other end's message, as it came; neither kept nor changed
     * @return the keys, which the caller closes
     * @throws GSSException {@link TransferFault#PEER_KEY_REFUSED} if the key is as {@link #encapsulate} refuses it, or the
     *     message was not made by its owner, for this pair
     * @throws IllegalStateException if this pair has been used or closed
     */
    public RecipientKeys decapsulate(byte[] peer, byte[] message) throws GSSException {
        begin();
        try {
            requirePeer(peer);
            if (message.length != MESSAGE_SIZE) {
                throw TransferFault.PEER_KEY_REFUSED.exception(
                        "an encapsulation has " + MESSAGE_SIZE + " octets, not " + message.length);
            }
            byte[] encapsulation = Arrays.copyOf(message, X25519Key.SIZE);
            AuthenticatedHpke hpke = AuthenticatedHpke.receive(encapsulation, key, peer, info(peer, key.publicKey()));
            byte[] proof = Arrays.copyOfRange(message, X25519Key.SIZE, MESSAGE_SIZE);
            if (!MessageDigest.isEqual(hpke.export(PROOF_LABEL, PROOF_SIZE), proof)) {
                hpke.close();
                throw TransferFault.PEER_KEY_REFUSED.exception(
                        "the encapsulation was not made for this session by the owner of its public key");
            }
            return new RecipientKeys(hpke, RecipientKeys.End.RECIPIENT, new byte[0]);
        } catch (InvalidKeyException e) {
            throw smallOrder(e);
        } finally {
            close();
        }
    }

    private void begin() {
        if (used.getAndSet(true)) {
            throw new IllegalStateException("a key pair is good for one session, and this one has been used or closed");
        }
    }

    private void requirePeer(byte[] peer) throws GSSException {
        if (peer.length != PUBLIC_KEY_SIZE) {
            throw TransferFault.PEER_KEY_REFUSED.exception(
                    "a public key has " + PUBLIC_KEY_SIZE + " octets, not " + peer.length);
        }
        if (!X25519Key.isCanonical(peer)) {
            throw TransferFault.PEER_KEY_REFUSED.exception("the public key is not below 2^255 - 19");
        }
        if (Arrays.equals(peer, key.publicKey())) {
            throw TransferFault.PEER_KEY_REFUSED.exception("the other end sent our own public key back");
        }
    }

    private static GSSException smallOrder(InvalidKeyException cause) {
        return TransferFault.PEER_KEY_REFUSED.exception("a point of small order", cause);
    }

    private static byte[] info(byte[] sender, byte[] recipient) {
        byte[] info = Arrays.copyOf(INFO_LABEL, INFO_LABEL.length + 2 * PUBLIC_KEY_SIZE);
        System.arraycopy(sender, 0, info, INFO_LABEL.length, PUBLIC_KEY_SIZE);
        System.arraycopy(recipient, 0, info, INFO_LABEL.length + PUBLIC_KEY_SIZE, PUBLIC_KEY_SIZE);
        return info;
    }

    /** Erases the private key. Keys that were made with it stay as they are. Closing twice is harmless. */
    @Override
    public void close() {
        used.set(true);
        key.close();
    }
}
