package dev.gssbaton.krb5.message;

/**
 * A ticket (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.3">RFC 4120 section 5.3</a>). Its service's name and
 * its key's version stand outside the encryption, so that anybody may have changed them.
 *
 * @param service the service that it is for: {@code sname} and {@code realm}
 * @param encPart an {@link EncTicketPart}, encrypted in the service's key
 */
public record Ticket(Principal service, EncryptedData encPart) {
    /** Key usage of the encrypted part. */
    public static final int KEY_USAGE = 2;

    private static final int TAG = DerReader.APPLICATION | 1;

    /**
     * Writes the ticket.
     *
     * @return its DER, the caller's
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        encode(out);
        return out.finish();
    }

    /**
     * Reads a ticket that fills a part of an array.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the ticket
     * @throws MalformedMessageException if it is malformed
     */
    public static Ticket decode(byte[] source, int offset, int length) throws MalformedMessageException {
        DerReader in = new DerReader(source, offset, length, "Ticket");
        Ticket ticket = decode(in);
        in.expectEnd("Ticket");
        return ticket;
    }

    void encode(DerWriter out) {
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, 5);
        out.string(1, service.realm());
        service.name().encode(out, 2);
        encPart.encode(out, 3);
        out.end(sequence);
        out.end(message);
    }

    static Ticket decode(DerReader in) throws MalformedMessageException {
        int message = in.open(TAG, "Ticket");
        int sequence = in.open(DerReader.SEQUENCE, "Ticket");
        in.version(0, "tkt-vno");
        String realm = in.string(1, "realm of Ticket");
        PrincipalName sname = PrincipalName.decode(in, 2, "sname of Ticket");
        EncryptedData encPart = EncryptedData.decode(in, 3, "enc-part of Ticket");
        in.close(sequence, "Ticket");
        in.close(message, "Ticket");
        return new Ticket(new Principal(sname, realm), encPart);
    }
}
