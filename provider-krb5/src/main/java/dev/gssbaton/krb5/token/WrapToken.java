package dev.gssbaton.krb5.token;

import org.ietf.jgss.GSSException;

/**
 * The header of a wrap token (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.2.6.2">RFC 4121 section
 * 4.2.6.2</a>).
 *
 * <pre>
 *  0..1   TOK_ID   05 04
 *  2      Flags
 *  3      Filler   FF
 *  4..5   EC       octets of filler if sealed, of the checksum otherwise
 *  6..7   RRC      by how many octets what follows is rotated to the right
 *  8..15  SND_SEQ
 *  16..   Data
 * </pre>
 *
 * @param flags the bits of {@link TokenFlags}, and any others that the octet had
 * @param ec the extra count
 * @param rrc the right rotation count
 * @param sndSeq the sequence number
 */
record WrapToken(int flags, int ec, int rrc, long sndSeq) {
    private static final int TOK_ID = 0x0504;
    private static final int FILLER = 0xFF;

    private static final int TOK_ID_POS = 0;
    private static final int FLAGS_POS = TOK_ID_POS + 2;
    private static final int FILLER_POS = FLAGS_POS + 1;
    private static final int EC_POS = FILLER_POS + 1;
    private static final int RRC_POS = EC_POS + 2;
    private static final int SND_SEQ_POS = RRC_POS + 2;
    static final int HEADER_SIZE = SND_SEQ_POS + 8;

    /** Writes the header. */
    void encode(byte[] token, int offset) {
        Header.putUint16(token, offset + TOK_ID_POS, TOK_ID);
        token[offset + FLAGS_POS] = (byte) flags;
        token[offset + FILLER_POS] = (byte) FILLER;
        Header.putUint16(token, offset + EC_POS, ec);
        Header.putUint16(token, offset + RRC_POS, rrc);
        Header.putInt64(token, offset + SND_SEQ_POS, sndSeq);
    }

    /**
     * Reads the header.
     *
     * @throws GSSException {@code DEFECTIVE_TOKEN} if it is not one
     */
    static WrapToken decode(byte[] token, int offset, int length) throws GSSException {
        Header.check(token, offset, length, TOK_ID, "wrap");
        if ((token[offset + FILLER_POS] & 0xFF) != FILLER) {
            throw Header.defective("the filler of the wrap token is not FF");
        }
        return new WrapToken(
                token[offset + FLAGS_POS] & 0xFF,
                Header.uint16(token, offset + EC_POS),
                Header.uint16(token, offset + RRC_POS),
                Header.int64(token, offset + SND_SEQ_POS));
    }

    boolean isSealed() {
        return (flags & TokenFlags.SEALED) != 0;
    }

    /** Gives the header as it is encrypted with the message: not rotated. */
    WrapToken inner() {
        return new WrapToken(flags, ec, 0, sndSeq);
    }

    /** Gives the header as the checksum of a token without confidentiality takes it. */
    WrapToken checksummed() {
        return new WrapToken(flags, 0, 0, sndSeq);
    }
}
