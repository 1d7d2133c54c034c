package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Writes DER (ITU-T X.690) in the order of the wire.
 *
 * <p>{@link #begin} leaves one octet for the length; {@link #end} makes room for more where that is not enough. Every
 * buffer is zeroed when it is left, since some hold keys. For use by one thread.
 */
final class DerWriter {
    private byte[] buffer = new byte[512];
    private int size;

    /**
     * Begins a value.
     *
     * @return where its contents begin, for {@link #end}
     */
    int begin(int tag) {
        put(tag);
        put(0);
        return size;
    }

    /** Ends the value whose contents began there. */
    void end(int start) {
        int length = size - start;
        if (length < 0x80) {
            buffer[start - 1] = (byte) length;
            return;
        }
        int octets = (39 - Integer.numberOfLeadingZeros(length)) / 8;
        reserve(octets);
        System.arraycopy(buffer, start, buffer, start + octets, length);
        size += octets;
        buffer[start - 1] = (byte) (0x80 | octets);
        for (int i = octets - 1, rest = length; i >= 0; i--, rest >>>= 8) {
            buffer[start + i] = (byte) rest;
        }
    }

    /** Writes an explicitly tagged INTEGER. */
    void integer(int tagNumber, long value) {
        int outer = begin(DerReader.CONTEXT | tagNumber);
        integer(value);
        end(outer);
    }

    /** Writes an INTEGER that has no tag of its own. */
    void integer(long value) {
        int inner = begin(DerReader.INTEGER);
        long magnitude = value < 0 ? ~value : value;
        int octets = (64 - Long.numberOfLeadingZeros(magnitude)) / 8 + 1;
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
            put((int) (value >> shift));
        }
        end(inner);
    }

    /** Writes an explicitly tagged KerberosFlags. */
    void flags(int tagNumber, KerberosFlags flags) {
        int outer = begin(DerReader.CONTEXT | tagNumber);
        int inner = begin(DerReader.BIT_STRING);
        int octets = (flags.size() + 7) / 8;
        put(octets * 8 - flags.size());
        for (int i = 0, shift = 56; i < octets; i++, shift -= 8) {
            put((int) (flags.bits() >>> shift));
        }
        end(inner);
        end(outer);
    }

    /** Writes an explicitly tagged KerberosTime; what is below a second is left out. */
    void time(int tagNumber, Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            throw new IllegalArgumentException("a KerberosTime has a year of four digits, not " + utc.getYear());
        }
        int outer = begin(DerReader.CONTEXT | tagNumber);
        int inner = begin(DerReader.GENERALIZED_TIME);
        digits(4, utc.getYear());
        digits(2, utc.getMonthValue());
        digits(2, utc.getDayOfMonth());
        digits(2, utc.getHour());
        digits(2, utc.getMinute());
        digits(2, utc.getSecond());
        put('Z');
        end(inner);
        end(outer);
    }

    /** Writes an explicitly tagged KerberosString. */
    void string(int tagNumber, String string) {
        int outer = begin(DerReader.CONTEXT | tagNumber);
        string(string);
        end(outer);
    }

    /** Writes a KerberosString. */
    void string(String string) {
        int inner = begin(DerReader.GENERAL_STRING);
        put(string.getBytes(StandardCharsets.UTF_8));
        end(inner);
    }

    /** Writes an explicitly tagged KerberosString as it came. */
    void rawString(int tagNumber, Octets octets) {
        octets(tagNumber, DerReader.GENERAL_STRING, octets);
    }

    /** Writes an explicitly tagged OCTET STRING. */
    void octets(int tagNumber, Octets octets) {
        octets(tagNumber, DerReader.OCTET_STRING, octets);
    }

    private void octets(int tagNumber, int tag, Octets octets) {
        int outer = begin(DerReader.CONTEXT | tagNumber);
        int inner = begin(tag);
        put(octets.array());
        end(inner);
        end(outer);
    }

    /** Writes an explicitly tagged EncryptionKey. */
    void key(int tagNumber, EncryptionKey key) {
        int outer = begin(DerReader.CONTEXT | tagNumber);
        int sequence = begin(DerReader.SEQUENCE);
        integer(0, key.type().number());
        int value = begin(DerReader.CONTEXT | 1);
        int octets = begin(DerReader.OCTET_STRING);
        key.secret().lend(secret -> {
            put(secret);
            return null;
        });
        end(octets);
        end(value);
        end(sequence);
        end(outer);
    }

    /** Gives what was written, the caller's, and zeroes the buffer. Nothing is written after that. */
    byte[] finish() {
        byte[] written = Arrays.copyOf(buffer, size);
        Arrays.fill(buffer, 0, size, (byte) 0);
        size = 0;
        return written;
    }

    private void digits(int count, int number) {
        int divisor = 1;
        for (int i = 1; i < count; i++) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            put('0' + number / divisor % 10);
        }
    }

    private void put(int octet) {
        reserve(1);
        buffer[size++] = (byte) octet;
    }

    private void put(byte[] octets) {
        reserve(octets.length);
        System.arraycopy(octets, 0, buffer, size, octets.length);
        size += octets.length;
    }

    private void reserve(int more) {
        if (buffer.length - size < more) {
            byte[] larger = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
            Arrays.fill(buffer, (byte) 0);
            buffer = larger;
        }
    }
}
