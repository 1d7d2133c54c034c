package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.Rc4MessageKeys;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/** Makes tokens of an rc4-hmac context. */
final class LegacySender implements TokenSender {
    private static final long NUMBERS = 0xFFFF_FFFFL;

    private final LegacyContext context;
    private final Direction direction;
    private final SecureRandom random;
    private final boolean seals;
    private final long first;
    /** How many numbers there are, from the first one on. */
    private final long count;

    private long next;
    private final byte[] confounder = new byte[LegacyToken.CONFOUNDER_SIZE];

    /**
     * Makes a sender. Where the peer began with another number, as it does when it answers, numbers end before that one;
     * otherwise each of them is the peer's too, and nothing is encrypted.
     */
    LegacySender(
            LegacyContext context, Direction direction, long first, long next, long peersFirst, SecureRandom random) {
        this.context = context;
        this.direction = direction;
        this.seals = first != peersFirst;
        this.first = first;
        this.count = seals ? (peersFirst - first) & NUMBERS : NUMBERS;
        this.next = next;
        this.random = random;
    }

    @Override
    public long next() {
        return next;
    }

    /** Refuses also where other software, from which the context came, went on beyond the last number. */
    @Override
    public void checkNumberLeft() throws GSSException {
        context.expectAlive();
        if (((next - first) & NUMBERS) >= count) {
            throw TransferFault.refusal(
                    GSSException.FAILURE, "sequence numbers exhausted: establish a new context to send more");
        }
    }

    @Override
    public long wrapSize(int messageLength, boolean sealed) {
        return LegacyToken.framedSize((long) LegacyToken.WRAP_OVERHEAD + messageLength);
    }

    @Override
    public void wrap(byte[] message, int messageOffset, int messageLength, byte[] token, int offset, boolean sealed)
            throws GSSException {
        if (sealed && !seals) {
            throw TransferFault.refusal(
                    GSSException.UNAVAILABLE,
                    "no confidentiality under rc4-hmac without mutual authentication: both sides' messages would have one"
                            + " keystream");
        }
        int length = LegacyToken.WRAP_OVERHEAD + messageLength;
        int dataLength = length - LegacyToken.HEADER_SIZE;
        int end = offset + (int) LegacyToken.framedSize(length);
        int data = end - dataLength;
        // Before the header is written, which may go where the message stands.
        System.arraycopy(message, messageOffset, token, data + confounder.length, messageLength);
        int start = LegacyToken.encode(LegacyToken.Kind.WRAP, sealed, length, token, offset)
                .start();
        random.nextBytes(confounder);
        System.arraycopy(confounder, 0, token, data, confounder.length);
        token[end - 1] = LegacyToken.PADDING;
        DerivedKeys derived = direction.take();
        try {
            Rc4MessageKeys keys = derived.rc4();
            keys.startChecksum(LegacyContext.WRAP_TYPE);
            keys.update(token, start, LegacyToken.CHECKSUMMED);
            keys.update(token, data, dataLength);
            finish(keys, token, start);
            if (sealed) {
                keys.startMessage((int) next);
                keys.crypt(token, data, dataLength, token, data);
            }
        } catch (RuntimeException | Error e) {
            derived.close();
            throw e;
        } finally {
            direction.back(derived);
        }
        next = (next + 1) & NUMBERS;
    }

    @Override
    public int micSize() {
        return (int) LegacyToken.framedSize(LegacyToken.HEADER_SIZE);
    }

    @Override
    public void mic(byte[] message, int messageOffset, int messageLength, byte[] token, int offset) {
        byte[] checksummed = new byte[LegacyToken.CHECKSUMMED];
        LegacyToken.encodeChecksummed(LegacyToken.Kind.MIC, false, checksummed, 0);
        DerivedKeys derived = direction.take();
        try {
            Rc4MessageKeys keys = derived.rc4();
            keys.startChecksum(LegacyContext.MIC_TYPE);
            keys.update(checksummed, 0, checksummed.length);
            keys.update(message, messageOffset, messageLength);
            // The token may go where the message stands, which has been read now.
            finish(
                    keys,
                    token,
                    LegacyToken.encode(LegacyToken.Kind.MIC, false, LegacyToken.HEADER_SIZE, token, offset)
                            .start());
        } catch (RuntimeException | Error e) {
            derived.close();
            throw e;
        } finally {
            direction.back(derived);
        }
        next = (next + 1) & NUMBERS;
    }

    /** Writes SGN_CKSUM, and SND_SEQ, which is encrypted with it: the number, and who sends it. */
    private void finish(Rc4MessageKeys keys, byte[] token, int start) {
        int sequence = start + LegacyToken.SND_SEQ_POS;
        int checksum = start + LegacyToken.SGN_CKSUM_POS;
        keys.finishChecksum(token, checksum);
        Header.putInt32(token, sequence, (int) next);
        Arrays.fill(token, sequence + Integer.BYTES, checksum, context.ourDirection());
        keys.cryptSequence(token, checksum, token, sequence);
    }

    @Override
    public void close() {
        Arrays.fill(confounder, (byte) 0);
        direction.close();
    }
}
