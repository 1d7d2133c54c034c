package dev.gssbaton.krb5.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Tickets and, encrypted, their keys: what delegates a credential
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.8">RFC 4120 section 5.8</a>).
 *
 * @param tickets the tickets
 * @param encPart an {@link EncKrbCredPart}; of encryption type 0 if a peer sends it in clear, which is not to be taken
 */
public record KrbCred(List<Ticket> tickets, EncryptedData encPart) {
    /** Key usage of the encrypted part. */
    public static final int KEY_USAGE = 14;

    /** More than anybody delegates. */
    static final int MAX_TICKETS = 8;

    private static final int MSG_TYPE = 22;
    private static final int TAG = DerReader.APPLICATION | MSG_TYPE;

    /**
     * Copies the list.
     *
     * @param tickets the tickets
     * @param encPart the encrypted part
     */
    public KrbCred {
        tickets = List.copyOf(tickets);
    }

    /**
     * Writes the message.
     *
     * @return its DER, the caller's
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, 5);
        out.integer(1, MSG_TYPE);
        int field = out.begin(DerReader.CONTEXT | 2);
        int list = out.begin(DerReader.SEQUENCE);
        tickets.forEach(ticket -> ticket.encode(out));
        out.end(list);
        out.end(field);
        encPart.encode(out, 3);
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Reads a message that fills a part of an array.
     *
     * @param source the array, neither kept nor changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the message
     * @throws MalformedMessageException if it is malformed, of another version, or another message
     */
    public static KrbCred decode(byte[] source, int offset, int length) throws MalformedMessageException {
        DerReader in = new DerReader(source, offset, length, "KRB-CRED");
        int message = in.open(TAG, "KRB-CRED");
        int sequence = in.open(DerReader.SEQUENCE, "KRB-CRED");
        in.version(0, "pvno");
        in.messageType(1, MSG_TYPE);
        int field = in.open(DerReader.CONTEXT | 2, "tickets");
        int list = in.open(DerReader.SEQUENCE, "tickets");
        List<Ticket> tickets = new ArrayList<>(1);
        while (in.more()) {
            if (tickets.size() == MAX_TICKETS) {
                throw new MalformedMessageException("tickets", "are more than " + MAX_TICKETS);
            }
            tickets.add(Ticket.decode(in));
        }
        in.close(list, "tickets");
        in.close(field, "tickets");
        EncryptedData encPart = EncryptedData.decode(in, 3, "enc-part of KRB-CRED");
        in.close(sequence, "KRB-CRED");
        in.close(message, "KRB-CRED");
        in.expectEnd("KRB-CRED");
        return new KrbCred(tickets, encPart);
    }
}
