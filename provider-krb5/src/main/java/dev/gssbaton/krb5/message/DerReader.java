package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.SecretBytes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Reads DER (ITU-T X.690) and nothing else: definite lengths in their shortest form, each field in its place, nothing
 * behind the last one.
 *
 * <p>{@link #open} steps into a value and {@link #close} out of it, which must have been read to its end then. A length
 * is checked against what encloses it before anything is allocated. For use by one thread.
 */
final class DerReader {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int GENERALIZED_TIME = 0x18;
    static final int GENERAL_STRING = 0x1B;
    static final int SEQUENCE = 0x30;
    static final int APPLICATION = 0x60;
    static final int CONTEXT = 0xA0;

    /** In a second. */
    static final int MICROSECONDS = 1_000_000;

    /** Larger than any message that a context is made of: tickets with large PACs have some 64 KiB. */
    static final int MAX_MESSAGE = 1 << 20;

    /** {@code yyyyMMddHHmmssZ}. */
    private static final int TIME_LENGTH = 15;

    private final byte[] source;
    private int position;
    private int end;

    /** Reads a part of an array, which the caller keeps, does not change meanwhile, and erases if it holds a secret. */
    DerReader(byte[] source, int offset, int length, String message) throws MalformedMessageException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length > MAX_MESSAGE) {
            throw new MalformedMessageException(message, "is longer than " + MAX_MESSAGE + " octets");
        }
        this.source = source;
        this.position = offset;
        this.end = offset + length;
    }

    /** Tells whether a value with this tag comes next, for an optional field. */
    boolean at(int tag) {
        return position < end && (source[position] & 0xFF) == tag;
    }

    /** Tells whether another value comes before the enclosing one ends, for a SEQUENCE OF. */
    boolean more() {
        return position < end;
    }

    /**
     * Steps into a value.
     *
     * @return the end of what encloses it, for {@link #close}
     */
    int open(int tag, String field) throws MalformedMessageException {
        if (position == end) {
            throw new MalformedMessageException(field, "is missing");
        }
        if (!at(tag)) {
            throw new MalformedMessageException(field, "does not begin with the tag " + Integer.toHexString(tag));
        }
        position++;
        int length = length(field);
        int outer = end;
        end = position + length;
        return outer;
    }

    /** Steps out of a value, which must have been read to its end. */
    void close(int outer, String field) throws MalformedMessageException {
        if (position != end) {
            throw new MalformedMessageException(field, "has " + (end - position) + " octets too many");
        }
        end = outer;
    }

    /** Checks that nothing is left behind the message. */
    void expectEnd(String message) throws MalformedMessageException {
        close(end, message);
    }

    /** Reads an explicitly tagged INTEGER of a range that a {@code long} holds. */
    long integer(int tagNumber, long min, long max, String field) throws MalformedMessageException {
        int outer = open(CONTEXT | tagNumber, field);
        long value = integer(min, max, field);
        close(outer, field);
        return value;
    }

    /** Reads an Int32 that has no tag of its own. */
    int int32(String field) throws MalformedMessageException {
        return (int) integer(Integer.MIN_VALUE, Integer.MAX_VALUE, field);
    }

    private long integer(long min, long max, String field) throws MalformedMessageException {
        int inner = open(INTEGER, field);
        int length = end - position;
        if (length == 0 || length > Long.BYTES) {
            throw new MalformedMessageException(field, "is an integer of " + length + " octets");
        }
        long value = source[position++];
        if (length > 1 && value == (source[position] >> 7)) {
            throw new MalformedMessageException(field, "is an integer that is not in its shortest form");
        }
        while (position < end) {
            value = (value << 8) | (source[position++] & 0xFF);
        }
        if (value < min || value > max) {
            throw new MalformedMessageException(field, "is not between " + min + " and " + max);
        }
        close(inner, field);
        return value;
    }

    /** Reads an explicitly tagged Int32. */
    int int32(int tagNumber, String field) throws MalformedMessageException {
        return (int) integer(tagNumber, Integer.MIN_VALUE, Integer.MAX_VALUE, field);
    }

    /** Reads an explicitly tagged UInt32 as it stands: some peers give the upper half of its range as negative numbers. */
    OptionalLong uint32(int tagNumber, String field) throws MalformedMessageException {
        return OptionalLong.of(integer(tagNumber, Integer.MIN_VALUE, 0xFFFF_FFFFL, field));
    }

    /** Reads an explicitly tagged Microseconds. */
    int microseconds(int tagNumber, String field) throws MalformedMessageException {
        return (int) integer(tagNumber, 0, MICROSECONDS - 1, field);
    }

    /** Reads an explicitly tagged protocol version number, which is 5. */
    void version(int tagNumber, String field) throws MalformedMessageException {
        int version = int32(tagNumber, field);
        if (version != 5) {
            throw new MalformedMessageException(
                    ErrorCode.KRB_AP_ERR_BADVERSION, "Kerberos version " + version + " in " + field + ", not 5");
        }
    }

    /** Reads an explicitly tagged type of message. */
    void messageType(int tagNumber, int expected) throws MalformedMessageException {
        int type = int32(tagNumber, "msg-type");
        if (type != expected) {
            throw new MalformedMessageException(
                    ErrorCode.KRB_AP_ERR_MSG_TYPE, "Kerberos message of type " + type + ", not " + expected);
        }
    }

    /** Reads an explicitly tagged KerberosFlags. */
    KerberosFlags flags(int tagNumber, String field) throws MalformedMessageException {
        int outer = open(CONTEXT | tagNumber, field);
        int inner = open(BIT_STRING, field);
        int octets = end - position - 1;
        if (octets < 4 || octets > 8) {
            throw new MalformedMessageException(field, "has not 32 to 64 bits");
        }
        int unused = source[position++];
        if (unused < 0 || unused > 7 || octets * 8 - unused < KerberosFlags.MIN_SIZE) {
            throw new MalformedMessageException(field, "has a wrong count of unused bits");
        }
        long bits = 0;
        for (int shift = 56; position < end; shift -= 8) {
            bits |= (source[position++] & 0xFFL) << shift;
        }
        int size = octets * 8 - unused;
        if (size < 64 && (bits << size) != 0) {
            throw new MalformedMessageException(field, "has unused bits that are not zero");
        }
        close(inner, field);
        close(outer, field);
        return new KerberosFlags(bits, size);
    }

    /** Reads an explicitly tagged KerberosTime. */
    Instant time(int tagNumber, String field) throws MalformedMessageException {
        int outer = open(CONTEXT | tagNumber, field);
        int inner = open(GENERALIZED_TIME, field);
        if (end - position != TIME_LENGTH || source[end - 1] != 'Z') {
            throw new MalformedMessageException(field, "is not a time of the form yyyyMMddHHmmssZ");
        }
        try {
            int year = digits(4, field);
            Instant time = LocalDateTime.of(
                            year,
                            digits(2, field),
                            digits(2, field),
                            digits(2, field),
                            digits(2, field),
                            digits(2, field))
                    .toInstant(ZoneOffset.UTC);
            position++;
            close(inner, field);
            close(outer, field);
            return time;
        } catch (DateTimeException e) {
            throw new MalformedMessageException(field, "is not a time in the calendar");
        }
    }

    /** Reads an explicitly tagged KerberosString. */
    String string(int tagNumber, String field) throws MalformedMessageException {
        int outer = open(CONTEXT | tagNumber, field);
        String string = string(field);
        close(outer, field);
        return string;
    }

    /** Reads a KerberosString. */
    String string(String field) throws MalformedMessageException {
        int outer = open(GENERAL_STRING, field);
        String string = Utf8.decode(source, position, end - position)
                .orElseThrow(() -> new MalformedMessageException(field, "is not UTF-8"));
        position = end;
        close(outer, field);
        return string;
    }

    /** Reads an explicitly tagged KerberosString without a look at its octets. */
    Octets rawString(int tagNumber, String field) throws MalformedMessageException {
        return octets(tagNumber, GENERAL_STRING, field);
    }

    /** Reads an explicitly tagged OCTET STRING. */
    Octets octets(int tagNumber, String field) throws MalformedMessageException {
        return octets(tagNumber, OCTET_STRING, field);
    }

    /** Reads an explicitly tagged EncryptionKey into a holder that the caller closes. */
    EncryptionKey key(int tagNumber, String field) throws KerberosException {
        int outer = open(CONTEXT | tagNumber, field);
        int sequence = open(SEQUENCE, field);
        int number = int32(0, "keytype");
        int value = open(CONTEXT | 1, "keyvalue");
        int octets = open(OCTET_STRING, "keyvalue");
        int from = position;
        int length = end - position;
        position = end;
        close(octets, field);
        close(value, field);
        close(sequence, field);
        close(outer, field);
        EncryptionType type = EncryptionType.of(number)
                .orElseThrow(() -> new KerberosException(
                        ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                        "the " + field + " has encryption type " + number + ", which is not supported here"));
        if (length != type.keySize()) {
            throw new MalformedMessageException(
                    field, "has " + length + " octets, and a key of " + type + " has " + type.keySize());
        }
        return new EncryptionKey(type, SecretBytes.copyOf(source, from, length));
    }

    private Octets octets(int tagNumber, int tag, String field) throws MalformedMessageException {
        int outer = open(CONTEXT | tagNumber, field);
        int inner = open(tag, field);
        Octets octets = Octets.of(source, position, end - position);
        position = end;
        close(inner, field);
        close(outer, field);
        return octets;
    }

    private int digits(int count, String field) throws MalformedMessageException {
        int number = 0;
        for (int i = 0; i < count; i++) {
            int digit = source[position++] - '0';
            if (digit < 0 || digit > 9) {
                throw new MalformedMessageException(field, "is not a time of the form yyyyMMddHHmmssZ");
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private int length(String field) throws MalformedMessageException {
        if (position == end) {
            throw new MalformedMessageException(field, "has no length");
        }
        int first = source[position++] & 0xFF;
        long length = first;
        if (first >= 0x80) {
            int octets = first & 0x7F;
            if (octets == 0 || octets > 4 || octets > end - position) {
                throw new MalformedMessageException(field, "has a length that is not definite or too long");
            }
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = (length << 8) | (source[position++] & 0xFF);
            }
            if (length < 0x80 || (length >>> (8 * (octets - 1))) == 0) {
                throw new MalformedMessageException(field, "has a length that is not in its shortest form");
            }
        }
        if (length > end - position) {
            throw new MalformedMessageException(
                    field, "is to have " + length + " octets, and " + (end - position) + " are left");
        }
        return (int) length;
    }
}
