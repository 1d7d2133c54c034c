package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.KrbCredInfo;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.ticket.DelegatedTicket;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ietf.jgss.GSSException;

/**
 * A delegated ticket in a context's state: the two parts of a KRB-CRED
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.8">RFC 4120 section 5.8</a>), neither of which is encrypted
 * again, since the whole state is sealed.
 *
 * <pre>{@code
 * octets  field
 * 4 + n   Ticket          DER
 * 4 + n   EncKrbCredPart  DER, with one ticket-info, which has no srealm and sname, and nothing else
 * }</pre>
 */
final class DelegatedTicketFormat {
    private static final int MAX_SIZE = StateWriter.MAX_SIZE;

    private DelegatedTicketFormat() {}

    static void encode(DelegatedTicket delegated, StateWriter out) {
        out.large(delegated.ticket().encode());
        byte[] info = info(delegated);
        try {
            out.large(info);
        } finally {
            Arrays.fill(info, (byte) 0);
        }
    }

    private static byte[] info(DelegatedTicket delegated) {
        KrbCredInfo info = delegated.info().withoutService();
        try (EncKrbCredPart part =
                new EncKrbCredPart(List.of(info), OptionalLong.empty(), null, OptionalInt.empty(), null, null)) {
            return part.encode();
        }
    }

    /**
     * Reads a delegated ticket.
     *
     * @param in where it stands
     * @param source the initiator, whose ticket it must be
     * @return the ticket, which the caller closes
     * @throws GSSException if it cannot be
     */
    static DelegatedTicket decode(StateReader in, PlatformName source) throws GSSException {
        byte[] ticket = in.large(MAX_SIZE, "delegated ticket");
        byte[] info = in.large(MAX_SIZE, "delegated ticket's key");
        byte[] again = new byte[0];
        DelegatedTicket delegated = null;
        boolean done = false;
        try {
            delegated = read(ticket, info);
            again = info(delegated);
            if (!delegated.info().client().toString().equals(source.toString())) {
                throw StateReader.malformed("delegated ticket", "is not the initiator's");
            }
            if (!Arrays.equals(info, again)) {
                throw StateReader.malformed("delegated ticket's key", "comes with what does not belong there");
            }
            done = true;
            return delegated;
        } catch (KerberosException e) {
            throw StateReader.malformed("delegated ticket", "is not DER: " + e.getMinorString());
        } finally {
            Arrays.fill(info, (byte) 0);
            Arrays.fill(again, (byte) 0);
            if (!done && delegated != null) {
                delegated.close();
            }
        }
    }

    private static DelegatedTicket read(byte[] ticket, byte[] encoded) throws GSSException {
        try (EncKrbCredPart part = EncKrbCredPart.decode(encoded, 0, encoded.length)) {
            if (part.ticketInfo().size() != 1) {
                throw StateReader.malformed("delegated ticket", "is not one");
            }
            KrbCredInfo info = part.ticketInfo().get(0);
            if (info.client() == null || info.endTime() == null) {
                throw StateReader.malformed("delegated ticket", "has no client or no end");
            }
            return new DelegatedTicket(Ticket.decode(ticket, 0, ticket.length), info.withoutService());
        }
    }
}
