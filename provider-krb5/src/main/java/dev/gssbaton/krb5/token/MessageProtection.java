package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.TransferFault;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.security.SecureRandom;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Protects an established context's messages by
 * <a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.2">RFC 4121 section 4.2</a>, or under a key of rc4-hmac by
 * <a href="https://www.rfc-editor.org/rfc/rfc4757#section-7">RFC 4757 section 7</a>. Its methods keep the contracts of their
 * namesakes in {@link MechanismContext}, and the same calls may run at the same time.
 *
 * <p>What is derived of the key is made with the first message, and erased when there has been none for half a minute.
 *
 * <p>Sent are tokens with RRC = 0, and with EC = 0 where there is confidentiality. Taken are any RRC and EC.
 *
 * <p>Sequence numbers have 64 bits and go on with 0 behind the greatest. When all but one have been used, sending is refused
 * with {@code FAILURE}: nothing is sent twice under one number.
 *
 * <p>Under rc4-hmac they have 32 bits, and both sides' messages have one keystream for each number. So sending is refused
 * before it comes to the peer's first number; and where both sides begin with the same one, as without mutual authentication,
 * nothing is encrypted. When the peer has ended the context by a token, every call fails with {@code NO_CONTEXT}.
 */
public final class MessageProtection implements AutoCloseable {
    private final TokenSender sender;
    private final TokenReceiver receiver;

    /**
     * Makes the protection of a context that has sent nothing yet, or whose first number is not known.
     *
     * @param initiator true if this side is the initiator
     * @param key the key that protects messages, which stays the caller's and is closed after this
     * @param acceptorSubkey true if that key is a subkey that the acceptor asserted
     * @param sendNumber the number of the next token to send, from which on 2^64 - 1 can be sent
     * @param window what was received, which belongs to this object from now on
     * @param random where confounders come from
     */
    public MessageProtection(
            boolean initiator,
            EncryptionKey key,
            boolean acceptorSubkey,
            long sendNumber,
            SequenceWindow window,
            SecureRandom random) {
        this(initiator, key, acceptorSubkey, sendNumber, sendNumber, window, random);
    }

    /**
     * Makes the protection of a context that goes on sending.
     *
     * @param initiator true if this side is the initiator
     * @param key the key that protects messages, which stays the caller's and is closed after this
     * @param acceptorSubkey true if that key is a subkey that the acceptor asserted
     * @param firstSendNumber the number of the first token that this side of the context ever sent
     * @param sendNumber the number of the next token to send
     * @param window what was received, which belongs to this object from now on
     * @param random where confounders come from
     */
    public MessageProtection(
            boolean initiator,
            EncryptionKey key,
            boolean acceptorSubkey,
            long firstSendNumber,
            long sendNumber,
            SequenceWindow window,
            SecureRandom random) {
        this(initiator, key, acceptorSubkey, firstSendNumber, sendNumber, window, random, IdleKeys.SHARED);
    }

    MessageProtection(
            boolean initiator,
            EncryptionKey key,
            boolean acceptorSubkey,
            long firstSendNumber,
            long sendNumber,
            SequenceWindow window,
            SecureRandom random,
            IdleKeys idle) {
        KeyUsage sent = initiator ? KeyUsage.INITIATOR : KeyUsage.ACCEPTOR;
        KeyUsage received = initiator ? KeyUsage.ACCEPTOR : KeyUsage.INITIATOR;
        Direction sending = Direction.ofSender(key, sent, random, idle);
        Direction receiving = Direction.ofReceiver(key, received, random, idle);
        if (!key.type().isOfRfc4121()) {
            LegacyContext legacy = new LegacyContext(initiator);
            sender = new LegacySender(legacy, sending, firstSendNumber, sendNumber, window.base(), random);
            receiver = new LegacyReceiver(legacy, receiving, window);
            return;
        }
        int subkeyFlag = acceptorSubkey ? TokenFlags.ACCEPTOR_SUBKEY : 0;
        int ours = subkeyFlag | (initiator ? 0 : TokenFlags.SENT_BY_ACCEPTOR);
        int theirs = subkeyFlag | (initiator ? TokenFlags.SENT_BY_ACCEPTOR : 0);
        sender = new Sender(sending, ours, firstSendNumber, sendNumber);
        receiver = new Receiver(receiving, theirs, window);
    }

    /**
     * Gives the number of the next token to send.
     *
     * @return a sequence number
     */
    public long sendNumber() {
        return sender.next();
    }

    /**
     * Gives what was received.
     *
     * @return the window, which stays this object's
     */
    public SequenceWindow window() {
        return receiver.window();
    }

    /**
     * Refuses when the peer has ended the context by a token, which those of rc4-hmac know.
     *
     * @throws GSSException {@code NO_CONTEXT} if it has
     */
    public void expectAlive() throws GSSException {
        receiver.expectAlive();
    }

    /**
     * Computes the size of a wrap token, as {@link MechanismContext#wrapSize} does.
     *
     * @param messageLength number of octets of the message
     * @param prop whether it is to be encrypted, and the QOP
     * @return number of octets of the token
     * @throws GSSException {@code BAD_QOP} if the QOP is not 0
     */
    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
        checkQop(prop);
        return sender.wrapSize(messageLength, prop.getPrivacy());
    }

    /**
     * Protects a message, as {@link MechanismContext#wrap(byte[], int, int, MessageProp)} does.
     *
     * @param message the array that holds the message
     * @param offset index of its first octet
     * @param length number of octets
     * @param prop whether it is to be encrypted, and the QOP
     * @return the token, the caller's
     * @throws GSSException {@code BAD_QOP}, or {@code FAILURE} if no sequence number is left
     */
    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        boolean sealed = prop.getPrivacy();
        byte[] token = new byte[arraySize(wrapSize(length, prop))];
        sender.checkNumberLeft();
        sender.wrap(message, offset, length, token, 0, sealed);
        clearStates(prop);
        return token;
    }

    /**
     * Protects a message between buffers, as {@link MechanismContext#wrap(ByteBuffer, ByteBuffer, MessageProp)} does. The
     * buffers may share their octets; direct ones are copied, and the copies erased.
     *
     * @param message the message
     * @param token where the token goes
     * @param prop whether it is to be encrypted, and the QOP
     * @throws GSSException {@code BAD_QOP}, or {@code FAILURE} if no sequence number is left
     * @throws BufferOverflowException if fewer than {@link #wrapSize} octets remain
     */
    public void wrap(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        boolean sealed = prop.getPrivacy();
        int length = message.remaining();
        int size = arraySize(wrapSize(length, prop));
        checkRoom(token, size);
        sender.checkNumberLeft();
        try (Segment source = Segment.of(message)) {
            if (token.hasArray()) {
                int offset = token.arrayOffset() + token.position();
                sender.wrap(source.array, source.offset, length, token.array(), offset, sealed);
                token.position(token.position() + size);
            } else {
                try (Segment made = Segment.ofCopy(new byte[size])) {
                    sender.wrap(source.array, source.offset, length, made.array, 0, sealed);
                    token.put(made.array);
                }
            }
        }
        message.position(message.limit());
        clearStates(prop);
    }

    /**
     * Verifies a wrap token, as {@link MechanismContext#unwrap(byte[], int, int, MessageProp)} does.
     *
     * @param token the array that holds the token
     * @param offset index of its first octet
     * @param length number of octets
     * @param prop on return what was found
     * @return the message, the caller's
     * @throws GSSException {@code DEFECTIVE_TOKEN} if malformed, {@code BAD_MIC} if it does not verify
     */
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        return receiver.parse(token, offset, length).unwrap(prop);
    }

    /**
     * Verifies a wrap token between buffers, as {@link MechanismContext#unwrap(ByteBuffer, ByteBuffer, MessageProp)} does.
     * The buffers may share their octets, which are lost then if this throws; direct ones are copied, and the copies erased.
     *
     * @param token the token
     * @param message where the message goes
     * @param prop on return what was found
     * @throws GSSException {@code DEFECTIVE_TOKEN} if malformed, {@code BAD_MIC} if it does not verify
     * @throws BufferOverflowException if fewer octets remain than the token has
     */
    public void unwrap(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        checkRoom(message, token.remaining());
        try (Segment source = Segment.of(token)) {
            TokenReceiver.Incoming incoming = receiver.parse(source.array, source.offset, source.length);
            int offset = message.hasArray() ? message.arrayOffset() + message.position() : 0;
            if (message.hasArray() && incoming.fits(message.array(), offset)) {
                incoming.unwrap(message.array(), offset, prop);
                message.position(message.position() + incoming.messageLength());
            } else {
                try (Segment verified = Segment.ofCopy(incoming.unwrap(prop))) {
                    message.put(verified.array);
                }
            }
        }
        token.position(token.limit());
    }

    /**
     * Computes the size of a MIC token, as {@link MechanismContext#micSize} does.
     *
     * @param prop the QOP
     * @return number of octets
     * @throws GSSException {@code BAD_QOP} if the QOP is not 0
     */
    public int micSize(MessageProp prop) throws GSSException {
        checkQop(prop);
        return sender.micSize();
    }

    /**
     * Computes the MIC of a message, as {@link MechanismContext#getMIC(byte[], int, int, MessageProp)} does.
     *
     * @param message the array that holds the message
     * @param offset index of its first octet
     * @param length number of octets
     * @param prop the QOP
     * @return the token, the caller's
     * @throws GSSException {@code BAD_QOP}, or {@code FAILURE} if no sequence number is left
     */
    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        byte[] token = new byte[micSize(prop)];
        sender.checkNumberLeft();
        sender.mic(message, offset, length, token, 0);
        prop.setPrivacy(false);
        clearStates(prop);
        return token;
    }

    /**
     * Computes the MIC of a message between buffers, as {@link MechanismContext#getMIC(ByteBuffer, ByteBuffer, MessageProp)}
     * does.
     *
     * @param message the message
     * @param token where the token goes
     * @param prop the QOP
     * @throws GSSException {@code BAD_QOP}, or {@code FAILURE} if no sequence number is left
     * @throws BufferOverflowException if fewer than {@link #micSize} octets remain
     */
    public void getMIC(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
        int size = micSize(prop);
        checkRoom(token, size);
        sender.checkNumberLeft();
        try (Segment source = Segment.of(message)) {
            if (token.hasArray()) {
                int offset = token.arrayOffset() + token.position();
                sender.mic(source.array, source.offset, source.length, token.array(), offset);
                token.position(token.position() + size);
            } else {
                byte[] octets = new byte[size];
                sender.mic(source.array, source.offset, source.length, octets, 0);
                token.put(octets);
            }
        }
        message.position(message.limit());
        prop.setPrivacy(false);
        clearStates(prop);
    }

    /**
     * Verifies the MIC of a message, as
     * {@link MechanismContext#verifyMIC(byte[], int, int, byte[], int, int, MessageProp)} does.
     *
     * @param token the array that holds the token
     * @param tokenOffset index of its first octet
     * @param tokenLength number of its octets
     * @param message the array that holds the message
     * @param messageOffset index of its first octet
     * @param messageLength number of its octets
     * @param prop on return what was found
     * @throws GSSException {@code DEFECTIVE_TOKEN} if malformed, {@code BAD_MIC} if it does not verify
     */
    public void verifyMIC(
            byte[] token,
            int tokenOffset,
            int tokenLength,
            byte[] message,
            int messageOffset,
            int messageLength,
            MessageProp prop)
            throws GSSException {
        receiver.verifyMic(token, tokenOffset, tokenLength, message, messageOffset, messageLength, prop);
    }

    /**
     * Verifies the MIC of a message between buffers, as
     * {@link MechanismContext#verifyMIC(ByteBuffer, ByteBuffer, MessageProp)} does.
     *
     * @param token the token
     * @param message the message
     * @param prop on return what was found
     * @throws GSSException {@code DEFECTIVE_TOKEN} if malformed, {@code BAD_MIC} if it does not verify
     */
    public void verifyMIC(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
        try (Segment mic = Segment.of(token);
                Segment source = Segment.of(message)) {
            verifyMIC(mic.array, mic.offset, mic.length, source.array, source.offset, source.length, prop);
        }
        token.position(token.limit());
        message.position(message.limit());
    }

    /** Replaces the derived keys by zeros. Closing twice is harmless; nothing else is to be called afterwards. */
    @Override
    public void close() {
        sender.close();
        receiver.close();
    }

    private static void checkQop(MessageProp prop) throws GSSException {
        if (prop.getQOP() != 0) {
            throw TransferFault.refusal(GSSException.BAD_QOP, "QOP " + prop.getQOP() + ", where Kerberos has only 0");
        }
    }

    private static int arraySize(long size) throws GSSException {
        if (size > Integer.MAX_VALUE - 8) {
            throw TransferFault.refusal(GSSException.FAILURE, "the message is too long for one token");
        }
        return (int) size;
    }

    private static void checkRoom(ByteBuffer to, int size) {
        if (to.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (to.remaining() < size) {
            throw new BufferOverflowException();
        }
    }

    private static void clearStates(MessageProp prop) {
        prop.setSupplementaryStates(false, false, false, false, 0, null);
    }
}
