package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.spi.SecretBytes;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSException;

/** Reads the platform's Kerberos types. */
public final class PlatformTickets {
    private PlatformTickets() {}

    /**
     * Reads a principal of the platform.
     *
     * @param principal the principal
     * @return the same principal
     */
    public static Principal principal(KerberosPrincipal principal) {
        return Principal.parse(principal.getName(), principal.getNameType());
    }

    /**
     * Reads a service ticket of the platform.
     *
     * @param ticket the ticket
     * @param delegation a KRB-CRED encrypted in its session key; null for none
     * @return the same ticket, which the caller closes
     * @throws GSSException if its session key's type is not supported here, or it has been destroyed
     */
    public static ServiceTicket read(KerberosTicket ticket, Octets delegation) throws GSSException {
        EncryptionKey sessionKey = sessionKey(ticket);
        boolean done = false;
        try {
            byte[] encoded = ticket.getEncoded();
            KerberosPrincipal client = ticket.getClient();
            KerberosPrincipal service = ticket.getServer();
            boolean[] flags = ticket.getFlags();
            Date auth = ticket.getAuthTime();
            Date start = ticket.getStartTime();
            Date end = ticket.getEndTime();
            Date renewTill = ticket.getRenewTill();
            if (ticket.isDestroyed() || client == null || service == null || flags == null || end == null) {
                throw destroyed();
            }
            Instant first = start == null ? Instant.EPOCH : start.toInstant();
            Instant known = auth == null ? first : auth.toInstant();
            ServiceTicket read = new ServiceTicket(
                    Ticket.decode(encoded, 0, encoded.length),
                    sessionKey,
                    principal(client),
                    principal(service),
                    flags(flags),
                    known,
                    start == null ? known : start.toInstant(),
                    end.toInstant(),
                    renewTill == null ? null : renewTill.toInstant(),
                    delegation);
            done = true;
            return read;
        } catch (IllegalStateException e) {
            throw destroyed();
        } finally {
            if (!done) {
                sessionKey.close();
            }
        }
    }

    private static EncryptionKey sessionKey(KerberosTicket ticket) throws GSSException {
        try {
            int number = ticket.getSessionKeyType();
            EncryptionType type = EncryptionType.of(number)
                    .orElseThrow(() -> new KerberosException(
                            ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                            "the Subject's ticket has a session key of encryption type " + number
                                    + ", which is not supported here: let the KDC give another"));
            return new EncryptionKey(
                    type, SecretBytes.take(ticket.getSessionKey().getEncoded()));
        } catch (IllegalStateException e) {
            throw destroyed();
        }
    }

    private static KerberosFlags flags(boolean[] set) {
        int word = 0;
        for (int i = 0; i < Math.min(set.length, Integer.SIZE); i++) {
            if (set[i]) {
                word |= Integer.MIN_VALUE >>> i;
            }
        }
        return KerberosFlags.of(word);
    }

    private static GSSException destroyed() {
        return new KerberosException(
                ErrorCode.KRB_ERR_GENERIC,
                GSSException.NO_CRED,
                "the Subject's ticket has been destroyed meanwhile, by a logout: log in again");
    }
}
