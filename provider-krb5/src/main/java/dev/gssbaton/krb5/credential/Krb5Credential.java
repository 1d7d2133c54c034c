package dev.gssbaton.krb5.credential;

import com.sun.security.jgss.ExtendedGSSCredential;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.CurrentSubject;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import java.nio.file.Path;
import java.util.Objects;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A Kerberos credential of Baton: an acceptor's keys, an initiator's tickets, or both.
 *
 * <pre>{@code
 * GSSCredential acceptor = Krb5Credential.fromKeytab(Path.of("/etc/http.keytab"), "HTTP/www.example.com@EXAMPLE.COM");
 * }</pre>
 *
 * <p>It goes to Baton's manager. The platform's manager takes its own credentials alone.
 *
 * <p>Safe for use by several threads.
 */
public final class Krb5Credential implements GSSCredential {
    private final AcceptorOptions options;
    private final KeySupply supply;
    private final TicketOpener opener;
    private final SubjectTickets tickets;
    private volatile boolean disposed;

    private Krb5Credential(AcceptorOptions options, KeySupply supply, TicketOpener opener, SubjectTickets tickets) {
        this.options = options;
        this.supply = supply;
        this.opener = opener;
        this.tickets = tickets;
    }

    /**
     * Makes a credential that accepts with the keys of a keytab, with {@link AcceptorOptions#configured}.
     *
     * @param keytab the keytab file, in MIT's format. It is read again when it has changed
     * @param principal whose keys, in full: {@code HTTP/www.example.com@EXAMPLE.COM}; null for any entry's, whatever
     *     service of this keytab the initiator asks for
     * @return the credential, the caller's to dispose of
     * @throws GSSException {@code NO_CRED} if the keytab is missing, unreadable, malformed or has no usable key of the
     *     principal, {@code BAD_NAME} if the principal is malformed; each saying what to do
     */
    public static Krb5Credential fromKeytab(Path keytab, String principal) throws GSSException {
        return fromKeytab(keytab, principal, AcceptorOptions.configured());
    }

    /**
     * Makes a credential that accepts with the keys of a keytab.
     *
     * @param keytab the keytab file, in MIT's format. It is read again when it has changed
     * @param principal whose keys, in full; null for any entry's
     * @param options what the acceptor insists on
     * @return the credential, the caller's to dispose of
     * @throws GSSException as {@link #fromKeytab(Path, String)} does
     */
    public static Krb5Credential fromKeytab(Path keytab, String principal, AcceptorOptions options)
            throws GSSException {
        Objects.requireNonNull(options, "options");
        Principal bound = principal == null ? null : Names.principal(principal);
        Keytab supply = Keytab.open(keytab);
        boolean done = false;
        try {
            TicketOpener opener = new TicketOpener(supply, bound, options.permittedEncryptionTypes());
            opener.expectKeys();
            done = true;
            return new Krb5Credential(options, supply, opener, null);
        } finally {
            if (!done) {
                supply.close();
            }
        }
    }

    /**
     * Makes a credential of what the current Subject has, with {@link AcceptorOptions#configured}.
     *
     * @param name whose; null for what there is
     * @param usage {@link GSSCredential#INITIATE_ONLY}, {@link GSSCredential#ACCEPT_ONLY} or
     *     {@link GSSCredential#INITIATE_AND_ACCEPT}
     * @return the credential, which leaves the Subject's own secrets alone when it is disposed of
     * @throws GSSException {@code NO_CRED} if there is no current Subject, or it has no tickets or keys for this usage,
     *     saying what to do
     */
    public static Krb5Credential fromCurrentSubject(GSSName name, int usage) throws GSSException {
        return fromCurrentSubject(name, usage, AcceptorOptions.configured());
    }

    /**
     * Makes a credential of what the current Subject has: its {@code KerberosTicket}s to initiate with, its {@code KeyTab}s
     * and {@code KerberosKey}s to accept with.
     *
     * @param name whose; null for what there is
     * @param usage {@link GSSCredential#INITIATE_ONLY}, {@link GSSCredential#ACCEPT_ONLY} or
     *     {@link GSSCredential#INITIATE_AND_ACCEPT}
     * @param options what the acceptor insists on
     * @return the credential, which leaves the Subject's own secrets alone when it is disposed of
     * @throws GSSException as {@link #fromCurrentSubject(GSSName, int)} does
     */
    public static Krb5Credential fromCurrentSubject(GSSName name, int usage, AcceptorOptions options)
            throws GSSException {
        Objects.requireNonNull(options, "options");
        if (usage != INITIATE_ONLY && usage != ACCEPT_ONLY && usage != INITIATE_AND_ACCEPT) {
            throw new KerberosException(ErrorCode.KRB_ERR_GENERIC, GSSException.FAILURE, "there is no usage " + usage);
        }
        Subject subject = CurrentSubject.get();
        if (subject == null) {
            throw noCredential(
                    "there is no current Subject: log in with JAAS and run inside the Subject (Subject.callAs"
                            + " or doAs), or accept with Krb5Credential.fromKeytab");
        }
        Principal principal = Names.principal(name);
        SubjectTickets tickets = usage == ACCEPT_ONLY ? null : SubjectTickets.of(subject, principal);
        if (tickets != null && tickets.isEmpty()) {
            throw noCredential("the current Subject has no Kerberos ticket" + of(principal)
                    + ": log in with Krb5LoginModule, not with isInitiator=false");
        }
        if (usage == INITIATE_ONLY) {
            return new Krb5Credential(options, null, null, tickets);
        }
        SubjectKeys supply = new SubjectKeys(subject);
        if (supply.isEmpty()) {
            throw noCredential("the current Subject has no keytab and no key" + of(principal)
                    + ": log in with Krb5LoginModule and storeKey=true, useKeyTab=true, or take"
                    + " Krb5Credential.fromKeytab");
        }
        TicketOpener opener = new TicketOpener(supply, principal, options.permittedEncryptionTypes());
        if (principal != null) {
            opener.expectKeys();
        }
        return new Krb5Credential(options, supply, opener, tickets);
    }

    /**
     * Makes a credential of any other: one of Baton's is given back as it is, one of the platform's is taken to initiate
     * with. Who initiates often keeps the result, which keeps the service tickets that were fetched.
     *
     * @param credential the credential, which stays the caller's
     * @return a credential of Baton's
     * @throws GSSException {@code NO_CRED} if it is a platform credential that can only accept, since the platform gives
     *     out no key of it, or one that is not for krb5
     */
    public static Krb5Credential of(GSSCredential credential) throws GSSException {
        if (credential instanceof Krb5Credential own) {
            return own;
        }
        if (!isPlatforms(credential)) {
            // The platform would fail on it with a ClassCastException.
            throw noCredential("a credential of " + credential.getClass().getName()
                    + " is neither Baton's nor the platform's: make it through Baton's manager");
        }
        int usage;
        try {
            usage = credential.getUsage(GssFraming.KRB5);
        } catch (GSSException e) {
            GSSException exception = noCredential("the credential has nothing for krb5");
            exception.initCause(e);
            throw exception;
        }
        if (usage == ACCEPT_ONLY) {
            throw noCredential("the platform gives out no key of its own acceptor's credential: make it through Baton's"
                    + " manager inside the Subject, or from the keytab with Krb5Credential.fromKeytab");
        }
        return new Krb5Credential(AcceptorOptions.configured(), null, null, SubjectTickets.of(credential));
    }

    /**
     * Gives what the acceptor insists on.
     *
     * @return the options
     */
    public AcceptorOptions acceptorOptions() {
        return options;
    }

    /**
     * Gives the mechanism its own view of this credential. The types are the mechanism's and not published.
     *
     * @param <T> the view's type
     * @param type the view's type
     * @return the view, which ends with this credential
     * @throws GSSException {@code NO_CRED} if this credential cannot do that, or has been disposed of
     */
    public <T> T unwrap(Class<T> type) throws GSSException {
        expectAlive();
        if (type == AcceptorKeys.class) {
            if (opener == null) {
                throw noCredential("this credential can only initiate: accept with Krb5Credential.fromKeytab");
            }
            return type.cast(opener);
        }
        if (type == InitiatorTickets.class) {
            if (tickets == null) {
                throw noCredential("this credential can only accept: initiate inside a Subject that is logged in");
            }
            return type.cast(tickets);
        }
        throw new IllegalArgumentException("a credential has no view of " + type);
    }

    /** Erases the keys that were read for this credential; what belongs to a Subject stays. Harmless when repeated. */
    @Override
    public void dispose() {
        disposed = true;
        if (supply != null) {
            supply.close();
        }
    }

    /**
     * Gives the name.
     *
     * @return a name of the platform's krb5 mechanism; null if any principal's key may be used, or the Subject has
     *     logged out
     */
    @Override
    public GSSName getName() throws GSSException {
        expectAlive();
        Principal principal = opener != null && opener.principal() != null
                ? opener.principal()
                : tickets == null ? null : tickets.client();
        return principal == null ? null : Names.of(principal);
    }

    @Override
    public GSSName getName(Oid mechanism) throws GSSException {
        expectKrb5(mechanism);
        return getName();
    }

    /**
     * Gives the time that is left to the shorter-lived of both usages.
     *
     * @return seconds; {@link #INDEFINITE_LIFETIME} for an acceptor, 0 if it has expired
     */
    @Override
    public int getRemainingLifetime() throws GSSException {
        return tickets == null
                ? getRemainingAcceptLifetime(GssFraming.KRB5)
                : getRemainingInitLifetime(GssFraming.KRB5);
    }

    @Override
    public int getRemainingInitLifetime(Oid mechanism) throws GSSException {
        expectKrb5(mechanism);
        expectAlive();
        return tickets == null ? 0 : tickets.remainingLifetime();
    }

    @Override
    public int getRemainingAcceptLifetime(Oid mechanism) throws GSSException {
        expectKrb5(mechanism);
        expectAlive();
        return opener == null ? 0 : INDEFINITE_LIFETIME;
    }

    @Override
    public int getUsage() throws GSSException {
        expectAlive();
        if (opener == null) {
            return INITIATE_ONLY;
        }
        return tickets == null ? ACCEPT_ONLY : INITIATE_AND_ACCEPT;
    }

    @Override
    public int getUsage(Oid mechanism) throws GSSException {
        expectKrb5(mechanism);
        return getUsage();
    }

    @Override
    public Oid[] getMechs() throws GSSException {
        expectAlive();
        return new Oid[] {GssFraming.KRB5};
    }

    /**
     * Refuses: this is a credential of one mechanism.
     *
     * @throws GSSException {@code UNAVAILABLE}, always
     */
    @Override
    public void add(GSSName name, int initLifetime, int acceptLifetime, Oid mechanism, int usage) throws GSSException {
        throw new KerberosException(
                ErrorCode.KRB_ERR_GENERIC,
                GSSException.UNAVAILABLE,
                "a Krb5Credential is of one mechanism: make another credential instead");
    }

    /** Compares by identity. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /**
     * Says where the credential comes from, without a secret.
     *
     * @return for example {@code Krb5Credential[HTTP/www.example.com@EXAMPLE.COM, keytab /etc/http.keytab]}
     */
    @Override
    public String toString() {
        Principal principal = opener == null ? null : opener.principal();
        return "Krb5Credential[" + (principal == null ? "" : principal + ", ")
                + (supply == null ? "tickets" : supply.describe()) + "]";
    }

    /** Tells whether a credential is of the JDK's own two modules: most are of the second. */
    private static boolean isPlatforms(GSSCredential credential) {
        Module module = credential.getClass().getModule();
        return module == GSSCredential.class.getModule() || module == ExtendedGSSCredential.class.getModule();
    }

    private void expectAlive() throws GSSException {
        if (disposed) {
            throw noCredential("the credential has been disposed of");
        }
    }

    private static void expectKrb5(Oid mechanism) throws GSSException {
        if (!GssFraming.KRB5.equals(mechanism)) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC, GSSException.BAD_MECH, "a Krb5Credential is for krb5, not " + mechanism);
        }
    }

    private static GSSException noCredential(String what) {
        return new KerberosException(ErrorCode.KRB_ERR_GENERIC, GSSException.NO_CRED, what);
    }

    private static String of(Principal principal) {
        return principal == null ? "" : " of " + principal;
    }
}
