package dev.gssbaton.krb5.message;

/**
 * The realms that took part in the authentication
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.3">RFC 4120 section 5.3</a>).
 *
 * @param type the number of its encoding, {@code tr-type}; 1 is DOMAIN-X500-COMPRESS
 * @param contents the encoded realms; empty if there are none between the client's and the service's
 */
public record TransitedEncoding(int type, Octets contents) {
    /** The one encoding in use (RFC 4120 section 3.3.3.2). */
    public static final int DOMAIN_X500_COMPRESS = 1;

    void encode(DerWriter out, int tagNumber) {
        int outer = out.begin(DerReader.CONTEXT | tagNumber);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, type);
        out.octets(1, contents);
        out.end(sequence);
        out.end(outer);
    }

    static TransitedEncoding decode(DerReader in, int tagNumber) throws MalformedMessageException {
        int outer = in.open(DerReader.CONTEXT | tagNumber, "transited");
        int sequence = in.open(DerReader.SEQUENCE, "transited");
        int type = in.int32(0, "tr-type");
        Octets contents = in.octets(1, "contents of transited");
        in.close(sequence, "transited");
        in.close(outer, "transited");
        return new TransitedEncoding(type, contents);
    }
}
