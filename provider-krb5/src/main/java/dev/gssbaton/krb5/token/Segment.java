package dev.gssbaton.krb5.token;

import java.nio.ByteBuffer;

/** A part of an array. */
final class Segment {
    final byte[] array;
    final int offset;
    final int length;

    /** Keeps the array itself. */
    Segment(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Gives what remains in a buffer, and leaves its position: its own array where it shows one, a copy otherwise. */
    static Segment of(ByteBuffer buffer) {
        if (buffer.hasArray()) {
            return new Segment(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return new Segment(copy, 0, copy.length);
    }
}
