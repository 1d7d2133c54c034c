package dev.gssbaton.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;

/**
 * Writes a context's state, big-endian, into an array that is erased when it grows and when the writer is closed.
 *
 * <p>For use by one thread.
 */
public final class StateWriter implements AutoCloseable {
    /** The greatest number of octets that one writer takes: 1 MiB. */
    public static final int MAX_SIZE = 1 << 20;

    private byte[] buffer;
    private int position;

    /**
     * Makes a writer that leaves room before the state.
     *
     * @param headroom number of octets at the beginning of the array that are left for a header
     * @param capacity number of octets of state for which there is room before the array must grow
     */
    public StateWriter(int headroom, int capacity) {
        buffer = new byte[headroom + capacity];
        position = headroom;
    }

    /**
     * Writes one octet.
     *
     * @param value 0 to 255
     * @throws IllegalArgumentException if it is outside that range
     */
    public void uint8(int value) {
        checkRange(value, 0xFF);
        grow(1)[position++] = (byte) value;
    }

    /**
     * Writes two octets.
     *
     * @param value 0 to 65535
     * @throws IllegalArgumentException if it is outside that range
     */
    public void uint16(int value) {
        checkRange(value, 0xFFFF);
        byte[] to = grow(2);
        to[position++] = (byte) (value >>> 8);
        to[position++] = (byte) value;
    }

    /**
     * Writes four octets.
     *
     * @param value any value
     */
    public void int32(int value) {
        ByteBuffer.wrap(grow(4)).putInt(position, value);
        position += 4;
    }

    /**
     * Writes eight octets.
     *
     * @param value any value
     */
    public void int64(long value) {
        ByteBuffer.wrap(grow(8)).putLong(position, value);
        position += 8;
    }

    /**
     * Writes services as four octets: their bits.
     *
     * @param flags the services
     */
    public void flags(Set<ContextFlag> flags) {
        int32(ContextFlag.bits(flags));
    }

    /**
     * Writes an instant as eight octets: milliseconds since 1970 UTC.
     *
     * @param value the instant; {@link Instant#MAX} is written as the greatest number
     */
    public void instant(Instant value) {
        int64(value.equals(Instant.MAX) ? Long.MAX_VALUE : value.toEpochMilli());
    }

    /**
     * Writes octets as they are.
     *
     * @param octets the octets; the caller keeps the array
     */
    public void octets(byte[] octets) {
        byte[] to = grow(octets.length);
        System.arraycopy(octets, 0, to, position, octets.length);
        position += octets.length;
    }

    /**
     * Writes a length of two octets, then so many octets.
     *
     * @param octets up to 65535 octets; the caller keeps the array
     * @throws IllegalArgumentException if there are more
     */
    public void counted(byte[] octets) {
        uint16(octets.length);
        octets(octets);
    }

    /**
     * Writes a length of four octets, then so many octets.
     *
     * @param octets the octets; the caller keeps the array
     */
    public void large(byte[] octets) {
        int32(octets.length);
        octets(octets);
    }

    /**
     * Writes a text as {@link #counted} UTF-8.
     *
     * @param text the text
     */
    public void text(String text) {
        counted(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a secret as {@link #counted} octets.
     *
     * @param secret the secret, which stays the caller's
     * @throws IllegalStateException if the secret is closed
     */
    public void secret(SecretBytes secret) {
        secret.lend(octets -> {
            counted(octets);
            return null;
        });
    }

    /**
     * Lends the array that is written to: valid until the next write or {@link #close}.
     *
     * @return the array, with the headroom in front and any number of unused octets behind
     */
    public byte[] array() {
        return buffer;
    }

    /**
     * Gives the index behind the last octet written, headroom included.
     *
     * @return an index into {@link #array}
     */
    public int position() {
        return position;
    }

    /**
     * Makes sure that so many octets can be written without the array growing.
     *
     * @param octets number of octets
     */
    public void reserve(int octets) {
        grow(octets);
    }

    /** Erases the array. Closing twice is harmless; the writer is not to be used afterwards. */
    @Override
    public void close() {
        Arrays.fill(buffer, (byte) 0);
    }

    /**
     * Names the length alone.
     *
     * @return a text without what was written
     */
    @Override
    public String toString() {
        return "StateWriter[" + position + " octets]";
    }

    private byte[] grow(int octets) {
        if (octets > buffer.length - position) {
            if (octets > MAX_SIZE - position) {
                throw new IllegalArgumentException("the state is larger than " + MAX_SIZE + " octets");
            }
            byte[] larger = ByteBuffer.allocate(Math.max(position + octets, 2 * buffer.length))
                    .put(buffer, 0, position)
                    .array();
            Arrays.fill(buffer, (byte) 0);
            buffer = larger;
        }
        return buffer;
    }

    private static void checkRange(int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(value + " is not between 0 and " + max);
        }
    }
}
