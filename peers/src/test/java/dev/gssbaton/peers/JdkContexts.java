package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

/** Contexts between the JDK's initiator and the JDK's acceptor, both in this JVM. */
final class JdkContexts {
    private JdkContexts() {}

    /** Establishes a context, sends a message each way, and returns the enctype of the service ticket's session key. */
    static int sessionKeyType(Kdc kdc, Enctype... enctypes) throws Exception {
        Subject client = Login.initiator(kdc.account("jdk-client"));
        String suffix = enctypes.length == 0 ? "" : String.valueOf(enctypes[0].number());
        Account service = kdc.account("jdk" + suffix + "/localhost", enctypes);
        return sessionKeyType(client, service);
    }

    static int sessionKeyType(Subject client, Account service) throws Exception {
        establish(client, Login.acceptor(service), service);
        return client.getPrivateCredentials(KerberosTicket.class).stream()
                .filter(ticket -> ticket.getServer().getName().equals(service.principal()))
                .findFirst()
                .orElseThrow()
                .getSessionKeyType();
    }

    static void establish(Subject client, Subject server, Account service) throws Exception {
        Oid krb5 = new Oid("1.2.840.113554.1.2.2");
        GSSManager manager = GSSManager.getInstance();
        GSSContext initiator = Login.as(client, () -> manager.createContext(service.gssName(), krb5, null, 0));
        GSSContext acceptor = Login.as(
                server,
                () -> manager.createContext(
                        manager.createCredential(service.gssName(), 0, krb5, GSSCredential.ACCEPT_ONLY)));
        initiator.requestMutualAuth(true);
        byte[] request = Login.as(client, () -> initiator.initSecContext(new byte[0], 0, 0));
        byte[] reply = Login.as(server, () -> acceptor.acceptSecContext(request, 0, request.length));
        Login.as(client, () -> initiator.initSecContext(reply, 0, reply.length));
        assertTrue(initiator.isEstablished() && acceptor.isEstablished());
        send(initiator, acceptor);
        send(acceptor, initiator);
        initiator.dispose();
        acceptor.dispose();
    }

    private static void send(GSSContext from, GSSContext to) throws Exception {
        byte[] message = "over the wire".getBytes(StandardCharsets.UTF_8);
        byte[] token = from.wrap(message, 0, message.length, new MessageProp(0, true));
        assertArrayEquals(message, to.unwrap(token, 0, token.length, new MessageProp(0, true)));
    }
}
