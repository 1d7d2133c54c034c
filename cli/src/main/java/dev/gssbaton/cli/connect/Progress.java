package dev.gssbaton.cli.connect;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How far a conversation had come when its context moved: the note that goes along.
 *
 * <pre>
 * 0..3  sent
 * 4..7  answered
 * </pre>
 *
 * @param sent the last message that was sent
 * @param answered the last message whose answer was verified
 */
record Progress(int sent, int answered) {
    private static final int SIZE = 2 * Integer.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(SIZE).putInt(sent).putInt(answered).array();
    }

    static Progress decode(byte[] octets) throws IOException {
        if (octets.length != SIZE) {
            throw new IOException("a context came without how far its conversation had come");
        }
        ByteBuffer in = ByteBuffer.wrap(octets);
        return new Progress(in.getInt(), in.getInt());
    }
}
