package dev.gssbaton.spi;

import com.sun.security.jgss.InquireType;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;

/**
 * One side of a security context, as its mechanism knows it.
 *
 * <p>The caller has checked arguments and states: arrays are not null and offsets are inside them, messages are
 * protected only while {@link #isProtectionReady}, and nothing is called after {@link #erase}. The caller also holds the
 * locks: {@link #step} and {@link #erase} run alone; of {@code wrap} and {@code getMIC} one call runs at a time, and of
 * {@code unwrap} and {@code verifyMIC} one call runs at a time, but a sending and a receiving one may run together.
 * The methods that only tell what is known may be called at any time before {@link #erase}.
 *
 * <p>Expiry is the caller's business, by {@link #expiry}.
 */
public interface MechanismContext {
    /**
     * Tells the role.
     *
     * @return true for the initiator
     */
    boolean isInitiator();

    /**
     * Takes the peer's token, if there is one, and makes the next one.
     *
     * @param token the array that holds the peer's token; neither kept nor changed
     * @param offset index of its first octet
     * @param length number of octets; 0 for the initiator's first step
     * @return the token for the peer, the caller's; null if there is none to send
     * @throws GSSException if the context cannot be established; an {@link OutputTokenException} if the peer is to be told.
     *     The caller erases the context then
     */
    byte[] step(byte[] token, int offset, int length) throws GSSException;

    /**
     * Tells whether nothing is left to exchange.
     *
     * @return true once established
     */
    boolean isEstablished();

    /**
     * Tells whether messages can be protected already. That may be before {@link #isEstablished}.
     *
     * @return true if they can; without an answer of its own, a context can once it is established
     */
    default boolean isProtectionReady() {
        return isEstablished();
    }

    /**
     * Tells the services that the context grants, as far as it is known.
     *
     * @return an unmodifiable set
     */
    Set<ContextFlag> flags();

    /**
     * Gives the initiator's name.
     *
     * @return a name of the mechanism; null while it is not known
     */
    GSSName sourceName();

    /**
     * Gives the acceptor's name.
     *
     * @return a name of the mechanism; null while it is not known
     */
    GSSName targetName();

    /**
     * Gives the end of the context's life.
     *
     * @return the end; {@link Instant#MAX} if it has none or it is not known yet
     */
    Instant expiry();

    /**
     * Gives the credential that the initiator delegated.
     *
     * @return the credential, of which the application becomes the owner; null if there is none, as in a mechanism that
     *     does not delegate
     */
    default GSSCredential delegatedCredential() {
        return null;
    }

    /**
     * Answers {@code ExtendedGSSContext.inquireSecContext}.
     *
     * @param type what is asked for
     * @return the answer, in the type that {@link InquireType} names; a copy, the caller's
     * @throws GSSException {@code UNAVAILABLE} if the mechanism does not know it
     */
    default Object inquire(InquireType type) throws GSSException {
        throw TransferFault.refusal(GSSException.UNAVAILABLE, "this mechanism does not answer " + type);
    }

    /**
     * Gives the mechanism's own view of the context, for what JGSS has no words for.
     *
     * @param <T> the view's type
     * @param type a type that the mechanism publishes
     * @return a value without secrets; empty if the mechanism has none of that type
     */
    default <T> Optional<T> details(Class<T> type) {
        return Optional.empty();
    }

    /**
     * Computes pseudo-random octets, the same on both sides
     * (<a href="https://www.rfc-editor.org/rfc/rfc4401#section-2">GSS_Pseudo_random</a>). Called only while
     * {@link #isProtectionReady}, and while nothing is received.
     *
     * @param key which of the context's keys to take
     * @param input the input; neither kept nor changed
     * @param length number of octets wanted, 0 or more
     * @return the octets, a secret of the caller's, who erases them
     * @throws GSSException {@code UNAVAILABLE} if the mechanism has no pseudo-random function, or not with this key
     */
    default byte[] pseudoRandom(PrfKey key, byte[] input, int length) throws GSSException {
        throw TransferFault.refusal(GSSException.UNAVAILABLE, "this mechanism has no pseudo-random function");
    }

    /**
     * Computes the exact size of a wrap token. It never shrinks when the message grows.
     *
     * @param messageLength number of octets of the message
     * @param prop whether it is to be encrypted, and the QOP; not changed
     * @return number of octets of the token
     * @throws GSSException {@code BAD_QOP} if there is no such QOP
     */
    long wrapSize(int messageLength, MessageProp prop) throws GSSException;

    /**
     * Protects a message (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.3.3">GSS_Wrap</a>).
     *
     * @param message the array that holds the message; neither kept nor changed
     * @param offset index of its first octet
     * @param length number of octets
     * @param prop whether it is to be encrypted, and the QOP (0 is the default); on return what was done
     * @return the token, the caller's
     * @throws GSSException {@code BAD_QOP}, or {@code FAILURE} if no sequence number is left. Nothing was sent then
     */
    byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException;

    /**
     * Protects a message between buffers, as {@link #wrap(byte[], int, int, MessageProp)} does. The buffers may share their
     * octets.
     *
     * @param message the message, read from its position to its limit
     * @param token where the token goes, from its position on
     * @param prop whether it is to be encrypted, and the QOP; on return what was done
     * @throws GSSException as the array variant does
     * @throws BufferOverflowException if fewer than {@link #wrapSize} octets remain; nothing was sent then
     */
    default void wrap(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        if (token.remaining() < wrapSize(message.remaining(), prop)) {
            throw new BufferOverflowException();
        }
        byte[] octets = new byte[message.remaining()];
        message.get(octets);
        token.put(wrap(octets, 0, octets.length, prop));
    }

    /**
     * Verifies a wrap token and gives out its message
     * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.3.4">GSS_Unwrap</a>).
     *
     * @param token the array that holds the token; neither kept nor changed
     * @param offset index of its first octet
     * @param length number of octets
     * @param prop on return whether it was encrypted, the QOP, and duplicate, old, unsequenced or gap
     * @return the message, the caller's
     * @throws GSSException {@code DEFECTIVE_TOKEN} if malformed, {@code BAD_MIC} if it does not verify; the window is
     *     unchanged then, and no octet of the message is given out
     */
    byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException;

    /**
     * Verifies a wrap token between buffers, as {@link #unwrap(byte[], int, int, MessageProp)} does. The buffers may share
     * their octets; the token may be lost then if this throws.
     *
     * @param token the token, read from its position to its limit
     * @param message where the message goes, from its position on
     * @param prop on return what was found
     * @throws GSSException as the array variant does
     * @throws BufferOverflowException if fewer octets remain than the token has; nothing was received then
     */
    default void unwrap(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        if (message.remaining() < token.remaining()) {
            throw new BufferOverflowException();
        }
        byte[] octets = new byte[token.remaining()];
        token.get(octets);
        message.put(unwrap(octets, 0, octets.length, prop));
    }

    /**
     * Computes the exact size of a MIC token.
     *
     * @param prop the QOP; not changed
     * @return number of octets
     * @throws GSSException {@code BAD_QOP} if there is no such QOP
     */
    int micSize(MessageProp prop) throws GSSException;

    /**
     * Computes the MIC of a message (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.3.1">GSS_GetMIC</a>).
     *
     * @param message the array that holds the message; neither kept nor changed
     * @param offset index of its first octet
     * @param length number of octets
     * @param prop the QOP (0 is the default); on return what was done
     * @return the token, the caller's
     * @throws GSSException {@code BAD_QOP}, or {@code FAILURE} if no sequence number is left. Nothing was sent then
     */
    byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException;

    /**
     * Computes the MIC of a message between buffers, as {@link #getMIC(byte[], int, int, MessageProp)} does.
     *
     * @param message the message, read from its position to its limit
     * @param token where the token goes, from its position on
     * @param prop the QOP; on return what was done
     * @throws GSSException as the array variant does
     * @throws BufferOverflowException if fewer than {@link #micSize} octets remain; nothing was sent then
     */
    default void getMIC(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        if (token.remaining() < micSize(prop)) {
            throw new BufferOverflowException();
        }
        byte[] octets = new byte[message.remaining()];
        message.get(octets);
        token.put(getMIC(octets, 0, octets.length, prop));
    }

    /**
     * Verifies the MIC of a message (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.3.2">GSS_VerifyMIC</a>).
     *
     * @param token the array that holds the token; neither kept nor changed
     * @param tokenOffset index of its first octet
     * @param tokenLength number of its octets
     * @param message the array that holds the message; neither kept nor changed
     * @param messageOffset index of its first octet
     * @param messageLength number of its octets
     * @param prop on return the QOP, and duplicate, old, unsequenced or gap
     * @throws GSSException {@code DEFECTIVE_TOKEN} if malformed, {@code BAD_MIC} if it does not verify; the window is
     *     unchanged then
     */
    void verifyMIC(
            byte[] token,
            int tokenOffset,
            int tokenLength,
            byte[] message,
            int messageOffset,
            int messageLength,
            MessageProp prop)
            throws GSSException;

    /**
     * Verifies the MIC of a message between buffers.
     *
     * @param token the token, read from its position to its limit
     * @param message the message, read from its position to its limit
     * @param prop on return what was found
     * @throws GSSException as the array variant does
     */
    default void verifyMIC(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        byte[] tokenOctets = new byte[token.remaining()];
        token.get(tokenOctets);
        byte[] octets = new byte[message.remaining()];
        message.get(octets);
        verifyMIC(tokenOctets, 0, tokenOctets.length, octets, 0, octets.length, prop);
    }

    /**
     * Erases every secret: arrays zeroed, ciphers and MACs re-initialised with a zero key and dropped, a delegated
     * credential that the application has not fetched disposed of. Erasing twice is harmless.
     */
    void erase();
}
