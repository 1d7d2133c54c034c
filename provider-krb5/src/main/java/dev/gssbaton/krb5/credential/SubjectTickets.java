package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.Checksum;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.ticket.CurrentSubject;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import dev.gssbaton.krb5.ticket.PlatformManager;
import dev.gssbaton.krb5.ticket.PlatformTickets;
import dev.gssbaton.krb5.ticket.ServiceTicket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;

/**
 * Service tickets, got by the JDK: its own initiator fetches one, leaves it in the Subject that it runs in, and puts it
 * into its first token, by which it is known again. That Subject is ours and holds copies of what the application's Subject
 * has, so that threads do not get each other's tickets. What was fetched is kept in the application's Subject, as the JDK
 * does, or here if that is read-only or there is none.
 */
final class SubjectTickets implements InitiatorTickets {
    /** A ticket that ends sooner is not used again. */
    private static final Duration LEAST_LIFE = Duration.ofSeconds(30);

    private static final String SUBJECT_ALONE = "javax.security.auth.useSubjectCredsOnly";

    private static final Logger LOG = System.getLogger("dev.gssbaton");

    private final Subject subject;
    private final GSSCredential platform;
    private final Principal client;

    private SubjectTickets(Subject subject, GSSCredential platform, Principal client) {
        this.subject = subject;
        this.platform = platform;
        this.client = client;
    }

    /**
     * Takes the tickets of a Subject.
     *
     * @param client whose; null for the first there is
     */
    static SubjectTickets of(Subject subject, Principal client) {
        return new SubjectTickets(subject, null, client);
    }

    /** Takes the tickets that a platform credential gets. */
    static SubjectTickets of(GSSCredential platform) {
        return new SubjectTickets(new Subject(), platform, null);
    }

    /** Tells whether there is anything to initiate with. */
    boolean isEmpty() {
        return platform == null && held().isEmpty();
    }

    /** Gives the client; null if there is none any more. */
    Principal client() throws GSSException {
        if (platform != null) {
            return Names.principal(platform.getName(GssFraming.KRB5));
        }
        return client != null
                ? client
                : held().stream().map(Held::owner).findFirst().orElse(null);
    }

    /** Gives the life that is left to the longest ticket-granting ticket, in seconds. */
    int remainingLifetime() throws GSSException {
        if (platform != null) {
            return platform.getRemainingInitLifetime(GssFraming.KRB5);
        }
        Instant end = held().stream()
                .filter(Held::isGranting)
                .map(Held::end)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        long seconds = Duration.between(Instant.now(), end).toSeconds();
        return (int) Math.max(0, Math.min(seconds, GSSCredential.INDEFINITE_LIFETIME - 1));
    }

    @Override
    public ServiceTicket ticket(GSSName target) throws GSSException {
        String service = target.canonicalize(GssFraming.KRB5).toString();
        Optional<Held> usable = held().stream()
                .filter(held -> held.service().equals(service) && held.lives())
                .findFirst();
        return usable.isPresent() ? PlatformTickets.read(usable.get().ticket(), null) : fetch(target, Fetch.TICKET);
    }

    @Override
    public ServiceTicket delegatingTicket(GSSName target) throws GSSException {
        try {
            return fetch(target, Fetch.TICKET_AND_DELEGATION);
        } catch (GSSException e) {
            // Delegation is a service that may be denied; without a ticket this fails for the true reason.
            ServiceTicket ticket = ticket(target);
            LOG.log(Level.INFO, "no delegation to {0}: {1}", target, e.getMinorString());
            return ticket;
        }
    }

    private enum Fetch {
        TICKET,
        TICKET_AND_DELEGATION
    }

    private ServiceTicket fetch(GSSName target, Fetch what) throws GSSException {
        if ("false".equalsIgnoreCase(System.getProperty(SUBJECT_ALONE))) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    GSSException.NO_CRED,
                    SUBJECT_ALONE
                            + "=false makes the JDK keep service tickets to itself: remove that property, log in with"
                            + " JAAS, and initiate inside the Subject");
        }
        Subject own = copy();
        byte[] token = CurrentSubject.call(own, () -> firstToken(target, what));
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        ApReq request = ApReq.decode(token, frame.offset(), frame.length());
        byte[] encoded = request.ticket().encode();
        KerberosTicket fetched = own.getPrivateCredentials(KerberosTicket.class).stream()
                .filter(ticket -> !ticket.isDestroyed() && Arrays.equals(ticket.getEncoded(), encoded))
                .findFirst()
                .orElseThrow(() -> new KerberosException(
                        ErrorCode.KRB_ERR_GENERIC,
                        GSSException.NO_CRED,
                        "the JDK's krb5 mechanism did not leave the ticket for " + target
                                + " in the Subject: it must be the JDK's own, not a native library"));
        keep(fetched);
        ServiceTicket ticket = PlatformTickets.read(fetched, null);
        if (what == Fetch.TICKET) {
            return ticket;
        }
        try (ticket) {
            return PlatformTickets.read(fetched, delegation(request, ticket));
        }
    }

    /** Runs the JDK's initiator as far as its first token. */
    private byte[] firstToken(GSSName target, Fetch what) throws GSSException {
        GSSManager manager = PlatformManager.make();
        GSSCredential credential = platform;
        if (platform == null && client != null) {
            GSSName name = manager.createName(client.toString(), Names.PRINCIPAL);
            credential = manager.createCredential(
                    name, GSSCredential.DEFAULT_LIFETIME, GssFraming.KRB5, GSSCredential.INITIATE_ONLY);
        }
        GSSContext context = manager.createContext(target, GssFraming.KRB5, credential, GSSContext.DEFAULT_LIFETIME);
        try {
            context.requestMutualAuth(false);
            context.requestCredDeleg(what == Fetch.TICKET_AND_DELEGATION);
            return context.initSecContext(new byte[0], 0, 0);
        } catch (GSSException e) {
            throw noTicket(target, e.getMajor(), e.getMinorString(), e);
        } catch (RuntimeException e) {
            // What a KDC answers can be one: JDK 25 has a NullPointerException where it would print why it refuses it.
            throw noTicket(target, GSSException.FAILURE, "the JDK's krb5 mechanism failed with " + e, e);
        } finally {
            context.dispose();
        }
    }

    private static GSSException noTicket(GSSName target, int majorCode, String why, Exception cause) {
        GSSException exception = new KerberosException(
                ErrorCode.KRB_ERR_GENERIC,
                majorCode,
                "no ticket for " + target + ": " + why + "; see whether kvno " + target + " gets one");
        exception.initCause(cause);
        return exception;
    }

    /** Lifts the KRB-CRED out of the JDK's authenticator, and encrypts it if it should be in clear. */
    private static Octets delegation(ApReq request, ServiceTicket ticket) throws GSSException {
        try (Authenticator authenticator =
                request.authenticator().open(ticket.sessionKey(), Authenticator.KEY_USAGE, Authenticator::decode)) {
            Checksum checksum = authenticator.checksum();
            if (checksum == null || checksum.type() != AuthenticatorChecksum.TYPE) {
                return null;
            }
            Octets delegation = AuthenticatorChecksum.decode(checksum).delegation();
            if (delegation == null) {
                return null;
            }
            byte[] encoded = delegation.toBytes();
            KrbCred message = KrbCred.decode(encoded, 0, encoded.length);
            return message.encPart().etype() == 0 ? sealed(message, ticket) : delegation;
        } catch (IntegrityException e) {
            throw new IllegalStateException("the JDK's authenticator is encrypted in the ticket's session key", e);
        }
    }

    private static Octets sealed(KrbCred inClear, ServiceTicket ticket) throws GSSException {
        byte[] plain = inClear.encPart().cipher().toBytes();
        try (EncKrbCredPart part = EncKrbCredPart.decode(plain, 0, plain.length)) {
            EncryptedData encPart =
                    EncryptedData.seal(ticket.sessionKey(), KrbCred.KEY_USAGE, part.encode(), new SecureRandom());
            return Octets.of(new KrbCred(inClear.tickets(), encPart).encode());
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** Gives the JDK's initiator the ticket-granting tickets alone, in their order: it takes the first ticket it sees for one. */
    private Subject copy() {
        Set<KerberosPrincipal> principals = subject.getPrincipals(KerberosPrincipal.class);
        Set<KerberosTicket> granting = held().stream()
                .filter(Held::isGranting)
                .map(Held::ticket)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return new Subject(false, principals, Set.of(), granting);
    }

    /** Keeps a new ticket for later, in the place of the one before. */
    private void keep(KerberosTicket fetched) {
        Optional<Held> newer = Held.of(fetched);
        if (newer.isPresent() && !subject.isReadOnly()) {
            subject.getPrivateCredentials()
                    .removeIf(credential -> credential instanceof KerberosTicket older
                            && Held.of(older)
                                    .filter(held -> held.isReplacedBy(newer.get()))
                                    .isPresent());
            subject.getPrivateCredentials().add(fetched);
        }
    }

    /** Lists the client's tickets. */
    private List<Held> held() {
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .flatMap(ticket -> Held.of(ticket).stream())
                .filter(held -> client == null || held.owner().matches(client))
                .toList();
    }

    /** A ticket and what it said before anybody could destroy it: then it says nothing any more. */
    private record Held(KerberosTicket ticket, Principal owner, String service, Instant start, Instant end) {
        static Optional<Held> of(KerberosTicket ticket) {
            KerberosPrincipal owner = ticket.getClient();
            KerberosPrincipal service = ticket.getServer();
            Date start = ticket.getStartTime();
            Date end = ticket.getEndTime();
            if (owner == null || service == null || end == null) {
                return Optional.empty();
            }
            return Optional.of(new Held(
                    ticket,
                    PlatformTickets.principal(owner),
                    service.getName(),
                    start == null ? Instant.EPOCH : start.toInstant(),
                    end.toInstant()));
        }

        boolean isGranting() {
            return service.startsWith("krbtgt/");
        }

        boolean lives() {
            Instant now = Instant.now();
            return end.isAfter(now.plus(LEAST_LIFE)) && !start.isAfter(now);
        }

        boolean isReplacedBy(Held newer) {
            return !isGranting() && service.equals(newer.service) && owner.matches(newer.owner);
        }
    }
}
