package dev.gssbaton.cli.connect;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * How far a conversation had come when its context moved: what the worker reads before the server's octets.
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
    private static final int ANSWERED_POS = Integer.BYTES;
    private static final int SIZE = ANSWERED_POS + Integer.BYTES;

    void write(WritableByteChannel out) throws IOException {
        ByteBuffer octets =
                ByteBuffer.allocate(SIZE).putInt(sent).putInt(answered).flip();
        while (octets.hasRemaining()) {
            out.write(octets);
        }
    }

    static Progress read(ReadableByteChannel in) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(SIZE);
        while (octets.hasRemaining()) {
            if (in.read(octets) < 0) {
                throw new EOFException("the other process ended before it said how far it had come");
            }
        }
        return new Progress(octets.getInt(0), octets.getInt(ANSWERED_POS));
    }
}
