package dev.gssbaton.handoff;

import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.spi.PublicId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One message between two ends, numbers in big-endian order.
 *
 * <pre>
 * every frame  0..3  length of what follows | 4 type | body
 * HELLO        magic 42 54 4E 48 | version 01 | identity of the claim store, 16 | public key, 32
 * REFUSED      nothing
 * KEYS         encapsulation and proof, 48
 * OFFER        number, 4 | 01 with a descriptor in the same message, else 00 | length of the token, 4 | token | sealed record
 * TAKEN        number of the offer, 4
 * RENOUNCED    number of the offer, 4 | name of the claimant, 16 | reason in UTF-8
 * DECLINED     number of the offer, 4 | reason in UTF-8
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
    /** The greatest length of what follows it; a token and a record have at most a mebibyte of state each. */
    static final int MAX_LENGTH = 3 << 20;

    private static final int MAGIC = 0x42544E48;
    private static final byte VERSION = 1;
    private static final int PUBLIC_KEY_POS = 4 + 1 + PublicId.SIZE;
    private static final int HELLO_SIZE = PUBLIC_KEY_POS + SessionKeyPair.PUBLIC_KEY_SIZE;
    private static final int MAX_REASON = 500;

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

    static Frame offer(int number, boolean withDescriptor, byte[] token, byte[] sealed) {
        return new Frame(
                FrameType.OFFER,
                ByteBuffer.allocate(4 + 1 + 4 + token.length + sealed.length)
                        .putInt(number)
                        .put((byte) (withDescriptor ? 1 : 0))
                        .putInt(token.length)
                        .put(token)
                        .put(sealed)
                        .array());
    }

    /** Says whether a descriptor comes in the same message. */
    boolean hasDescriptor() {
        return type == FrameType.OFFER && body.length > 4 && body[4] == 1;
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

    private static byte[] text(String reason) {
        String text = String.valueOf(reason);
        return text.substring(0, Math.min(text.length(), MAX_REASON)).getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the number of the offer that this frame is about. */
    int number() throws IOException {
        return in(4).getInt();
    }

    byte[] token() throws IOException {
        return Arrays.copyOfRange(body, 9, endOfToken());
    }

    byte[] sealed() throws IOException {
        return Arrays.copyOfRange(body, endOfToken(), body.length);
    }

    private int endOfToken() throws IOException {
        int length = in(9).getInt(5);
        if (length < 0 || length > body.length - 9) {
            throw new IOException("an offer whose token is longer than its frame");
        }
        return 9 + length;
    }

    PublicId claimant() throws IOException {
        ByteBuffer in = in(4 + PublicId.SIZE).position(4);
        return new PublicId(in.getLong(), in.getLong());
    }

    /** Reads the reason, without what would disturb a log. */
    String reason() {
        int from = Math.min(body.length, type == FrameType.RENOUNCED ? 4 + PublicId.SIZE : 4);
        int length = Math.min(body.length - from, 4 * MAX_REASON);
        return new String(body, from, length, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }

    private ByteBuffer in(int least) throws IOException {
        if (body.length < least) {
            throw new IOException("a frame " + type + " of " + body.length + " octets");
        }
        return ByteBuffer.wrap(body);
    }

    ByteBuffer encode() {
        return ByteBuffer.allocate(HEADER_SIZE + 1 + body.length)
                .putInt(1 + body.length)
                .put(type.number())
                .put(body)
                .flip();
    }

    /**
     * Reads a frame off a buffer's beginning.
     *
     * @param in what has been received, from its position to its limit
     * @return the frame, or null if it is not there in full
     */
    static Frame decode(ByteBuffer in) throws IOException {
        if (in.remaining() < HEADER_SIZE) {
            return null;
        }
        int length = in.getInt(in.position());
        if (length < 1 || length > MAX_LENGTH) {
            throw new IOException("a frame of " + length + " octets");
        }
        if (in.remaining() - HEADER_SIZE < length) {
            return null;
        }
        try {
            in.position(in.position() + HEADER_SIZE);
            FrameType type = FrameType.of(in.get());
            byte[] body = new byte[length - 1];
            in.get(body);
            return new Frame(type, body);
        } catch (BufferUnderflowException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names the type. */
    @Override
    public String toString() {
        return "Frame[" + type + ", " + body.length + " octets]";
    }
}
