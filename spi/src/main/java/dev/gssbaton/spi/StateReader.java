package dev.gssbaton.spi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import org.ietf.jgss.GSSException;

/**
 * Reads a context's state: what {@link StateWriter} wrote, in the same order.
 *
 * <p>Every read is bounds-checked, and a length is checked before anything is allocated. What does not fit is
 * {@link TransferFault#STATE_MALFORMED} with the name of the field, never its value. For use by one thread.
 */
public final class StateReader {
    private final byte[] source;
    private final int end;
    private int position;

    /**
     * Makes a reader of a part of an array. The caller keeps the array, does not change it while it is read, and erases
     * it.
     *
     * @param source the array
     * @param offset index of the first octet
     * @param length number of octets
     * @throws IndexOutOfBoundsException if the part is not inside the array
     */
    public StateReader(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        this.source = source;
        this.position = offset;
        this.end = offset + length;
    }

    /**
     * Reads one octet.
     *
     * @param field the field's name, for messages
     * @return 0 to 255
     * @throws GSSException if nothing is left
     */
    public int uint8(String field) throws GSSException {
        return source[skip(1, field)] & 0xFF;
    }

    /**
     * Reads one octet that is 0 or 1.
     *
     * @param field the field's name, for messages
     * @return true for 1
     * @throws GSSException if nothing is left, or it is another number
     */
    public boolean flag(String field) throws GSSException {
        int value = uint8(field);
        if (value > 1) {
            throw malformed(field, "is neither 0 nor 1");
        }
        return value == 1;
    }

    /**
     * Reads two octets.
     *
     * @param field the field's name, for messages
     * @return 0 to 65535
     * @throws GSSException if fewer are left
     */
    public int uint16(String field) throws GSSException {
        return ByteBuffer.wrap(source).getShort(skip(2, field)) & 0xFFFF;
    }

    /**
     * Reads four octets.
     *
     * @param field the field's name, for messages
     * @return any value
     * @throws GSSException if fewer are left
     */
    public int int32(String field) throws GSSException {
        return ByteBuffer.wrap(source).getInt(skip(4, field));
    }

    /**
     * Reads eight octets.
     *
     * @param field the field's name, for messages
     * @return any value
     * @throws GSSException if fewer are left
     */
    public long int64(String field) throws GSSException {
        return ByteBuffer.wrap(source).getLong(skip(8, field));
    }

    /**
     * Reads services of four octets.
     *
     * @param field the field's name, for messages
     * @return the services; an unmodifiable set
     * @throws GSSException if fewer octets are left, or a bit is no service's
     */
    public Set<ContextFlag> flags(String field) throws GSSException {
        int bits = int32(field);
        Set<ContextFlag> flags = ContextFlag.of(bits);
        if (ContextFlag.bits(flags) != bits) {
            throw malformed(field, "have an unknown bit");
        }
        return Collections.unmodifiableSet(flags);
    }

    /**
     * Reads an instant of eight octets.
     *
     * @param field the field's name, for messages
     * @return the instant, to the millisecond; {@link Instant#MAX} for the greatest number
     * @throws GSSException if fewer octets are left
     */
    public Instant instant(String field) throws GSSException {
        long millis = int64(field);
        return millis == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(millis);
    }

    /**
     * Reads so many octets.
     *
     * @param length how many
     * @param field the field's name, for messages
     * @return a new array, the caller's
     * @throws GSSException if fewer are left, or the length is negative
     */
    public byte[] octets(int length, String field) throws GSSException {
        int from = skip(length, field);
        return Arrays.copyOfRange(source, from, from + length);
    }

    /**
     * Reads a length of two octets, then so many octets.
     *
     * @param max the greatest length that is accepted
     * @param field the field's name, for messages
     * @return a new array, the caller's
     * @throws GSSException if the length is greater, or fewer octets are left
     */
    public byte[] counted(int max, String field) throws GSSException {
        return octets(length(uint16(field), max, field), field);
    }

    /**
     * Reads a length of four octets, then so many octets.
     *
     * @param max the greatest length that is accepted
     * @param field the field's name, for messages
     * @return a new array, the caller's
     * @throws GSSException if the length is greater, or fewer octets are left
     */
    public byte[] large(int max, String field) throws GSSException {
        return octets(length(int32(field), max, field), field);
    }

    /**
     * Reads a text of {@link #counted} UTF-8.
     *
     * @param max the greatest number of octets that is accepted
     * @param field the field's name, for messages
     * @return the text
     * @throws GSSException if there are more octets, fewer are left, or they are not UTF-8
     */
    public String text(int max, String field) throws GSSException {
        int length = length(uint16(field), max, field);
        int from = skip(length, field);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(source, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(field, "is not UTF-8");
        }
    }

    /**
     * Reads a secret of {@link #counted} octets.
     *
     * @param max the greatest length that is accepted
     * @param field the field's name, for messages
     * @return a holder that the caller closes
     * @throws GSSException if the length is greater, or fewer octets are left
     */
    public SecretBytes secret(int max, String field) throws GSSException {
        return secret(0, max, field);
    }

    /**
     * Reads a secret of {@link #counted} octets that is not shorter than it may be.
     *
     * @param min the least length that is accepted
     * @param max the greatest length that is accepted
     * @param field the field's name, for messages
     * @return a holder that the caller closes
     * @throws GSSException if the length is less or greater, or fewer octets are left
     */
    public SecretBytes secret(int min, int max, String field) throws GSSException {
        int length = length(uint16(field), max, field);
        if (length < min) {
            throw malformed(field, "is shorter than " + min + " octets");
        }
        return secretOctets(length, field);
    }

    /**
     * Reads a secret of so many octets.
     *
     * @param length how many
     * @param field the field's name, for messages
     * @return a holder that the caller closes
     * @throws GSSException if fewer are left, or the length is negative
     */
    public SecretBytes secretOctets(int length, String field) throws GSSException {
        return SecretBytes.copyOf(source, skip(length, field), length);
    }

    /**
     * Looks at the next four octets without reading them: for a field that may be there or not.
     *
     * @param number what {@link #int32} would read
     * @return true if it would; false also if fewer octets are left
     */
    public boolean nextIs(int number) {
        if (remaining() < 4) {
            return false;
        }
        int next = 0;
        for (int at = position; at < position + 4; at++) {
            next = (next << 8) | (source[at] & 0xFF);
        }
        return next == number;
    }

    /**
     * Counts what has not been read.
     *
     * @return number of octets left
     */
    public int remaining() {
        return end - position;
    }

    /**
     * Checks that everything has been read.
     *
     * @throws GSSException if octets are left
     */
    public void expectEnd() throws GSSException {
        if (position != end) {
            throw malformed("end of the state", "has " + remaining() + " octets behind it");
        }
    }

    /**
     * Makes the exception for a field whose value cannot be.
     *
     * @param field the field's name
     * @param what what is wrong with it, without its value if that could be secret
     * @return an exception for the caller to throw
     */
    public static GSSException malformed(String field, String what) {
        return TransferFault.STATE_MALFORMED.exception(field + " " + what);
    }

    private int length(int length, int max, String field) throws GSSException {
        if (length < 0 || length > max) {
            throw malformed(field, "is longer than " + max + " octets");
        }
        return length;
    }

    private int skip(int length, String field) throws GSSException {
        if (length < 0 || length > end - position) {
            throw malformed(field, "needs " + length + " octets, and " + remaining() + " are left");
        }
        int from = position;
        position += length;
        return from;
    }
}
