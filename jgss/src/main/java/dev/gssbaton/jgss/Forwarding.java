package dev.gssbaton.jgss;

import com.sun.security.jgss.GSSUtil;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.spi.TransferFault;
import javax.security.auth.DestroyFailedException;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.EncryptionKey;
import javax.security.auth.kerberos.KerberosCredMessage;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/**
 * The message by which an initiator would delegate (KRB-CRED), for {@link InquireType#KRB5_GET_KRB_CRED}. As with the JDK it is
 * made when it is asked for, with a new ticket of the KDC, and encrypted in the context's key. Nothing of it is kept.
 *
 * <p>The JDK's Kerberos makes it, which needs {@code --add-exports java.security.jgss/sun.security.krb5=ALL-UNNAMED}.
 *
 * <p>Safe for use by several threads.
 */
final class Forwarding {
    private static final String NEEDED = "sun.security.krb5";

    private final GSSCredential credential;
    private volatile Subject home;

    /**
     * Notes whose ticket-granting ticket would be forwarded.
     *
     * @param credential what the context is initiated with; null for what the Subject has
     * @param home the Subject that the credential was made in; null for the one in which the context is initiated
     */
    Forwarding(GSSCredential credential, Subject home) {
        this.credential = credential;
        this.home = home;
    }

    /** Notes the current Subject, if none is known yet. */
    void initiates() {
        if (home == null) {
            home = Subjects.current();
        }
    }

    /**
     * Makes the message.
     *
     * @param key a copy of the context's key, which is destroyed
     * @param client the initiator, in full
     * @param service the acceptor, in full
     * @throws GSSException {@code UNAVAILABLE} if that cannot be done
     */
    KerberosCredMessage message(EncryptionKey key, String client, String service) throws GSSException {
        try {
            if (!GssMechanisms.isExported(NEEDED)) {
                throw TransferFault.refusal(
                        GSSException.UNAVAILABLE,
                        "the JDK's Kerberos makes a KRB-CRED for us with --add-exports java.security.jgss/" + NEEDED
                                + "=ALL-UNNAMED");
            }
            return new KerberosCredMessage(
                    new KerberosPrincipal(client),
                    new KerberosPrincipal(service),
                    ServiceTickets.forwarded(tickets(), client, service, key));
        } finally {
            destroy(key);
        }
    }

    private static void destroy(EncryptionKey key) {
        try {
            key.destroy();
        } catch (DestroyFailedException e) {
            throw new IllegalStateException("a key that can be destroyed is not", e);
        }
    }

    private Subject tickets() {
        if (credential != null && PlatformMechanism.isOwnerOf(credential)) {
            return GSSUtil.createSubject(null, credential);
        }
        return home == null ? new Subject() : home;
    }
}
