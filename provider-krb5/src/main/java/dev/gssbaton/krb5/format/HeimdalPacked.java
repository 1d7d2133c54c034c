package dev.gssbaton.krb5.format;

import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;

/**
 * Numbers as {@code heimdal-8} has them, in as few octets as they need:
 *
 * <pre>{@code
 * octets  field
 * 1       number            below 80
 * 1 + n   80 | n, number    others: big-endian, without zeros before it
 * }</pre>
 *
 * <p>The library reads longer encodings too, and cuts a number to the bits of its field. Here each number has one encoding.
 */
final class HeimdalPacked {
    private static final int LONG_FORM = 0x80;

    private HeimdalPacked() {}

    /** Writes a number of 32 bits without sign. */
    static void encode(int number, StateWriter out) {
        if (number >= 0 && number < LONG_FORM) {
            out.uint8(number);
            return;
        }
        int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(number) + 7) / Byte.SIZE;
        out.uint8(LONG_FORM | octets);
        for (int shift = (octets - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            out.uint8((number >>> shift) & 0xff);
        }
    }

    /** Reads a number of 16 bits. */
    static int uint16(StateReader in, String field) throws GSSException {
        return (int) decode(Short.BYTES, in, field);
    }

    /** Reads a number of 32 bits. */
    static int int32(StateReader in, String field) throws GSSException {
        return (int) decode(Integer.BYTES, in, field);
    }

    /** Reads a number of 32 bits without sign. */
    static long uint32(StateReader in, String field) throws GSSException {
        return decode(Integer.BYTES, in, field);
    }

    /** Reads a number of up to so many octets. */
    static long decode(int size, StateReader in, String field) throws GSSException {
        int first = in.uint8(field);
        if (first < LONG_FORM) {
            return first;
        }
        int octets = first - LONG_FORM;
        if (octets == 0 || octets > size) {
            throw StateReader.malformed(field, "has more than " + size + " octets, or none");
        }
        long number = in.uint8(field);
        if (number == 0 || (octets == 1 && number < LONG_FORM)) {
            throw StateReader.malformed(field, "is longer than it need be");
        }
        for (int i = 1; i < octets; i++) {
            number = (number << Byte.SIZE) | in.uint8(field);
        }
        return number;
    }

    static void encode(byte[] octets, StateWriter out) {
        encode(octets.length, out);
        out.octets(octets);
    }

    /** Reads a length and so many octets, of which there are no more than the token has. */
    static byte[] octets(StateReader in, String field) throws GSSException {
        return in.octets(length(in, field), field);
    }

    /** Reads the length of what follows, which is all there. */
    static int length(StateReader in, String field) throws GSSException {
        long length = uint32(in, field);
        if (length > in.remaining()) {
            throw StateReader.malformed(field, "is longer than the token");
        }
        return (int) length;
    }
}
