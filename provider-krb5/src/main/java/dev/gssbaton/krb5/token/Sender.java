package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.MessageChecksum;
import dev.gssbaton.spi.TransferFault;
import org.ietf.jgss.GSSException;

/** Makes tokens of RFC 4121. */
final class Sender implements TokenSender {
    private final Direction direction;
    private final int flags;
    private final long first;
    private long next;
    private final byte[] innerHeader = new byte[WrapToken.HEADER_SIZE];

    Sender(Direction direction, int flags, long first, long next) {
        this.direction = direction;
        this.flags = flags;
        this.first = first;
        this.next = next;
    }

    @Override
    public long next() {
        return next;
    }

    /**
     * Refuses when every number but one has been used: with the last one, the next number would be the first again, and
     * nothing would tell a context that has sent everything from one that has sent nothing.
     */
    @Override
    public void checkNumberLeft() throws GSSException {
        if (next + 1 == first) {
            throw TransferFault.refusal(
                    GSSException.FAILURE, "sequence numbers exhausted: establish a new context to send more");
        }
    }

    @Override
    public long wrapSize(int messageLength, boolean sealed) {
        return sealed
                ? 2L * WrapToken.HEADER_SIZE + messageLength + direction.type().overhead()
                : (long) WrapToken.HEADER_SIZE
                        + messageLength
                        + direction.type().checksumSize();
    }

    @Override
    public void wrap(byte[] message, int messageOffset, int messageLength, byte[] token, int offset, boolean sealed) {
        int from = messageOffset;
        if (message == token) {
            // Before the header is written, which may go where the message stands.
            from = offset + WrapToken.HEADER_SIZE + (sealed ? direction.type().confounderSize() : 0);
            System.arraycopy(message, messageOffset, token, from, messageLength);
        }
        DerivedKeys keys = direction.take();
        try {
            if (sealed) {
                seal(keys, message, from, messageLength, token, offset);
            } else {
                sign(keys, message, from, messageLength, token, offset);
            }
        } catch (RuntimeException | Error e) {
            keys.close();
            throw e;
        } finally {
            direction.back(keys);
        }
        next++;
    }

    /** { header | encrypt(plaintext-data | filler | header) }, with no filler: EC = 0. */
    private void seal(
            DerivedKeys keys, byte[] message, int messageOffset, int messageLength, byte[] token, int offset) {
        WrapToken header = new WrapToken(flags | TokenFlags.SEALED, 0, 0, next);
        header.encode(token, offset);
        header.inner().encode(innerHeader, 0);
        keys.cipher()
                .encrypt(
                        message,
                        messageOffset,
                        messageLength,
                        innerHeader,
                        token,
                        offset + WrapToken.HEADER_SIZE,
                        keys.confounders());
    }

    /** { header | plaintext-data | get_mic(plaintext-data | header with EC = RRC = 0) }. */
    private void sign(
            DerivedKeys keys, byte[] message, int messageOffset, int messageLength, byte[] token, int offset) {
        WrapToken header = new WrapToken(flags, direction.type().checksumSize(), 0, next);
        header.checksummed().encode(token, offset);
        MessageChecksum checksum = keys.wrapChecksum();
        checksum.update(message, messageOffset, messageLength);
        checksum.update(token, offset, WrapToken.HEADER_SIZE);
        header.encode(token, offset);
        System.arraycopy(message, messageOffset, token, offset + WrapToken.HEADER_SIZE, messageLength);
        checksum.finish(token, offset + WrapToken.HEADER_SIZE + messageLength);
    }

    @Override
    public int micSize() {
        return MicToken.HEADER_SIZE + direction.type().checksumSize();
    }

    /** Makes the MIC token of a message: { header | get_mic(plaintext-data | header) }. */
    @Override
    public void mic(byte[] message, int messageOffset, int messageLength, byte[] token, int offset) {
        DerivedKeys keys = direction.take();
        try {
            MessageChecksum checksum = keys.micChecksum();
            checksum.update(message, messageOffset, messageLength);
            new MicToken(flags, next).encode(token, offset);
            checksum.update(token, offset, MicToken.HEADER_SIZE);
            checksum.finish(token, offset + MicToken.HEADER_SIZE);
        } catch (RuntimeException | Error e) {
            keys.close();
            throw e;
        } finally {
            direction.back(keys);
        }
        next++;
    }

    @Override
    public void close() {
        direction.close();
    }
}
