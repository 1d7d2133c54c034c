package dev.gssbaton.krb5.token;

import java.util.Arrays;
import org.ietf.jgss.GSSException;

/**
 * The frame and header of an rc4-hmac context's token
 * (<a href="https://www.rfc-editor.org/rfc/rfc1964#section-1.2">RFC 1964 section 1.2</a>, with the values of
 * <a href="https://www.rfc-editor.org/rfc/rfc4757#section-7">RFC 4757 section 7</a>).
 *
 * <pre>
 *  60 | length, DER | 06 09 2A 86 48 86 F7 12 01 02 02
 *  0..1    TOK_ID      01 01 MIC, 02 01 wrap, 01 02 end of the context
 *  2..3    SGN_ALG     11 00
 *  4..5    SEAL_ALG    10 00 in a sealed wrap token, otherwise FF FF
 *  6..7    Filler      FF FF
 *  8..15   SND_SEQ     encrypted
 *  16..23  SGN_CKSUM
 *  24..31  confounder  in a wrap token, as what follows: encrypted if it is sealed
 *  32..    message
 *          padding     01
 * </pre>
 *
 * @param kind what the token is
 * @param sealed whether it is encrypted
 * @param start index of TOK_ID in the array
 * @param length number of octets from TOK_ID on
 */
record LegacyToken(Kind kind, boolean sealed, int start, int length) {
    static final int SND_SEQ_POS = 8;
    static final int SGN_CKSUM_POS = 16;
    static final int HEADER_SIZE = 24;
    static final int CONFOUNDER_SIZE = 8;
    static final byte PADDING = 1;
    /** What a wrap token has beside its frame and its message. */
    static final int WRAP_OVERHEAD = HEADER_SIZE + CONFOUNDER_SIZE + 1;

    /** The octets of the header that its checksum is over: up to the sequence number. */
    static final int CHECKSUMMED = SND_SEQ_POS;

    private static final int SGN_ALG_POS = 2;
    private static final int SEAL_ALG_POS = 4;
    private static final int FILLER_POS = 6;

    private static final int HMAC = 0x1100;
    private static final int RC4 = 0x1000;
    private static final int NONE = 0xFFFF;

    private static final byte FRAME_TAG = 0x60;
    private static final byte[] KRB5 = {0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x12, 1, 2, 2};

    /** What a token is. */
    enum Kind {
        MIC(0x0101),
        WRAP(0x0201),
        END_OF_CONTEXT(0x0102);

        private final int tokId;

        Kind(int tokId) {
            this.tokId = tokId;
        }

        private static Kind of(int tokId) throws GSSException {
            for (Kind kind : values()) {
                if (kind.tokId == tokId) {
                    return kind;
                }
            }
            throw Header.defective("the TOK_ID is none of an rc4-hmac context's messages");
        }
    }

    /** Gives the size of a token with so many octets from TOK_ID on. */
    static long framedSize(long length) {
        long named = KRB5.length + length;
        return 1 + lengthSize(named) + named;
    }

    /** Gives the number of octets that a length has in DER. */
    private static int lengthSize(long named) {
        return named < 0x80 ? 1 : 1 + (71 - Long.numberOfLeadingZeros(named)) / 8;
    }

    /** Writes frame and header up to the sequence number, and tells where the header is. */
    static LegacyToken encode(Kind kind, boolean sealed, int length, byte[] token, int offset) {
        int start = encodeFrame(length, token, offset);
        encodeChecksummed(kind, sealed, token, start);
        return new LegacyToken(kind, sealed, start, length);
    }

    /** Writes the octets that the checksum is over. */
    static void encodeChecksummed(Kind kind, boolean sealed, byte[] token, int start) {
        Header.putUint16(token, start, kind.tokId);
        Header.putUint16(token, start + SGN_ALG_POS, HMAC);
        Header.putUint16(token, start + SEAL_ALG_POS, sealed ? RC4 : NONE);
        Header.putUint16(token, start + FILLER_POS, NONE);
    }

    private static int encodeFrame(int length, byte[] token, int offset) {
        int named = KRB5.length + length;
        int at = offset;
        token[at++] = FRAME_TAG;
        int more = lengthSize(named) - 1;
        if (more > 0) {
            token[at++] = (byte) (0x80 | more);
        }
        for (int shift = 8 * Math.max(0, more - 1); shift >= 0; shift -= 8) {
            token[at++] = (byte) (named >>> shift);
        }
        System.arraycopy(KRB5, 0, token, at, KRB5.length);
        return at + KRB5.length;
    }

    /**
     * Reads frame and header of a token that fills a part of an array.
     *
     * @throws GSSException {@code DEFECTIVE_TOKEN} if it is not one
     */
    static LegacyToken decode(byte[] token, int offset, int length) throws GSSException {
        int start = decodeFrame(token, offset, length);
        int size = offset + length - start;
        if (size < HEADER_SIZE) {
            throw Header.defective("a token of rc4-hmac has at least " + HEADER_SIZE + " octets, not " + size);
        }
        Kind kind = Kind.of(Header.uint16(token, start));
        if (Header.uint16(token, start + SGN_ALG_POS) != HMAC) {
            throw Header.defective("the SGN_ALG of the token is not that of rc4-hmac, 11 00");
        }
        int sealAlg = Header.uint16(token, start + SEAL_ALG_POS);
        boolean sealed = kind == Kind.WRAP && sealAlg == RC4;
        if (!sealed && sealAlg != NONE) {
            throw Header.defective("the SEAL_ALG of the token is neither 10 00 nor FF FF");
        }
        if (Header.uint16(token, start + FILLER_POS) != NONE) {
            throw Header.defective("the filler of the token is not FF");
        }
        if (kind == Kind.WRAP ? size < WRAP_OVERHEAD : size != HEADER_SIZE) {
            throw Header.defective("a " + kind + " token of rc4-hmac cannot have " + size + " octets");
        }
        return new LegacyToken(kind, sealed, start, size);
    }

    /** A frame has one encoding, which follows from the token's length. */
    private static int decodeFrame(byte[] token, int offset, int length) throws GSSException {
        for (int lengthSize = 1; lengthSize <= 1 + Integer.BYTES; lengthSize++) {
            int frame = 1 + lengthSize + KRB5.length;
            if (length >= frame && framedSize(length - frame) == length) {
                byte[] expected = new byte[frame];
                encodeFrame(length - frame, expected, 0);
                if (Arrays.equals(expected, 0, frame, token, offset, offset + frame)) {
                    return offset + frame;
                }
            }
        }
        throw Header.defective(
                length > 1 && token[offset + 1] == 4 && (token[offset] == 4 || token[offset] == 5)
                        ? "a token of RFC 4121, where this context's key takes those of RFC 1964"
                        : "the token has no frame of krb5 around its own length");
    }

    /** Gives the number of octets of a wrap token's message. */
    int messageLength() {
        return length - WRAP_OVERHEAD;
    }
}
