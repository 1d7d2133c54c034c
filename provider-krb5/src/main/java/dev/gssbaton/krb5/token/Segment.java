package dev.gssbaton.krb5.token;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A part of an array: that of a buffer, or a copy of its octets, which is erased when it is closed. */
final class Segment implements AutoCloseable {
    final byte[] array;
    final int offset;
    final int length;
    private final boolean isCopy;

    private Segment(byte[] array, int offset, int length, boolean isCopy) {
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.isCopy = isCopy;
    }

    /** Keeps the array itself. */
    Segment(byte[] array, int offset, int length) {
        this(array, offset, length, false);
    }

    /** Takes octets over, on their way to a buffer that shows no array. */
    static Segment ofCopy(byte[] octets) {
        return new Segment(octets, 0, octets.length, true);
    }

    /** Gives what remains in a buffer, and leaves its position: its own array where it shows one, a copy otherwise. */
    static Segment of(ByteBuffer buffer) {
        if (buffer.hasArray()) {
            return new Segment(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return ofCopy(copy);
    }

    /** Replaces a copy by zeros. */
    @Override
    public void close() {
        if (isCopy) {
            Arrays.fill(array, (byte) 0);
        }
    }
}
