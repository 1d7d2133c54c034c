package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.crypto.Rc4MessageKeys;
import dev.gssbaton.spi.SequenceWindow;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Verifies tokens of an rc4-hmac context.
 *
 * <p>Their numbers have 32 bits. The window's have 64: a number is taken for the nearest to the one that the window expects,
 * so that one which is 2^31 or more ahead is of the past.
 *
 * <p>Nothing but RC4 protects the number of a token that is not sealed: whoever changes its octets changes the number, and
 * the token verifies. RFC 4757 has it so.
 */
final class LegacyReceiver implements TokenReceiver {
    private static final byte[] NOTHING = {};

    private final LegacyContext context;
    private final Direction direction;
    private final SequenceWindow window;
    private final byte[] sequence = new byte[Rc4MessageKeys.SEQUENCE_SIZE];
    private final byte[] confounder = new byte[LegacyToken.CONFOUNDER_SIZE];
    private final byte[] padding = new byte[1];

    LegacyReceiver(LegacyContext context, Direction direction, SequenceWindow window) {
        this.context = context;
        this.direction = direction;
        this.window = window;
    }

    @Override
    public SequenceWindow window() {
        return window;
    }

    @Override
    public void expectAlive() throws GSSException {
        context.expectAlive();
    }

    @Override
    public Incoming parse(byte[] token, int offset, int length) throws GSSException {
        return new LegacyIncoming(token, expect(LegacyToken.Kind.WRAP, token, offset, length));
    }

    @Override
    public void verifyMic(
            byte[] token,
            int offset,
            int length,
            byte[] message,
            int messageOffset,
            int messageLength,
            MessageProp prop)
            throws GSSException {
        LegacyToken header = expect(LegacyToken.Kind.MIC, token, offset, length);
        int number = verify(token, header, message, messageOffset, messageLength);
        prop.setPrivacy(false);
        prop.setQOP(0);
        receive(number, prop);
    }

    /** Reads a token of one kind, and obeys one that ends the context in its place. */
    private LegacyToken expect(LegacyToken.Kind kind, byte[] token, int offset, int length) throws GSSException {
        context.expectAlive();
        LegacyToken header = LegacyToken.decode(token, offset, length);
        if (header.kind() == LegacyToken.Kind.END_OF_CONTEXT) {
            verify(token, header, NOTHING, 0, 0);
            context.end();
            context.expectAlive();
        }
        if (header.kind() != kind) {
            throw Header.defective("a " + header.kind() + " token, where a " + kind + " token is expected");
        }
        return header;
    }

    /** Verifies a token without data of its own, and gives its number. */
    private int verify(byte[] token, LegacyToken header, byte[] message, int offset, int length) throws GSSException {
        DerivedKeys derived = direction.take();
        try {
            Rc4MessageKeys keys = derived.rc4();
            int number = number(keys, token, header);
            keys.startChecksum(LegacyContext.MIC_TYPE);
            keys.update(token, header.start(), LegacyToken.CHECKSUMMED);
            keys.update(message, offset, length);
            keys.verifyChecksum(token, header.start() + LegacyToken.SGN_CKSUM_POS);
            return number;
        } catch (IntegrityException e) {
            throw Header.badMic();
        } catch (RuntimeException | Error e) {
            derived.close();
            throw e;
        } finally {
            direction.back(derived);
        }
    }

    /** Decrypts SND_SEQ, and refuses our own tokens sent back. */
    private int number(Rc4MessageKeys keys, byte[] token, LegacyToken header) throws GSSException {
        System.arraycopy(token, header.start() + LegacyToken.SND_SEQ_POS, sequence, 0, sequence.length);
        keys.cryptSequence(token, header.start() + LegacyToken.SGN_CKSUM_POS, sequence, 0);
        for (int i = Integer.BYTES; i < sequence.length; i++) {
            if (sequence[i] != context.theirDirection()) {
                throw Header.badMic();
            }
        }
        return Header.int32(sequence, 0);
    }

    private void receive(int number, MessageProp prop) {
        long expected = window.next();
        window.receive(expected + (number - (int) expected), prop);
    }

    @Override
    public void close() {
        Arrays.fill(sequence, (byte) 0);
        Arrays.fill(confounder, (byte) 0);
        Arrays.fill(padding, (byte) 0);
        direction.close();
    }

    private final class LegacyIncoming implements Incoming {
        private final byte[] token;
        private final LegacyToken header;

        LegacyIncoming(byte[] token, LegacyToken header) {
            this.token = token;
            this.header = header;
        }

        @Override
        public int messageLength() {
            return header.messageLength();
        }

        /** The message is decrypted first and verified afterwards, so that it may not go over what is read of the token. */
        @Override
        public boolean fits(byte[] message, int offset) {
            return message != token;
        }

        @Override
        public byte[] unwrap(MessageProp prop) throws GSSException {
            byte[] message = new byte[messageLength()];
            unwrap(message, 0, prop);
            return message;
        }

        @Override
        public void unwrap(byte[] message, int offset, MessageProp prop) throws GSSException {
            int number = 0;
            boolean verified = false;
            DerivedKeys derived = direction.take();
            try {
                Rc4MessageKeys keys = derived.rc4();
                number = number(keys, token, header);
                open(keys, number, message, offset);
                keys.verifyChecksum(token, header.start() + LegacyToken.SGN_CKSUM_POS);
                verified = padding[0] == LegacyToken.PADDING;
            } catch (IntegrityException e) {
                // A padding error looks like a checksum error.
            } catch (RuntimeException | Error e) {
                derived.close();
                throw e;
            } finally {
                direction.back(derived);
                if (!verified) {
                    Arrays.fill(message, offset, offset + messageLength(), (byte) 0);
                }
            }
            if (!verified) {
                throw Header.badMic();
            }
            prop.setPrivacy(header.sealed());
            prop.setQOP(0);
            receive(number, prop);
        }

        /** Takes the message out of the token, and adds what the checksum is over. */
        private void open(Rc4MessageKeys keys, int number, byte[] message, int offset) {
            if (header.sealed()) {
                keys.startMessage(number);
            }
            int at = header.start() + LegacyToken.HEADER_SIZE;
            take(keys, at, confounder, 0, confounder.length);
            take(keys, at + confounder.length, message, offset, messageLength());
            take(keys, at + confounder.length + messageLength(), padding, 0, 1);
            keys.startChecksum(LegacyContext.WRAP_TYPE);
            keys.update(token, header.start(), LegacyToken.CHECKSUMMED);
            keys.update(confounder, 0, confounder.length);
            keys.update(message, offset, messageLength());
            keys.update(padding, 0, 1);
        }

        private void take(Rc4MessageKeys keys, int from, byte[] to, int offset, int length) {
            if (header.sealed()) {
                keys.crypt(token, from, length, to, offset);
            } else {
                System.arraycopy(token, from, to, offset, length);
            }
        }
    }
}
