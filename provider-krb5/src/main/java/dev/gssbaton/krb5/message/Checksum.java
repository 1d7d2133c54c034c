package dev.gssbaton.krb5.message;

/**
 * A checksum (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.9">RFC 4120 section 5.2.9</a>).
 *
 * @param type the number of its type, {@code cksumtype}
 * @param checksum its octets
 */
public record Checksum(int type, Octets checksum) {
    void encode(DerWriter out, int tagNumber) {
        int outer = out.begin(DerReader.CONTEXT | tagNumber);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, type);
        out.octets(1, checksum);
        out.end(sequence);
        out.end(outer);
    }

    static Checksum decode(DerReader in, int tagNumber, String field) throws MalformedMessageException {
        int outer = in.open(DerReader.CONTEXT | tagNumber, field);
        int sequence = in.open(DerReader.SEQUENCE, field);
        int type = in.int32(0, "cksumtype");
        Octets checksum = in.octets(1, "checksum");
        in.close(sequence, field);
        in.close(outer, field);
        return new Checksum(type, checksum);
    }
}
