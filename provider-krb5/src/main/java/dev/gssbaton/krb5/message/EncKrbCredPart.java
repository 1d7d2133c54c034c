package dev.gssbaton.krb5.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The encrypted part of a KRB-CRED
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.8.1">RFC 4120 section 5.8.1</a>). It holds the tickets' keys,
 * and is closed by whoever opened it.
 */
public final class EncKrbCredPart implements AutoCloseable {
    private static final int TAG = DerReader.APPLICATION | 29;

    private final List<KrbCredInfo> ticketInfo;
    private final OptionalLong nonce;
    private final Instant timestamp;
    private final OptionalInt usec;
    private final HostAddress sender;
    private final HostAddress recipient;

    /**
     * Makes the encrypted part of a KRB-CRED.
     *
     * @param ticketInfo one entry for each ticket, in the same order, owned by this object from now on
     * @param nonce a nonce; empty for none
     * @param timestamp when it was made; null for none
     * @param usec its microseconds; empty for none
     * @param sender {@code s-address}; null for none
     * @param recipient {@code r-address}; null for none
     */
    public EncKrbCredPart(
            List<KrbCredInfo> ticketInfo,
            OptionalLong nonce,
            Instant timestamp,
            OptionalInt usec,
            HostAddress sender,
            HostAddress recipient) {
        this.ticketInfo = List.copyOf(ticketInfo);
        this.nonce = Objects.requireNonNull(nonce, "nonce");
        this.timestamp = timestamp;
        this.usec = Objects.requireNonNull(usec, "usec");
        this.sender = sender;
        this.recipient = recipient;
    }

    /**
     * Lists the entries.
     *
     * @return an unmodifiable list, in the order of the tickets; the entries stay this object's
     */
    public List<KrbCredInfo> ticketInfo() {
        return ticketInfo;
    }

    /**
     * Writes the encrypted part, in clear.
     *
     * @return its DER, which the caller erases
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        int field = out.begin(DerReader.CONTEXT);
        int list = out.begin(DerReader.SEQUENCE);
        ticketInfo.forEach(info -> info.encode(out));
        out.end(list);
        out.end(field);
        if (nonce.isPresent()) {
            out.integer(1, nonce.getAsLong());
        }
        if (timestamp != null) {
            out.time(2, timestamp);
        }
        if (usec.isPresent()) {
            out.integer(3, usec.getAsInt());
        }
        encode(sender, out, 4);
        encode(recipient, out, 5);
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Reads the encrypted part of a KRB-CRED that fills a part of an array.
     *
     * @param source the array, neither kept nor changed, which the caller erases
     * @param offset index of the first octet
     * @param length number of octets
     * @return the encrypted part, which the caller closes
     * @throws KerberosException if it is malformed, or a key is of a type that is not supported
     */
    public static EncKrbCredPart decode(byte[] source, int offset, int length) throws KerberosException {
        DerReader in = new DerReader(source, offset, length, "EncKrbCredPart");
        int message = in.open(TAG, "EncKrbCredPart");
        int sequence = in.open(DerReader.SEQUENCE, "EncKrbCredPart");
        int field = in.open(DerReader.CONTEXT, "ticket-info");
        int list = in.open(DerReader.SEQUENCE, "ticket-info");
        List<KrbCredInfo> ticketInfo = new ArrayList<>(1);
        boolean done = false;
        try {
            while (in.more()) {
                if (ticketInfo.size() == KrbCred.MAX_TICKETS) {
                    throw new MalformedMessageException("ticket-info", "has more than " + KrbCred.MAX_TICKETS);
                }
                ticketInfo.add(KrbCredInfo.decode(in));
            }
            in.close(list, "ticket-info");
            in.close(field, "ticket-info");
            OptionalLong nonce = in.at(DerReader.CONTEXT | 1) ? in.uint32(1, "nonce") : OptionalLong.empty();
            Instant timestamp = in.at(DerReader.CONTEXT | 2) ? in.time(2, "timestamp") : null;
            OptionalInt usec =
                    in.at(DerReader.CONTEXT | 3) ? OptionalInt.of(in.microseconds(3, "usec")) : OptionalInt.empty();
            HostAddress sender = decode(in, 4, "s-address");
            HostAddress recipient = decode(in, 5, "r-address");
            in.close(sequence, "EncKrbCredPart");
            in.close(message, "EncKrbCredPart");
            in.expectEnd("EncKrbCredPart");
            done = true;
            return new EncKrbCredPart(ticketInfo, nonce, timestamp, usec, sender, recipient);
        } finally {
            if (!done) {
                ticketInfo.forEach(KrbCredInfo::close);
            }
        }
    }

    /** Erases the keys. Closing twice is harmless. */
    @Override
    public void close() {
        ticketInfo.forEach(KrbCredInfo::close);
    }

    private static void encode(HostAddress address, DerWriter out, int tagNumber) {
        if (address != null) {
            int outer = out.begin(DerReader.CONTEXT | tagNumber);
            address.encode(out);
            out.end(outer);
        }
    }

    private static HostAddress decode(DerReader in, int tagNumber, String field) throws MalformedMessageException {
        if (!in.at(DerReader.CONTEXT | tagNumber)) {
            return null;
        }
        int outer = in.open(DerReader.CONTEXT | tagNumber, field);
        HostAddress address = HostAddress.decode(in, field);
        in.close(outer, field);
        return address;
    }
}
