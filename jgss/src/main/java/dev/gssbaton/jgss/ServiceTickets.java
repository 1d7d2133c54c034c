package dev.gssbaton.jgss;

import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.EncryptionKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSException;
import sun.security.krb5.Credentials;
import sun.security.krb5.KrbCred;
import sun.security.krb5.KrbException;

/**
 * What the JDK's Kerberos gets from the KDC. Service tickets for a program that has set
 * {@code javax.security.auth.useSubjectCredsOnly=false}: the JDK's initiator gives none to the Subject then. And what delegates,
 * for a program that asks a context for it. That needs a package that the JDK does not export; this class is not loaded where
 * it is not exported to us.
 */
final class ServiceTickets {
    private ServiceTickets() {}

    /**
     * Gets a ticket for a service.
     *
     * @param login a Subject with a ticket-granting ticket
     * @param client whose, in full
     * @param service the service in full: {@code HTTP/www.example.com@EXAMPLE.COM}
     * @return a new Subject with the ticket beside what the other has
     * @throws GSSException {@code NO_CRED} if the KDC gives none
     */
    static Subject with(Subject login, String client, String service) throws GSSException {
        try {
            Credentials fetched = Credentials.acquireServiceCreds(service, granting(login, client));
            if (fetched == null) {
                throw TransferFault.refusal(GSSException.NO_CRED, "the KDC gives no ticket for " + service);
            }
            Set<Object> secrets = new HashSet<>(Subjects.privateCredentials(login, KerberosTicket.class));
            secrets.add(ticket(fetched));
            return new Subject(false, login.getPrincipals(), Set.of(), secrets);
        } catch (KrbException | IOException e) {
            GSSException failure = TransferFault.refusal(
                    GSSException.NO_CRED, "the KDC gives no ticket for " + service + ": " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /**
     * Gets a forwarded ticket-granting ticket.
     *
     * @param login a Subject with a ticket-granting ticket
     * @param client whose, in full
     * @param service for whom, in full
     * @param key what it is encrypted in
     * @return a KRB-CRED message
     * @throws GSSException {@code UNAVAILABLE} if there is none
     */
    static byte[] forwarded(Subject login, String client, String service, EncryptionKey key) throws GSSException {
        byte[] octets = key.getEncoded();
        sun.security.krb5.EncryptionKey own = new sun.security.krb5.EncryptionKey(key.getKeyType(), octets);
        try {
            Credentials granting = granting(login, client);
            Credentials ticket = Credentials.acquireServiceCreds(service, granting);
            if (ticket == null) {
                throw TransferFault.refusal(GSSException.UNAVAILABLE, "the KDC gives no ticket for " + service);
            }
            return new KrbCred(granting, ticket, own).getMessage();
        } catch (KrbException | IOException e) {
            GSSException failure = TransferFault.refusal(
                    GSSException.UNAVAILABLE, "the KDC forwards no ticket of " + client + ": " + e.getMessage());
            failure.initCause(e);
            throw failure;
        } finally {
            own.destroy();
            Arrays.fill(octets, (byte) 0);
        }
    }

    private static Credentials granting(Subject login, String client) throws GSSException, KrbException, IOException {
        KerberosTicket ticket = Subjects.granting(login).stream()
                .filter(each -> isOf(each.getClient(), client))
                .findFirst()
                .orElseThrow(() -> TransferFault.refusal(
                        GSSException.NO_CRED,
                        "the Subject has no ticket-granting ticket of " + client + " any more: log in again"));
        return credentials(ticket);
    }

    /** A ticket that is destroyed meanwhile has no client any more. */
    private static boolean isOf(KerberosPrincipal owner, String client) {
        return owner != null && owner.getName().equals(client);
    }

    private static Credentials credentials(KerberosTicket ticket) throws KrbException, IOException {
        return new Credentials(
                ticket.getEncoded(),
                ticket.getClient().getName(),
                null,
                ticket.getServer().getName(),
                null,
                ticket.getSessionKey().getEncoded(),
                ticket.getSessionKeyType(),
                ticket.getFlags(),
                ticket.getAuthTime(),
                ticket.getStartTime(),
                ticket.getEndTime(),
                ticket.getRenewTill(),
                ticket.getClientAddresses());
    }

    private static KerberosTicket ticket(Credentials fetched) throws IOException {
        return new KerberosTicket(
                fetched.getEncoded(),
                new KerberosPrincipal(fetched.getClient().getName()),
                new KerberosPrincipal(fetched.getServer().getName(), KerberosPrincipal.KRB_NT_SRV_INST),
                fetched.getSessionKey().getBytes(),
                fetched.getSessionKey().getEType(),
                fetched.getFlags(),
                fetched.getAuthTime(),
                fetched.getStartTime(),
                fetched.getEndTime(),
                fetched.getRenewTill(),
                fetched.getClientAddresses());
    }
}
