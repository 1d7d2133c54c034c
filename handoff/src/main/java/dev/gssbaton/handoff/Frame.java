package dev.gssbaton.handoff;

import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.PublicId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * One message between two ends, numbers in big-endian order.
 *
 * <pre>
 * every frame  0..3  length of what follows, and the first bit: a descriptor comes with the octet that follows | 4 type | body
 * HELLO        magic 42 54 4E 48 | version 01 | identity of the claim store, 16 | public key, 32
 * REFUSED      nothing
 * KEYS         encapsulation and proof, 48
 * OFFER        number, 4 | how long the giver waits, 4, in milliseconds | length of the token, 4 | token | sealed record
 * TAKEN        number of the offer, 4
 * RENOUNCED    number of the offer, 4 | name of the claimant, 16 | reason in UTF-8
 * DECLINED     number of the offer, 4 | reason in UTF-8
 * WITHDRAWN    number of the offer, 4
 * </pre>
 *
 * <p>An end numbers its own offers. Reasons name no secret.
 *
 * @param type the type
 * @param body what follows the type, the frame's own
 */
@SuppressWarnings("ArrayRecordComponent") // Made for one frame, and read once.
record Frame(FrameType type, byte[] body) {
    static final int HEADER_SIZE = 4;
    /** The bit of the length that announces a descriptor. */
    static final int WITH_DESCRIPTOR = 1 << 31;
    /** The greatest length of what follows it: the largest token and record. */
    static final int MAX_LENGTH = 2 << 20;
    /** The greatest length until both ends have greeted. */
    static final int MAX_GREETING = 1024;

    private static final int MAGIC = 0x42544E48;
    private static final byte VERSION = 1;
    private static final int PUBLIC_KEY_POS = 4 + 1 + PublicId.SIZE;
    private static final int HELLO_SIZE = PUBLIC_KEY_POS + SessionKeyPair.PUBLIC_KEY_SIZE;
    private static final int TOKEN_POS = 4 + 4 + 4;
    private static final int REASON_POS = 4 + PublicId.SIZE;
    private static final int MAX_REASON = 500;
    private static final long MAX_WAIT = HandoffOptions.MAX_LIMIT.toMillis();

    static Frame hello(PublicId store, byte[] publicKey) {
        return new Frame(
                FrameType.HELLO,
                ByteBuffer.allocate(HELLO_SIZE)
                        .putInt(MAGIC)
                        .put(VERSION)
                        .put(store.toBytes())
                        .put(publicKey)
                        .array());
    }

    static Frame keys(byte[] message) {
        return new Frame(FrameType.KEYS, message);
    }

    /** Reads the identity of the peer's claim store. */
    PublicId store() throws IOException {
        ByteBuffer in = ByteBuffer.wrap(body);
        if (body.length != HELLO_SIZE || in.getInt() != MAGIC) {
            throw new IOException("the peer does not speak Baton's hand-over protocol");
        }
        byte version = in.get();
        if (version != VERSION) {
            throw new IOException("the peer speaks version " + version
                    + " of the hand-over protocol, and this is version " + VERSION);
        }
        return new PublicId(in.getLong(), in.getLong());
    }

    /** Reads the peer's public key. */
    byte[] publicKey() {
        return Arrays.copyOfRange(body, PUBLIC_KEY_POS, HELLO_SIZE);
    }

    static Frame refused() {
        return new Frame(FrameType.REFUSED, new byte[0]);
    }

    static Frame offer(Offered offered) {
        return new Frame(
                FrameType.OFFER,
                ByteBuffer.allocate(TOKEN_POS + offered.token().length + offered.sealed().length)
                        .putInt(offered.number())
                        .putInt(Math.max(
                                1, Math.toIntExact(offered.answerWithin().toMillis())))
                        .putInt(offered.token().length)
                        .put(offered.token())
                        .put(offered.sealed())
                        .array());
    }

    /** Reads an offer in whole. */
    Offered offered() throws IOException {
        ByteBuffer in = in(TOKEN_POS);
        int number = in.getInt();
        int wait = in.getInt();
        int length = in.getInt();
        if (wait < 1 || wait > MAX_WAIT) {
            throw new IOException("an offer whose giver waits for " + wait + " ms");
        }
        if (length < 0 || length > in.remaining() || length > TokenHeader.MAX_TOKEN_SIZE) {
            throw new IOException("an offer with a token of " + length + " octets, in a frame of " + body.length);
        }
        if (in.remaining() - length > HandoffRecord.MAX_SIZE) {
            throw new IOException("an offer with a record of " + (in.remaining() - length) + " octets");
        }
        return new Offered(
                number,
                Duration.ofMillis(wait),
                Arrays.copyOfRange(body, TOKEN_POS, TOKEN_POS + length),
                Arrays.copyOfRange(body, TOKEN_POS + length, body.length));
    }

    static Frame taken(int number) {
        return new Frame(FrameType.TAKEN, ByteBuffer.allocate(4).putInt(number).array());
    }

    static Frame renounced(int number, PublicId claimant, String reason) {
        byte[] text = text(reason);
        return new Frame(
                FrameType.RENOUNCED,
                ByteBuffer.allocate(4 + PublicId.SIZE + text.length)
                        .putInt(number)
                        .put(claimant.toBytes())
                        .put(text)
                        .array());
    }

    static Frame declined(int number, String reason) {
        byte[] text = text(reason);
        return new Frame(
                FrameType.DECLINED,
                ByteBuffer.allocate(4 + text.length).putInt(number).put(text).array());
    }

    static Frame withdrawn(int number) {
        return new Frame(
                FrameType.WITHDRAWN, ByteBuffer.allocate(4).putInt(number).array());
    }

    /** Reads the number of the offer that is withdrawn. */
    int withdrawn() throws IOException {
        requireSize(4);
        return ByteBuffer.wrap(body).getInt();
    }

    private static byte[] text(String reason) {
        String text = String.valueOf(reason);
        return text.substring(0, Math.min(text.length(), MAX_REASON)).getBytes(StandardCharsets.UTF_8);
    }

    /** Reads an answer in whole. */
    Answer answer() throws IOException {
        return switch (type) {
            case TAKEN -> {
                requireSize(4);
                yield new Answer(type, in(4).getInt(), null, "");
            }
            case RENOUNCED -> {
                ByteBuffer in = in(REASON_POS);
                yield new Answer(type, in.getInt(), new PublicId(in.getLong(), in.getLong()), reason(REASON_POS));
            }
            case DECLINED -> new Answer(type, in(4).getInt(), null, reason(4));
            default -> throw new IllegalStateException(type + " is no answer");
        };
    }

    /** Reads the reason, without what would disturb a log or a terminal. */
    private String reason(int from) {
        int length = Math.min(body.length - from, 4 * MAX_REASON);
        return new String(body, from, length, StandardCharsets.UTF_8).replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }

    private ByteBuffer in(int least) throws IOException {
        if (body.length < least) {
            throw new IOException("a frame " + type + " of " + body.length + " octets");
        }
        return ByteBuffer.wrap(body);
    }

    private void requireSize(int size) throws IOException {
        if (body.length != size) {
            throw new IOException("a frame " + type + " of " + body.length + " octets");
        }
    }

    /** Writes the type and the body, without the length. */
    byte[] encode() {
        return ByteBuffer.allocate(1 + body.length).put(type.number()).put(body).array();
    }

    /** Reads the type and the body. */
    static Frame decode(byte[] octets) throws IOException {
        return new Frame(FrameType.of(octets[0]), Arrays.copyOfRange(octets, 1, octets.length));
    }

    /** Names the type. */
    @Override
    public String toString() {
        return "Frame[" + type + ", " + body.length + " octets]";
    }
}
