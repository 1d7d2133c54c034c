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
    private final SequenceWindow window;
    private Rc4MessageKeys keys;
    private final byte[] sequence = new byte[Rc4MessageKeys.SEQUENCE_SIZE];
    private final byte[] confounder = new byte[LegacyToken.CONFOUNDER_SIZE];
    private final byte[] padding = new byte[1];

    LegacyReceiver(LegacyContext context, SequenceWindow window) {
        this.context = context;
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
        int number = number(token, header);
        keys().startChecksum(LegacyContext.MIC_TYPE);
        keys().update(token, header.start(), LegacyToken.CHECKSUMMED);
        keys().update(message, offset, length);
        try {
            keys().verifyChecksum(token, header.start() + LegacyToken.SGN_CKSUM_POS);
        } catch (IntegrityException e) {
            throw Header.badMic();
        }
        return number;
    }

    /** Decrypts SND_SEQ, and refuses our own tokens sent back. */
    private int number(byte[] token, LegacyToken header) throws GSSException {
        System.arraycopy(token, header.start() + LegacyToken.SND_SEQ_POS, sequence, 0, sequence.length);
        keys().cryptSequence(token, header.start() + LegacyToken.SGN_CKSUM_POS, sequence, 0);
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

    private Rc4MessageKeys keys() {
        if (keys == null) {
            keys = context.keys();
        }
        return keys;
    }

    @Override
    public void close() {
        Arrays.fill(sequence, (byte) 0);
        Arrays.fill(confounder, (byte) 0);
        Arrays.fill(padding, (byte) 0);
        if (keys != null) {
            keys.close();
            keys = null;
        }
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
            int number = number(token, header);
            if (header.sealed()) {
                keys().startMessage(number);
            }
            int at = header.start() + LegacyToken.HEADER_SIZE;
            take(at, confounder, 0, confounder.length);
            take(at + confounder.length, message, offset, messageLength());
            take(at + confounder.length + messageLength(), padding, 0, 1);
            keys().startChecksum(LegacyContext.WRAP_TYPE);
            keys().update(token, header.start(), LegacyToken.CHECKSUMMED);
            keys().update(confounder, 0, confounder.length);
            keys().update(message, offset, messageLength());
            keys().update(padding, 0, 1);
            if (!isVerified() || padding[0] != LegacyToken.PADDING) {
                Arrays.fill(message, offset, offset + messageLength(), (byte) 0);
                throw Header.badMic();
            }
            prop.setPrivacy(header.sealed());
            prop.setQOP(0);
            receive(number, prop);
        }

        private boolean isVerified() {
            try {
                keys().verifyChecksum(token, header.start() + LegacyToken.SGN_CKSUM_POS);
                return true;
            } catch (IntegrityException e) {
                return false;
            }
        }

        private void take(int from, byte[] to, int offset, int length) {
            if (header.sealed()) {
                keys().crypt(token, from, length, to, offset);
            } else {
                System.arraycopy(token, from, to, offset, length);
            }
        }
    }
}
