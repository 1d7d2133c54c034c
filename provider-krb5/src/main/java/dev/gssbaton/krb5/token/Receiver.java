package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.crypto.MessageChecksum;
import dev.gssbaton.spi.SequenceWindow;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** Verifies tokens of RFC 4121. */
final class Receiver implements TokenReceiver {
    private final Direction direction;
    private final int flags;
    private final SequenceWindow window;
    private final byte[] innerHeader = new byte[WrapToken.HEADER_SIZE];
    private final byte[] expectedHeader = new byte[WrapToken.HEADER_SIZE];

    /** The direction and the flags are the peer's, whose tokens come here. */
    Receiver(Direction direction, int flags, SequenceWindow window) {
        this.direction = direction;
        this.flags = flags;
        this.window = window;
    }

    @Override
    public SequenceWindow window() {
        return window;
    }

    /** Does nothing: RFC 4121 has no token that ends a context. */
    @Override
    public void expectAlive() {}

    @Override
    public Incoming parse(byte[] token, int offset, int length) throws GSSException {
        WrapToken header = WrapToken.decode(token, offset, length);
        checkSender(header.flags());
        int size = length - WrapToken.HEADER_SIZE;
        int extra = header.ec();
        if (header.isSealed()) {
            extra += direction.type().overhead() + WrapToken.HEADER_SIZE;
        } else if (extra != direction.type().checksumSize()) {
            throw Header.defective("EC is " + extra + ", where the checksum has "
                    + direction.type().checksumSize() + " octets");
        }
        if (size < extra) {
            throw Header.defective("the wrap token has " + size + " octets of data, fewer than the " + extra
                    + " that belong to no message");
        }
        Segment data = new Segment(token, offset + WrapToken.HEADER_SIZE, size);
        return new Rfc4121Incoming(header, unrotate(data, header.rrc()), extra);
    }

    private static Segment unrotate(Segment data, int rrc) {
        int rotation = data.length == 0 ? 0 : rrc % data.length;
        if (rotation == 0) {
            return data;
        }
        byte[] unrotated = new byte[data.length];
        System.arraycopy(data.array, data.offset + rotation, unrotated, 0, data.length - rotation);
        System.arraycopy(data.array, data.offset, unrotated, data.length - rotation, rotation);
        return new Segment(unrotated, 0, unrotated.length);
    }

    private void received(Rfc4121Incoming token, MessageProp prop) {
        prop.setPrivacy(token.header.isSealed());
        prop.setQOP(0);
        window.receive(token.header.sndSeq(), prop);
    }

    private void unseal(Rfc4121Incoming token, byte[] message, int offset) throws GSSException {
        int ec = token.header.ec();
        byte[] trailer = ec == 0 ? innerHeader : new byte[ec + WrapToken.HEADER_SIZE];
        Segment data = token.data;
        DerivedKeys keys = direction.take();
        try {
            keys.cipher().decrypt(data.array, data.offset, data.length, message, offset, token.messageLength, trailer);
        } catch (IntegrityException e) {
            throw Header.badMic();
        } catch (RuntimeException | Error e) {
            keys.close();
            throw e;
        } finally {
            direction.back(keys);
        }
        token.header.inner().encode(expectedHeader, 0);
        if (!Arrays.equals(trailer, ec, trailer.length, expectedHeader, 0, WrapToken.HEADER_SIZE)) {
            Arrays.fill(message, offset, offset + token.messageLength, (byte) 0);
            throw Header.badMic();
        }
    }

    private void verify(Rfc4121Incoming token) throws GSSException {
        token.header.checksummed().encode(expectedHeader, 0);
        DerivedKeys keys = direction.take();
        try {
            MessageChecksum checksum = keys.wrapChecksum();
            checksum.update(token.data.array, token.data.offset, token.messageLength);
            checksum.update(expectedHeader, 0, WrapToken.HEADER_SIZE);
            checksum.verify(token.data.array, token.data.offset + token.messageLength);
        } catch (IntegrityException e) {
            throw Header.badMic();
        } catch (RuntimeException | Error e) {
            keys.close();
            throw e;
        } finally {
            direction.back(keys);
        }
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
        MicToken header = MicToken.decode(token, offset, length);
        checkSender(header.flags());
        int checksumSize = direction.type().checksumSize();
        if (length != MicToken.HEADER_SIZE + checksumSize) {
            throw Header.defective("a MIC token of " + direction.type().rfcName() + " has "
                    + (MicToken.HEADER_SIZE + checksumSize) + " octets, not " + length);
        }
        DerivedKeys keys = direction.take();
        try {
            MessageChecksum checksum = keys.micChecksum();
            checksum.update(message, messageOffset, messageLength);
            checksum.update(token, offset, MicToken.HEADER_SIZE);
            checksum.verify(token, offset + MicToken.HEADER_SIZE);
        } catch (IntegrityException e) {
            throw Header.badMic();
        } catch (RuntimeException | Error e) {
            keys.close();
            throw e;
        } finally {
            direction.back(keys);
        }
        prop.setPrivacy(false);
        prop.setQOP(0);
        window.receive(header.sndSeq(), prop);
    }

    /** Refuses our own tokens sent back, and those under a subkey that this context does not use. */
    private void checkSender(int received) throws GSSException {
        int known = TokenFlags.SENT_BY_ACCEPTOR | TokenFlags.ACCEPTOR_SUBKEY;
        if ((received & known) != flags) {
            throw Header.badMic();
        }
    }

    @Override
    public void close() {
        direction.close();
    }

    private final class Rfc4121Incoming implements Incoming {
        private final WrapToken header;
        /** What follows the header, in the order that it had before rotation. */
        private final Segment data;

        private final int messageLength;

        Rfc4121Incoming(WrapToken header, Segment data, int extra) {
            this.header = header;
            this.data = data;
            this.messageLength = data.length - extra;
        }

        @Override
        public int messageLength() {
            return messageLength;
        }

        @Override
        public boolean fits(byte[] message, int offset) {
            return data.array != message
                    || !header.isSealed()
                    || offset <= data.offset + direction.type().confounderSize();
        }

        @Override
        public void unwrap(byte[] message, int offset, MessageProp prop) throws GSSException {
            if (header.isSealed()) {
                unseal(this, message, offset);
            } else {
                verify(this);
                System.arraycopy(data.array, data.offset, message, offset, messageLength);
            }
            received(this, prop);
        }

        @Override
        public byte[] unwrap(MessageProp prop) throws GSSException {
            byte[] message;
            if (header.isSealed()) {
                message = new byte[messageLength];
                unseal(this, message, 0);
            } else {
                verify(this);
                message = Arrays.copyOfRange(data.array, data.offset, data.offset + messageLength);
            }
            received(this, prop);
            return message;
        }
    }
}
