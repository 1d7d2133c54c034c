package dev.gssbaton.krb5.token;

import org.ietf.jgss.GSSException;

/**
 * The header of a MIC token (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.2.6.1">RFC 4121 section
 * 4.2.6.1</a>).
 *
 * <pre>
 *  0..1   TOK_ID     04 04
 *  2      Flags
 *  3..7   Filler     FF FF FF FF FF
 *  8..15  SND_SEQ
 *  16..   SGN_CKSUM
 * </pre>
 *
 * @param flags the bits of {@link TokenFlags}, and any others that the octet had
 * @param sndSeq the sequence number
 */
record MicToken(int flags, long sndSeq) {
    private static final int TOK_ID = 0x0404;
    private static final int FILLER = 0xFF;

    private static final int TOK_ID_POS = 0;
    private static final int FLAGS_POS = TOK_ID_POS + 2;
    private static final int FILLER_POS = FLAGS_POS + 1;
    private static final int SND_SEQ_POS = FILLER_POS + 5;
    static final int HEADER_SIZE = SND_SEQ_POS + 8;

    /** Writes the header. */
    void encode(byte[] token, int offset) {
        Header.putUint16(token, offset + TOK_ID_POS, TOK_ID);
        token[offset + FLAGS_POS] = (byte) flags;
        for (int i = FILLER_POS; i < SND_SEQ_POS; i++) {
            token[offset + i] = (byte) FILLER;
        }
        Header.putInt64(token, offset + SND_SEQ_POS, sndSeq);
    }

    /**
     * Reads the header.
     *
     * @throws GSSException {@code DEFECTIVE_TOKEN} if it is not one
     */
    static MicToken decode(byte[] token, int offset, int length) throws GSSException {
        Header.check(token, offset, length, TOK_ID, "MIC");
        int flags = token[offset + FLAGS_POS] & 0xFF;
        if ((flags & TokenFlags.SEALED) != 0) {
            throw Header.defective("the flags of the MIC token say that it is sealed, which a MIC token never is");
        }
        for (int i = FILLER_POS; i < SND_SEQ_POS; i++) {
            if ((token[offset + i] & 0xFF) != FILLER) {
                throw Header.defective("the filler of the MIC token is not FF");
            }
        }
        return new MicToken(flags, Header.int64(token, offset + SND_SEQ_POS));
    }
}
