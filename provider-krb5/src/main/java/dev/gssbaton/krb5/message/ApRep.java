package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.IntegrityException;

/**
 * The acceptor's answer (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.5.2">RFC 4120 section 5.5.2</a>).
 *
 * @param encPart an {@link EncApRepPart}, encrypted in the ticket's session key
 */
public record ApRep(EncryptedData encPart) {
    private static final int MSG_TYPE = 15;
    private static final int TAG = DerReader.APPLICATION | MSG_TYPE;

    /**
     * Writes the answer.
     *
     * @return its DER, the caller's
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, 5);
        out.integer(1, MSG_TYPE);
        encPart.encode(out, 2);
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Decrypts the answer.
     *
     * @param sessionKey the ticket's session key
     * @return the encrypted part, which the caller closes
     * @throws KerberosException if it does not verify with the key, is malformed, or holds a key of a type that is not
     *     supported
     */
    public EncApRepPart open(EncryptionKey sessionKey) throws KerberosException {
        try {
            return encPart.open(sessionKey, EncApRepPart.KEY_USAGE, EncApRepPart::decode);
        } catch (IntegrityException e) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_BAD_INTEGRITY, "the answer does not verify with the ticket's session key");
        }
    }

    /**
     * Reads an answer that fills a part of an array.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the answer
     * @throws MalformedMessageException if it is malformed, of another version, or another message
     */
    public static ApRep decode(byte[] source, int offset, int length) throws MalformedMessageException {
        DerReader in = new DerReader(source, offset, length, "AP-REP");
        int message = in.open(TAG, "AP-REP");
        int sequence = in.open(DerReader.SEQUENCE, "AP-REP");
        in.version(0, "pvno");
        in.messageType(1, MSG_TYPE);
        EncryptedData encPart = EncryptedData.decode(in, 2, "enc-part of AP-REP");
        in.close(sequence, "AP-REP");
        in.close(message, "AP-REP");
        in.expectEnd("AP-REP");
        return new ApRep(encPart);
    }
}
