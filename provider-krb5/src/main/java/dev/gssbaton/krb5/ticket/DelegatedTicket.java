package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.KrbCredInfo;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Ticket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.DestroyFailedException;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/**
 * A ticket-granting ticket that an initiator delegated
 * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1.1">RFC 4121 section 4.1.1</a>). It holds the ticket's key
 * until it is closed.
 */
public final class DelegatedTicket implements AutoCloseable {
    private static final String TICKET_GRANTING_SERVICE = "krbtgt";

    private final Ticket ticket;
    private final KrbCredInfo info;

    /**
     * Makes a delegated ticket.
     *
     * @param ticket the ticket
     * @param info its session key and what it says of itself, owned by this object from now on; the client and the end
     *     are not absent
     */
    public DelegatedTicket(Ticket ticket, KrbCredInfo info) {
        this.ticket = Objects.requireNonNull(ticket, "ticket");
        this.info = Objects.requireNonNull(info, "info");
        Objects.requireNonNull(info.client(), "client");
        Objects.requireNonNull(info.endTime(), "endTime");
    }

    /**
     * Takes what an initiator delegated, if it is one ticket-granting ticket of its own, and encrypted.
     *
     * @param delegation the KRB-CRED in the authenticator's checksum
     * @param sessionKey the ticket's session key, in which it must be encrypted
     * @param subkey the initiator's subkey, in which some peers encrypt it; null for none
     * @param client the authenticated client
     * @return the ticket, which the caller closes; empty if it is in clear, does not verify, holds another number of
     *     tickets, a ticket for another service or of another client, a key that is not supported here, or names that the
     *     platform does not have
     * @throws KerberosException if the message is malformed
     */
    public static Optional<DelegatedTicket> receive(
            Octets delegation, EncryptionKey sessionKey, EncryptionKey subkey, Principal client)
            throws KerberosException {
        byte[] encoded = delegation.toBytes();
        KrbCred message = KrbCred.decode(encoded, 0, encoded.length);
        try (EncKrbCredPart part = open(message.encPart(), sessionKey, subkey)) {
            if (part == null
                    || message.tickets().size() != 1
                    || part.ticketInfo().size() != 1) {
                return Optional.empty();
            }
            Ticket ticket = message.tickets().get(0);
            KrbCredInfo info = part.ticketInfo().get(0);
            boolean isClients = info.client() != null && info.client().matches(client);
            boolean grantsTickets = isGranting(ticket.service())
                    && (info.service() == null || info.service().matches(ticket.service()));
            if (!isClients || !grantsTickets || info.endTime() == null) {
                return Optional.empty();
            }
            DelegatedTicket delegated = new DelegatedTicket(ticket, info.withoutService());
            if (!delegated.fitsThePlatform()) {
                delegated.close();
                return Optional.empty();
            }
            return Optional.of(delegated);
        } catch (KerberosException e) {
            if (e.errorCode() == ErrorCode.KDC_ERR_ETYPE_NOSUPP) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Makes a credential of the platform's, which the platform's GSS-API takes as well as Baton's.
     *
     * @return a credential that can initiate, the caller's to dispose of; it does not need this object any more
     * @throws GSSException if the platform refuses the ticket, for instance because it has expired
     */
    public GSSCredential toCredential() throws GSSException {
        KerberosPrincipal owner = platform(info.client());
        Subject subject = new Subject(false, Set.of(owner), Set.of(), Set.of(kerberosTicket(owner)));
        return CurrentSubject.call(subject, () -> PlatformManager.make()
                .createCredential(null, GSSCredential.DEFAULT_LIFETIME, GssFraming.KRB5, GSSCredential.INITIATE_ONLY));
    }

    /**
     * Gives the ticket.
     *
     * @return the ticket
     */
    public Ticket ticket() {
        return ticket;
    }

    /**
     * Gives the ticket's session key, and what the ticket says of itself.
     *
     * @return the entry, which stays this object's. It names the client and the end, and no service
     */
    public KrbCredInfo info() {
        return info;
    }

    /** Erases the key. Closing twice is harmless. */
    @Override
    public void close() {
        info.close();
    }

    private static EncKrbCredPart open(EncryptedData encPart, EncryptionKey sessionKey, EncryptionKey subkey)
            throws KerberosException {
        for (EncryptionKey key : Arrays.asList(sessionKey, subkey)) {
            // A message in clear has type 0, which no key has.
            if (key != null && encPart.etype() == key.type().number()) {
                try {
                    return encPart.open(key, KrbCred.KEY_USAGE, EncKrbCredPart::decode);
                } catch (IntegrityException e) {
                    // The next one may fit.
                }
            }
        }
        return null;
    }

    private static boolean isGranting(Principal service) {
        List<String> name = service.name().nameString();
        return name.size() == 2 && name.get(0).equals(TICKET_GRANTING_SERVICE);
    }

    /** Tells whether the platform can hold the ticket. Not every name that a peer may write is one there. */
    private boolean fitsThePlatform() {
        try {
            kerberosTicket(platform(info.client())).destroy();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        } catch (DestroyFailedException e) {
            throw new IllegalStateException("a KerberosTicket can be destroyed", e);
        }
    }

    private KerberosTicket kerberosTicket(KerberosPrincipal owner) {
        boolean[] set = new boolean[Integer.SIZE];
        for (int i = 0; i < set.length; i++) {
            set[i] = (info.flags().toInt() << i) < 0;
        }
        return info.key()
                .secret()
                .lend(octets -> new KerberosTicket(
                        ticket.encode(),
                        owner,
                        platform(ticket.service()),
                        octets,
                        info.key().type().number(),
                        set,
                        date(info.authTime()),
                        date(info.startTime()),
                        date(info.endTime()),
                        date(info.renewTill()),
                        internetAddresses()));
    }

    private static KerberosPrincipal platform(Principal principal) {
        return new KerberosPrincipal(
                principal.toString(),
                isGranting(principal) ? KerberosPrincipal.KRB_NT_SRV_INST : KerberosPrincipal.KRB_NT_PRINCIPAL);
    }

    private static Date date(Instant instant) {
        return instant == null ? null : Date.from(instant);
    }

    private InetAddress[] internetAddresses() {
        try {
            InetAddress[] internet = new InetAddress[info.addresses().size()];
            int count = 0;
            for (HostAddress address : info.addresses()) {
                if (address.type() == HostAddress.IPV4 || address.type() == HostAddress.IPV6) {
                    internet[count++] =
                            InetAddress.getByAddress(address.address().toBytes());
                }
            }
            return count == 0 ? null : Arrays.copyOf(internet, count);
        } catch (UnknownHostException e) {
            return null; // an address of a wrong length binds to nothing the platform could check
        }
    }
}
