package dev.gssbaton.jgss;

import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.ExtendedGSSCredential;
import dev.gssbaton.BatonManager;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.TransferFault;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import sun.security.jgss.GSSCaller;
import sun.security.jgss.spi.GSSContextSpi;
import sun.security.jgss.spi.GSSCredentialSpi;
import sun.security.jgss.spi.GSSNameSpi;
import sun.security.jgss.spi.MechanismFactory;

/**
 * One of Baton's mechanisms as the JDK's GSS-API wants it. It is public because the JDK makes it; nobody else can.
 *
 * <p>Credentials are looked for where the JDK's own mechanism looks: credentials of GSS-API in the current Subject, then its
 * tickets and keys, then, with {@code javax.security.auth.useSubjectCredsOnly=false}, a login by JAAS. What only the JDK can do
 * it does: an initiator that logs in so without
 * {@code --add-exports java.security.jgss/sun.security.krb5=ALL-UNNAMED}, and credentials in somebody else's name
 * ({@link ConstrainedDelegation}, {@link AdaptedCredential#impersonate}), with which contexts are Baton's again.
 *
 * <p>Safe for use by several threads.
 */
@SuppressWarnings("exports") // types that the JDK exports to whom the command line names
public final class AdaptedMechanism implements MechanismFactory {
    private static final AtomicBoolean SAID_HOW_TO_INITIATE = new AtomicBoolean();

    private final Provider provider;
    private final Mechanism mechanism;
    private final Oid oid;
    private final BatonManager manager;
    private final PlatformMechanism platform;

    /**
     * Makes a factory for the mechanism that the JDK has just asked its provider for.
     *
     * @param caller for whom
     * @throws IllegalStateException if it has not
     */
    public AdaptedMechanism(GSSCaller caller) {
        GssMechanisms.Wanted wanted = GssMechanisms.wanted();
        provider = wanted.provider();
        mechanism = wanted.mechanism();
        oid = mechanism.oid();
        manager = wanted.manager();
        platform = new PlatformMechanism(oid);
    }

    @Override
    public Oid getMechanismOid() {
        return oid;
    }

    @Override
    public Provider getProvider() {
        return provider;
    }

    // Names

    @Override
    public Oid[] getNameTypes() {
        return mechanism.nameTypes().toArray(Oid[]::new);
    }

    @Override
    public GSSNameSpi getNameElement(String name, Oid nameType) throws GSSException {
        return adapted(manager.createName(name, nameType, oid));
    }

    @Override
    public GSSNameSpi getNameElement(byte[] name, Oid nameType) throws GSSException {
        byte[] octets = GSSName.NT_EXPORT_NAME.equals(nameType) ? AdaptedName.withHead(oid, name) : name;
        return adapted(manager.createName(octets, nameType, oid));
    }

    private AdaptedName adapted(GSSName name) {
        return new AdaptedName(provider, oid, name);
    }

    /** Gives the mechanism's name; one that another provider made is made again. */
    private GSSName own(GSSNameSpi name) throws GSSException {
        if (name == null) {
            return null;
        }
        return name instanceof AdaptedName adapted
                ? adapted.name()
                : manager.createName(name.toString(), name.getStringNameType(), oid);
    }

    // Credentials

    @Override
    public GSSCredentialSpi getCredentialElement(GSSNameSpi name, int initLifetime, int acceptLifetime, int usage)
            throws GSSException {
        // Of a credential for both the initiator's is given first, and the JDK asks again for the acceptor's.
        Role role = usage == GSSCredential.ACCEPT_ONLY ? Role.ACCEPT : Role.INITIATE;
        GSSName wanted = own(name);
        Optional<AdaptedCredential> inSubject = inSubject(wanted, role);
        if (inSubject.isPresent()) {
            return inSubject.get();
        }
        if (role == Role.INITIATE && mayLogIn()) {
            return canFetchTickets()
                    ? initiator(wanted, initLifetime)
                    : platform.factory()
                            .getCredentialElement(name, initLifetime, acceptLifetime, GSSCredential.INITIATE_ONLY);
        }
        return acquire(wanted, role == Role.INITIATE ? initLifetime : acceptLifetime, role);
    }

    /** Finds the credential that a program has put into the current Subject, as one that was delegated. */
    private Optional<AdaptedCredential> inSubject(GSSName wanted, Role role) throws GSSException {
        Subject subject = Subjects.current();
        if (subject == null) {
            return Optional.empty();
        }
        for (GSSCredential credential : Subjects.privateCredentials(subject, GSSCredential.class)) {
            Optional<AdaptedCredential> own = PlatformMechanism.isOwnerOf(credential)
                    ? Revealed.credential(credential, oid, role)
                    : adapted(credential, role);
            if (own.isPresent()
                    && own.get().role() == role
                    && (wanted == null || wanted.equals(own.get().name()))) {
                return own;
            }
        }
        return Optional.empty();
    }

    /** Takes a credential that the mechanism's own classes made; the front end's manager would not. */
    private Optional<AdaptedCredential> adapted(GSSCredential credential, Role role) {
        try {
            return role.isServedBy(credential.getUsage(oid))
                    ? Optional.of(new AdaptedCredential(this, role, credential, Subjects.current(), null))
                    : Optional.empty();
        } catch (GSSException e) {
            return Optional.empty(); // it is another mechanism's, or has been disposed of
        }
    }

    /** Acquires a credential in the current Subject or, where that is allowed, by a login. */
    private AdaptedCredential acquire(GSSName name, int lifetime, Role role) throws GSSException {
        try {
            return acquired(name, lifetime, role, Subjects.current());
        } catch (GSSException e) {
            if (!mayLogIn() || e.getMajor() != GSSException.NO_CRED) {
                throw e;
            }
            return acquired(name, lifetime, role, JaasLogin.login(mechanism.name(), role));
        }
    }

    private AdaptedCredential acquired(GSSName name, int lifetime, Role role, Subject home) throws GSSException {
        GSSCredential credential =
                Subjects.callAs(home, () -> manager.createCredential(name, lifetime, oid, role.usage()));
        return new AdaptedCredential(this, role, credential, home, null);
    }

    /** Tells whether the JDK would look beyond the Subject: only its own mechanisms have a login. */
    private boolean mayLogIn() {
        return !JaasLogin.isSubjectAlone() && platform.exists();
    }

    /** Makes the credential of an initiator for which tickets are fetched here. */
    private AdaptedCredential initiator(GSSName name, int lifetime) throws GSSException {
        Subject current = Subjects.current();
        Subject login = Subjects.isLoggedIn(current) ? current : JaasLogin.login(mechanism.name(), Role.INITIATE);
        GSSCredential credential = Subjects.callAs(
                login, () -> manager.createCredential(name, lifetime, oid, GSSCredential.INITIATE_ONLY));
        return new AdaptedCredential(this, Role.INITIATE, credential, login, login);
    }

    private static boolean canFetchTickets() {
        boolean exported = GssMechanisms.isExported("sun.security.krb5");
        if (!exported && !SAID_HOW_TO_INITIATE.getAndSet(true)) {
            System.getLogger("dev.gssbaton")
                    .log(
                            Level.INFO,
                            "javax.security.auth.useSubjectCredsOnly=false leaves initiators to the JDK's mechanism: start"
                                    + " the JVM with --add-exports java.security.jgss/sun.security.krb5=ALL-UNNAMED to"
                                    + " put them on Baton's");
        }
        return exported;
    }

    // Contexts

    @Override
    public GSSContextSpi getMechanismContext(GSSNameSpi peer, GSSCredentialSpi myInitiatorCred, int lifetime)
            throws GSSException {
        if (peer == null) {
            throw TransferFault.refusal(GSSException.BAD_NAME, "an initiator needs the name of its peer");
        }
        AdaptedCredential credential;
        if (myInitiatorCred instanceof AdaptedCredential own) {
            credential = own;
        } else if (myInitiatorCred != null) {
            return platform.factory().getMechanismContext(peer, myInitiatorCred, lifetime);
        } else {
            credential = inSubject(null, Role.INITIATE).orElse(null);
            if (credential == null && mayLogIn()) {
                if (!canFetchTickets()) {
                    return platform.factory().getMechanismContext(peer, null, lifetime);
                }
                credential = initiator(null, lifetime);
            }
        }
        GSSName target = own(peer);
        if (credential == null) {
            return initiator(manager.createContext(target, oid, null, lifetime), null, new Forwarding(null, null));
        }
        Forwarding forwarding = new Forwarding(credential.credential(), credential.home());
        if (credential.login() != null) {
            Subject withTicket = ServiceTickets.with(credential.login(), text(credential.name()), text(target));
            return initiator(manager.createContext(target, oid, null, lifetime), withTicket, forwarding);
        }
        GSSCredential given = credential.credential();
        // The JDK's mechanism keeps a delegated credential's service tickets to itself then.
        return PlatformMechanism.isOwnerOf(given) && mayLogIn()
                ? initiator((ExtendedGSSContext) platform.initiator(target, given, lifetime), null, forwarding)
                : initiator(manager.createContext(target, oid, given, lifetime), null, forwarding);
    }

    /** Gives a name of this mechanism in full. */
    String text(GSSName name) throws GSSException {
        if (name == null) {
            throw TransferFault.refusal(GSSException.NO_CRED, "the Subject has logged out: log in again");
        }
        return new String(adapted(name).export(), StandardCharsets.UTF_8);
    }

    private AdaptedContext initiator(ExtendedGSSContext context, Subject subject, Forwarding forwarding) {
        return new AdaptedContext(this, mechanism.framesEveryToken(), context, subject, forwarding, null);
    }

    @Override
    public GSSContextSpi getMechanismContext(GSSCredentialSpi myAcceptorCred) throws GSSException {
        AdaptedCredential credential;
        if (myAcceptorCred instanceof AdaptedCredential own) {
            credential = own;
        } else if (myAcceptorCred != null) {
            return platform.factory().getMechanismContext(myAcceptorCred);
        } else {
            Optional<AdaptedCredential> inSubject = inSubject(null, Role.ACCEPT);
            credential = inSubject.isPresent()
                    ? inSubject.get()
                    : acquire(null, GSSCredential.INDEFINITE_LIFETIME, Role.ACCEPT);
        }
        return new AdaptedContext(
                this,
                mechanism.framesEveryToken(),
                manager.createContext(credential.credential()),
                null,
                null,
                new ConstrainedDelegation(platform, credential.home()));
    }

    /** Refuses: the front end has no importer but a native library's. Baton's manager imports. */
    @Override
    public GSSContextSpi getMechanismContext(byte[] exportedContext) throws GSSException {
        throw TransferFault.refusal(
                GSSException.UNAVAILABLE, "the JDK's front end imports nothing: use BatonManager.createContext");
    }

    /**
     * Makes a credential of a user in whose name a service asks for tickets (S4U2self), which the JDK does.
     *
     * @param service what impersonates
     */
    AdaptedCredential impersonate(AdaptedCredential service, GSSNameSpi user) throws GSSException {
        GSSName name = own(user);
        GSSCredential impersonating = Subjects.callAs(service.home(), () -> {
            ExtendedGSSCredential self = service.credential() instanceof ExtendedGSSCredential delegated
                    ? delegated
                    : platform.credential(service.name(), service.role());
            return self.impersonate(name);
        });
        return new AdaptedCredential(this, Role.INITIATE, impersonating, null, null);
    }
}
