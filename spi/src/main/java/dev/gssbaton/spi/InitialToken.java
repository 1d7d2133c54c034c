package dev.gssbaton.spi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * The frame of a mechanism's first token
 * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-3.1">RFC 2743 section 3.1</a>), by which an acceptor knows the
 * mechanism.
 *
 * <pre>{@code
 * 60 | length, DER | 06 | length | OID | inner context token, the mechanism's own
 * }</pre>
 *
 * @param mechanism the mechanism that the frame names
 * @param innerOffset index of the inner token's first octet in the array that was parsed
 * @param innerLength number of octets of the inner token
 */
public record InitialToken(Oid mechanism, int innerOffset, int innerLength) {
    private static final int FRAME_TAG = 0x60;
    private static final int OID_TAG = 0x06;
    private static final int MAX_OID = 127;

    /**
     * Reads a frame. It must fill the part of the array that is named, and its lengths must be in their shortest form.
     *
     * @param token the array; neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return what the frame says
     * @throws GSSException {@code DEFECTIVE_TOKEN} if it is malformed
     */
    public static InitialToken parse(byte[] token, int offset, int length) throws GSSException {
        Objects.checkFromIndexSize(offset, length, token.length);
        int end = offset + length;
        if (length < 2 || token[offset] != FRAME_TAG) {
            throw defective("does not begin with the tag 60");
        }
        int first = token[offset + 1] & 0xFF;
        int lengthOctets = first < 0x80 ? 0 : first & 0x7F;
        int at = offset + 2;
        if (first == 0x80 || lengthOctets > 4 || lengthOctets > end - at) {
            throw defective("has a malformed length");
        }
        long declared = first;
        if (lengthOctets > 0) {
            declared = 0;
            for (int i = 0; i < lengthOctets; i++) {
                declared = (declared << 8) | (token[at++] & 0xFF);
            }
            if (declared < 0x80 || (declared >>> (8 * (lengthOctets - 1))) == 0) {
                throw defective("has a length that is not in its shortest form");
            }
        }
        if (declared != end - at) {
            throw defective("declares " + declared + " octets and has " + (end - at));
        }
        if (end - at < 2 || token[at] != OID_TAG) {
            throw defective("names no mechanism");
        }
        int oidLength = token[at + 1] & 0xFF;
        if (oidLength == 0 || oidLength > MAX_OID || oidLength > end - at - 2) {
            throw defective("has a malformed mechanism identifier");
        }
        byte[] oid = Arrays.copyOfRange(token, at, at + 2 + oidLength);
        int inner = at + 2 + oidLength;
        try {
            return new InitialToken(new Oid(oid), inner, end - inner);
        } catch (GSSException e) {
            throw defective("has a malformed mechanism identifier");
        }
    }

    /**
     * Takes the inner token out of the frame that {@link #frame} writes.
     *
     * @param mechanism the mechanism that the frame must name
     * @param token the whole array is the framed token; not changed
     * @return the inner token, in a read-only view of the array
     * @throws GSSException {@code DEFECTIVE_TOKEN} if the frame is malformed or names another mechanism
     */
    public static ByteBuffer unframe(Oid mechanism, byte[] token) throws GSSException {
        InitialToken frame = parse(token, 0, token.length);
        if (!frame.mechanism.equals(mechanism)) {
            throw defective("is of the mechanism " + frame.mechanism + ", not " + mechanism);
        }
        return ByteBuffer.wrap(token, frame.innerOffset, frame.innerLength).asReadOnlyBuffer();
    }

    /**
     * Writes a frame around an inner token.
     *
     * @param mechanism the mechanism to name
     * @param inner the inner token; the caller keeps the array
     * @return the framed token, the caller's
     */
    public static byte[] frame(Oid mechanism, byte[] inner) {
        try {
            byte[] oid = mechanism.getDER();
            ByteArrayOutputStream out = new ByteArrayOutputStream(oid.length + inner.length + 6);
            out.write(FRAME_TAG);
            int length = oid.length + inner.length;
            if (length < 0x80) {
                out.write(length);
            } else {
                int octets = (39 - Integer.numberOfLeadingZeros(length)) / 8;
                out.write(0x80 | octets);
                for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
                    out.write(length >>> shift);
                }
            }
            out.write(oid);
            out.write(inner);
            return out.toByteArray();
        } catch (GSSException | IOException e) {
            throw new IllegalStateException("an object identifier has an encoding, and memory can be written", e);
        }
    }

    private static GSSException defective(String what) {
        return TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "the first token " + what);
    }
}
