package dev.gssbaton.jgss;

import com.sun.security.jgss.GSSUtil;
import java.lang.System.Logger.Level;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/**
 * The credential by which an acceptor that can also initiate goes on in its client's name though the client has delegated
 * nothing (S4U2proxy). The JDK makes it of the client's ticket, and gives out no way to it but its own acceptor. So that runs
 * over the request that Baton's acceptor has taken: nothing is let in by it, and what it establishes is thrown away.
 *
 * <p>As with the JDK, it is settled when it is first asked for, by what the Subject has that is current then; no KDC is asked
 * before somebody initiates with it. Until then the request is kept, in which all that is secret is encrypted. The JDK takes
 * it no longer than the clock skew after the client has made it.
 *
 * <p>Safe for use by several threads.
 */
final class ConstrainedDelegation {
    private final PlatformMechanism platform;
    private final Subject keys;

    /** What is kept until somebody asks, and the Subject in which it was taken; null before and after. */
    private byte[] request;

    private Subject taker;
    private GSSCredential credential;

    /**
     * Makes one that offers nothing yet.
     *
     * @param keys the Subject in which the acceptor's credential was made; null for none
     */
    ConstrainedDelegation(PlatformMechanism platform, Subject keys) {
        this.platform = platform;
        this.keys = keys;
    }

    /**
     * Notes the request by which a context was established, if it could be needed.
     *
     * @param token the request, which this object keeps
     */
    synchronized void accepted(byte[] token) {
        Subject current = Subjects.current();
        boolean canInitiate = !JaasLogin.isSubjectAlone() || Subjects.isLoggedIn(current) || Subjects.isLoggedIn(keys);
        if (canInitiate && platform.exists()) {
            request = token;
            taker = keys == null ? current : keys;
        }
    }

    /** Gives the credential; empty if the JDK would have none. */
    synchronized Optional<GSSCredential> credential() {
        if (request != null) {
            byte[] taken = request;
            Subject acceptors = taker;
            forget();
            if (!JaasLogin.isSubjectAlone() || Subjects.isLoggedIn(Subjects.current())) {
                credential = ask(taken, acceptors);
            }
        }
        return Optional.ofNullable(credential);
    }

    /** Drops what is kept. Whoever has the credential goes on with it. */
    synchronized void forget() {
        request = null;
        taker = null;
        credential = null;
    }

    private GSSCredential ask(byte[] token, Subject acceptors) {
        try {
            GSSContext context = Subjects.callAs(acceptors, platform::acceptor);
            try {
                Subjects.callAs(acceptors, () -> context.acceptSecContext(token, 0, token.length));
                return context.getCredDelegState() ? proxy(context.getDelegCred()) : null;
            } finally {
                context.dispose();
            }
        } catch (GSSException | RuntimeException e) {
            System.getLogger("dev.gssbaton")
                    .log(Level.DEBUG, "the JDK offers no constrained delegation of a context of Baton's", e);
            return null;
        }
    }

    /** Passes over a ticket that the client did forward: Baton's acceptor has not taken it, since it is not encrypted. */
    private static GSSCredential proxy(GSSCredential offered) {
        Subject shown = GSSUtil.createSubject(null, offered);
        return Subjects.privateCredentials(shown, KerberosTicket.class).isEmpty() ? offered : null;
    }
}
