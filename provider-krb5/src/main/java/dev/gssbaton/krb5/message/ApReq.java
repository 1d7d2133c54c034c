package dev.gssbaton.krb5.message;

/**
 * The initiator's request (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.5.1">RFC 4120 section 5.5.1</a>).
 *
 * @param apOptions its options, of which an acceptor ignores those that it does not know; see {@link ApOption}
 * @param ticket the ticket
 * @param authenticator an {@link Authenticator}, encrypted in the ticket's session key
 */
public record ApReq(KerberosFlags apOptions, Ticket ticket, EncryptedData authenticator) {
    private static final int MSG_TYPE = 14;
    private static final int TAG = DerReader.APPLICATION | MSG_TYPE;

    /**
     * Writes the request.
     *
     * @return its DER, the caller's
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, 5);
        out.integer(1, MSG_TYPE);
        out.flags(2, apOptions);
        int field = out.begin(DerReader.CONTEXT | 3);
        ticket.encode(out);
        out.end(field);
        authenticator.encode(out, 4);
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Tells whether a request stands at the beginning of a part of an array. No token with a frame begins so.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return true if the first octet is a request's tag
     */
    public static boolean begins(byte[] source, int offset, int length) {
        return length > 0 && (source[offset] & 0xFF) == TAG;
    }

    /**
     * Reads a request that fills a part of an array.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the request
     * @throws MalformedMessageException if it is malformed, of another version, or another message
     */
    public static ApReq decode(byte[] source, int offset, int length) throws MalformedMessageException {
        DerReader in = new DerReader(source, offset, length, "AP-REQ");
        int message = in.open(TAG, "AP-REQ");
        int sequence = in.open(DerReader.SEQUENCE, "AP-REQ");
        in.version(0, "pvno");
        in.messageType(1, MSG_TYPE);
        KerberosFlags apOptions = in.flags(2, "ap-options");
        int field = in.open(DerReader.CONTEXT | 3, "ticket");
        Ticket ticket = Ticket.decode(in);
        in.close(field, "ticket");
        EncryptedData authenticator = EncryptedData.decode(in, 4, "authenticator");
        in.close(sequence, "AP-REQ");
        in.close(message, "AP-REQ");
        in.expectEnd("AP-REQ");
        return new ApReq(apOptions, ticket, authenticator);
    }
}
