package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class EmbeddedKdcTest {
    @Test
    void jdkContextWithEnctype17() throws Exception {
        assertEquals(17, JdkContexts.sessionKeyType(EmbeddedKdc.shared(Enctype.AES128_CTS_HMAC_SHA1_96)));
    }

    @Test
    void jdkContextWithEnctype18() throws Exception {
        assertEquals(18, JdkContexts.sessionKeyType(EmbeddedKdc.shared(Enctype.AES256_CTS_HMAC_SHA1_96)));
    }

    @Test
    void sharedIsStartedOnce() {
        assertSame(EmbeddedKdc.shared(), EmbeddedKdc.shared());
    }

    @Test
    void twoRealmsInOneJvm() throws Exception {
        try (EmbeddedKdc other = EmbeddedKdc.start(Duration.ofHours(1), Enctype.AES128_CTS_HMAC_SHA1_96)) {
            assertNotEquals(EmbeddedKdc.shared().realm(), other.realm());
            assertEquals(18, JdkContexts.sessionKeyType(EmbeddedKdc.shared()));
            assertEquals(17, JdkContexts.sessionKeyType(other));
            assertEquals(18, JdkContexts.sessionKeyType(EmbeddedKdc.shared()));
        }
    }

    @Test
    void passwordLogin() {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        kdc.addPrincipal("password-user", "right");
        assertEquals(1, tickets(Login.initiator(kdc, "password-user", "right")));
        assertThrows(IllegalStateException.class, () -> Login.initiator(kdc, "password-user", "wrong"));
    }

    @Test
    void ticketLife() {
        try (EmbeddedKdc kdc = EmbeddedKdc.start(Duration.ofSeconds(5), Enctype.AES128_CTS_HMAC_SHA1_96)) {
            Subject subject = Login.initiator(kdc.account("short"));
            KerberosTicket ticket = subject.getPrivateCredentials(KerberosTicket.class)
                    .iterator()
                    .next();
            Instant end = ticket.getEndTime().toInstant();
            assertFalse(end.isAfter(Instant.now().plusSeconds(5)), () -> "ends " + end);
        }
    }

    @Test
    void renewedKeysAreUsedAndTheOldOnesKept() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account service = kdc.account("renewed/localhost");
        Subject client = Login.initiator(kdc.account("renewing-client"));
        Account renewed = kdc.renewKeys(service);
        assertEquals(renewed, kdc.account("renewed/localhost"));
        assertTrue(Files.size(renewed.keytab()) > Files.size(service.keytab()), "old and new keys");
        JdkContexts.establish(client, Login.acceptor(renewed), renewed);
        assertThrows(
                GSSException.class,
                () -> JdkContexts.establish(
                        Login.initiator(kdc.account("renewing-client")), Login.acceptor(service), service));
    }

    @Test
    void keytabOfSeveralAccounts() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account one = kdc.account("one/localhost");
        Account two = kdc.account("two/localhost");
        Path keytab = kdc.keytab(one, two);
        Subject client = Login.initiator(kdc.account("alice"));
        JdkContexts.establish(client, Login.acceptor(one.principal(), keytab), one);
        JdkContexts.establish(client, Login.acceptor(two.principal(), keytab), two);
    }

    @Test
    void accountIsOnePerName() {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        assertSame(kdc.account("once"), kdc.account("once"));
        assertThrows(IllegalArgumentException.class, () -> kdc.account("once", Enctype.AES128_CTS_HMAC_SHA256_128));
    }

    @Test
    void enctypesItDoesNotServeAreRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> EmbeddedKdc.shared(Enctype.AES256_CTS_HMAC_SHA384_192));
        assertTrue(refused.getMessage().contains("MitKdc"), refused.getMessage());
    }

    /** A port that is free again may be another program's a moment later, but not each time. */
    @Test
    void closeLeavesNothing() {
        boolean refused = false;
        for (int i = 0; i < 5 && !refused; i++) {
            refused = isRefused(closed());
        }
        assertTrue(refused, "something listens at each port that was given up");
    }

    private static boolean isRefused(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    /** Gives the port of a server that has been closed. */
    private static int closed() {
        EmbeddedKdc kdc = EmbeddedKdc.start(Duration.ofHours(1), Enctype.AES128_CTS_HMAC_SHA1_96);
        Account account = kdc.account("gone");
        assertTrue(Files.exists(account.keytab()));
        kdc.close();
        kdc.close();
        assertFalse(Files.exists(kdc.krb5Conf().getParent()));
        assertThrows(IllegalStateException.class, () -> Login.initiator(account));
        return kdc.port();
    }

    @Test
    void listensOnTheLoopbackAddressOnly() throws Exception {
        int port = EmbeddedKdc.shared().port();
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        // Another address of this host has the port free, which it has not where a server listens on all.
        new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 2})).close();
    }

    private static int tickets(Subject subject) {
        return subject.getPrivateCredentials(KerberosTicket.class).size();
    }
}
