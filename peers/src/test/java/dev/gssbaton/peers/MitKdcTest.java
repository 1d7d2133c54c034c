package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Requires(NativePeer.MIT)
class MitKdcTest {
    @ParameterizedTest
    @EnumSource
    void jdkContextWithEachEnctype(Enctype enctype) throws Exception {
        assumeTrue(enctype.jdkGetsTickets(), "this JDK gets such tickets");
        assertEquals(enctype.number(), JdkContexts.sessionKeyType(MitKdc.shared(), enctype));
    }

    @Test
    void besideAnEmbeddedKdc() throws Exception {
        assertEquals(18, JdkContexts.sessionKeyType(EmbeddedKdc.shared()));
        assertEquals(20, JdkContexts.sessionKeyType(MitKdc.shared(), Enctype.AES256_CTS_HMAC_SHA384_192));
        assertEquals(17, JdkContexts.sessionKeyType(EmbeddedKdc.shared(Enctype.AES128_CTS_HMAC_SHA1_96)));
    }

    @Test
    void sessionEnctypeApartFromTheKeys() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account service = kdc.account("apart/localhost", Enctype.AES256_CTS_HMAC_SHA1_96);
        kdc.sessionEnctypes(service, Enctype.AES128_CTS_HMAC_SHA256_128);
        assertEquals(19, JdkContexts.sessionKeyType(Login.initiator(kdc.account("alice")), service));
    }

    @Test
    void passwordLogin() {
        MitKdc kdc = MitKdc.shared();
        kdc.addPrincipal("password-user", "it's \"right\"");
        Subject subject = Login.initiator(kdc, "password-user", "it's \"right\"");
        assertEquals(1, subject.getPrivateCredentials(KerberosTicket.class).size());
        assertThrows(IllegalStateException.class, () -> Login.initiator(kdc, "password-user", "wrong"));
    }

    @Test
    void ticketLife() {
        MitKdc kdc = MitKdc.shared();
        Account account = kdc.account("short");
        kdc.ticketLife(account, Duration.ofSeconds(5));
        KerberosTicket ticket = Login.initiator(account).getPrivateCredentials(KerberosTicket.class).stream()
                .findAny()
                .orElseThrow();
        assertFalse(ticket.getEndTime().toInstant().isAfter(Instant.now().plusSeconds(5)));
    }

    @Test
    void renewedKeysAreUsedAndTheOldOnesKept() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account service = kdc.account("renewed/localhost", Enctype.AES128_CTS_HMAC_SHA1_96);
        Subject before = Login.initiator(kdc.account("alice"));
        JdkContexts.establish(before, Login.acceptor(service), service);
        Account renewed = kdc.renewKeys(service);
        JdkContexts.establish(before, Login.acceptor(renewed), renewed);
        Subject after = Login.initiator(kdc.account("alice"));
        JdkContexts.establish(after, Login.acceptor(renewed), renewed);
        assertThrows(GSSException.class, () -> JdkContexts.establish(after, Login.acceptor(service), service));
    }

    @Test
    void keytabOfSeveralAccounts() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account one = kdc.account("one/localhost");
        Account two = kdc.account("two/localhost");
        Path keytab = kdc.keytab(one, two);
        Subject client = Login.initiator(kdc.account("alice"));
        JdkContexts.establish(client, Login.acceptor(one.principal(), keytab), one);
        JdkContexts.establish(client, Login.acceptor(two.principal(), keytab), two);
    }

    @Test
    void accountIsOnePerName() {
        MitKdc kdc = MitKdc.shared();
        Account account = kdc.account("once", Enctype.AES128_CTS_HMAC_SHA1_96);
        assertSame(account, kdc.account("once"));
        assertSame(account, kdc.account("once", Enctype.AES128_CTS_HMAC_SHA1_96));
        assertThrows(IllegalArgumentException.class, () -> kdc.account("once", Enctype.AES256_CTS_HMAC_SHA1_96));
    }

    @Test
    void refusalsOfKadminAreReported() {
        MitKdc kdc = MitKdc.shared();
        kdc.addPrincipal("twice", "password");
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> kdc.addPrincipal("twice", "password"));
        assertTrue(refused.getMessage().contains("already exists"), refused.getMessage());
    }

    @Test
    @Requires(NativePeer.C_COMPILER)
    void delegatesToWhomItIsTold() throws Exception {
        try (MitKdc kdc = MitKdc.startDelegating()) {
            Account front = kdc.account("front/localhost");
            Account back = kdc.account("back/localhost");
            Account other = kdc.account("other/localhost");
            kdc.allowDelegation(front, back);
            Subject service = Login.both(front);
            byte[] request = initiate(Login.initiator(kdc.account("alice")), front, null);
            GSSCredential proxy = Login.as(service, () -> {
                GSSContext acceptor = GSSManager.getInstance().createContext((GSSCredential) null);
                acceptor.acceptSecContext(request, 0, request.length);
                return acceptor.getDelegCred();
            });
            assertTrue(initiate(service, back, proxy).length > 0);
            GSSException refused = assertThrows(GSSException.class, () -> initiate(service, other, proxy));
            assertTrue(refused.getMessage().contains("(13)"), refused.getMessage());
        }
    }

    private static byte[] initiate(Subject subject, Account service, GSSCredential credential) throws Exception {
        return Login.as(subject, () -> GSSManager.getInstance()
                .createContext(service.gssName(), new Oid("1.2.840.113554.1.2.2"), credential, 0)
                .initSecContext(new byte[0], 0, 0));
    }

    @Test
    void listensOnTheLoopbackAddressOnly() throws Exception {
        int port = MitKdc.shared().port();
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 2})).close();
    }

    @Test
    void closeLeavesNothing() {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        MitKdc kdc = MitKdc.start();
        assertTrue(ProcessHandle.current().descendants().count() > before.size());
        kdc.close();
        kdc.close();
        assertEquals(before, ProcessHandle.current().descendants().toList());
        assertFalse(Files.exists(kdc.krb5Conf().getParent()));
        assertThrows(ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), kdc.port()).close());
    }
}
