package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.CurrentSubject;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import dev.gssbaton.krb5.ticket.ServiceTicket;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosKey;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.kerberos.KeyTab;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Krb5CredentialTest {
    private static Account alice;
    private static Account service;

    @BeforeAll
    static void accounts() {
        alice = EmbeddedKdc.shared().account("alice");
        service = EmbeddedKdc.shared().account("cred/localhost");
    }

    @Test
    void a_keytab_of_kerby_opens_what_the_jdk_sends() throws Exception {
        Krb5Credential credential = Krb5Credential.fromKeytab(service.keytab(), service.principal());
        assertEquals(GSSCredential.ACCEPT_ONLY, credential.getUsage());
        assertEquals(service.principal(), credential.getName().toString());
        assertEquals(service.principal(), credential.getName(GssFraming.KRB5).toString());
        assertEquals(GSSCredential.INDEFINITE_LIFETIME, credential.getRemainingLifetime());
        assertEquals(GSSCredential.INDEFINITE_LIFETIME, credential.getRemainingAcceptLifetime(GssFraming.KRB5));
        assertEquals(0, credential.getRemainingInitLifetime(GssFraming.KRB5));
        assertEquals(AcceptorOptions.configured(), credential.acceptorOptions());
        assertOpensATicket(credential);
        assertTrue(credential.toString().contains(service.principal()));
        assertTrue(credential.toString().contains(service.keytab().toString()));
        assertSays(assertThrows(GSSException.class, () -> credential.unwrap(InitiatorTickets.class)), "only accept");
    }

    @Test
    void an_unbound_credential_accepts_for_any_principal_of_the_keytab() throws Exception {
        Krb5Credential credential = Krb5Credential.fromKeytab(service.keytab(), null);
        assertNull(credential.getName());
        assertOpensATicket(credential);
    }

    @Test
    void a_principal_that_the_keytab_does_not_have_is_named_with_those_it_has() {
        String other = "other/localhost@" + EmbeddedKdc.shared().realm();
        GSSException e = assertThrows(GSSException.class, () -> Krb5Credential.fromKeytab(service.keytab(), other));
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertSays(e, other, service.principal(), service.keytab().toString());
    }

    @Test
    void a_principal_without_realm_is_refused() {
        GSSException e =
                assertThrows(GSSException.class, () -> Krb5Credential.fromKeytab(service.keytab(), "HTTP/host"));
        assertEquals(GSSException.BAD_NAME, e.getMajor());
        assertSays(e, "HTTP/host", "realm");
    }

    @Test
    void a_keytab_without_a_permitted_type_is_refused() {
        AcceptorOptions sha2 = AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(19, 20));
        GSSException e = assertThrows(
                GSSException.class, () -> Krb5Credential.fromKeytab(service.keytab(), service.principal(), sha2));
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertSays(e, "[17, 18]", "[19, 20]", service.principal());
    }

    @Test
    void a_disposed_credential_is_of_no_use() throws Exception {
        Krb5Credential credential = Krb5Credential.fromKeytab(service.keytab(), service.principal());
        AcceptorKeys keys = credential.unwrap(AcceptorKeys.class);
        credential.dispose();
        credential.dispose();
        assertEquals(
                GSSException.NO_CRED,
                assertThrows(GSSException.class, () -> credential.unwrap(AcceptorKeys.class))
                        .getMajor());
        assertEquals(
                GSSException.NO_CRED,
                assertThrows(GSSException.class, credential::getName).getMajor());
        assertThrows(
                KerberosException.class,
                () -> keys.open(Tickets.ticket(service.principal(), 1, 18, OptionalLong.empty())));
    }

    @Test
    void a_credential_is_for_krb5_alone() throws Exception {
        Krb5Credential credential = Krb5Credential.fromKeytab(service.keytab(), service.principal());
        Oid spnego = new Oid("1.3.6.1.5.5.2");
        assertEquals(1, credential.getMechs().length);
        assertEquals(GssFraming.KRB5, credential.getMechs()[0]);
        assertEquals(
                GSSException.BAD_MECH,
                assertThrows(GSSException.class, () -> credential.getUsage(spnego))
                        .getMajor());
        assertEquals(
                GSSException.UNAVAILABLE,
                assertThrows(GSSException.class, () -> credential.add(null, 0, 0, spnego, GSSCredential.ACCEPT_ONLY))
                        .getMajor());
        Krb5Credential same = Krb5Credential.fromKeytab(service.keytab(), service.principal());
        assertNotEquals(credential, same);
        assertEquals(credential, credential);
        assertThrows(IllegalArgumentException.class, () -> credential.unwrap(String.class));
    }

    @Test
    void a_subject_with_a_keytab_accepts() throws Exception {
        Subject subject = Login.acceptor(service);
        assertFalse(subject.getPrivateCredentials(KeyTab.class).isEmpty());
        for (GSSName name : new GSSName[] {null, service.gssName()}) {
            Krb5Credential credential =
                    Login.as(subject, () -> Krb5Credential.fromCurrentSubject(name, GSSCredential.ACCEPT_ONLY));
            assertEquals(GSSCredential.ACCEPT_ONLY, credential.getUsage());
            assertOpensATicket(credential);
            credential.dispose();
            assertFalse(subject.getPrivateCredentials().isEmpty());
        }
    }

    @Test
    void a_subject_with_keys_alone_accepts() throws Exception {
        KerberosPrincipal principal = new KerberosPrincipal(service.principal());
        Subject subject = new Subject();
        for (KerberosKey key :
                KeyTab.getInstance(principal, service.keytab().toFile()).getKeys(principal)) {
            subject.getPrivateCredentials().add(key);
        }
        Krb5Credential credential = CurrentSubject.call(
                subject, () -> Krb5Credential.fromCurrentSubject(service.gssName(), GSSCredential.ACCEPT_ONLY));
        assertOpensATicket(credential);
        for (KerberosKey key : subject.getPrivateCredentials(KerberosKey.class)) {
            key.destroy();
        }
        assertThrows(KerberosException.class, () -> assertOpensATicket(credential));
    }

    @Test
    void an_unbound_keytab_of_a_subject_is_asked_for_the_tickets_service() throws Exception {
        Subject subject = new Subject();
        subject.getPrivateCredentials()
                .add(KeyTab.getUnboundInstance(service.keytab().toFile()));
        assertOpensATicket(
                CurrentSubject.call(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.ACCEPT_ONLY)));
    }

    @Test
    void a_subject_whose_keytab_is_missing_says_so() throws Exception {
        Subject subject = new Subject();
        Path missing = service.keytab().resolveSibling("missing.keytab");
        subject.getPrivateCredentials()
                .add(KeyTab.getInstance(new KerberosPrincipal(service.principal()), missing.toFile()));
        GSSException e = assertThrows(
                GSSException.class,
                () -> CurrentSubject.call(
                        subject,
                        () -> Krb5Credential.fromCurrentSubject(service.gssName(), GSSCredential.ACCEPT_ONLY)));
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertSays(e, "missing keytab", missing.toString(), service.principal());
    }

    @Test
    void a_subject_with_both_initiates_and_accepts() throws Exception {
        Subject subject = Login.both(service);
        Krb5Credential credential =
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_AND_ACCEPT));
        assertEquals(GSSCredential.INITIATE_AND_ACCEPT, credential.getUsage());
        assertOpensATicket(credential);
        try (ServiceTicket ticket = credential.unwrap(InitiatorTickets.class).ticket(service.gssName())) {
            assertEquals(service.principal(), ticket.client().toString());
        }
        int left = credential.getRemainingLifetime();
        assertTrue(
                left > Duration.ofHours(1).toSeconds()
                        && left < Duration.ofDays(2).toSeconds(),
                left + " s");
    }

    @Test
    void the_name_chooses_among_a_subjects_tickets() throws Exception {
        Account bob = EmbeddedKdc.shared().account("bob");
        Subject subject = Login.initiator(alice);
        subject.getPrivateCredentials().addAll(Login.initiator(bob).getPrivateCredentials(KerberosTicket.class));
        for (Account account : new Account[] {alice, bob}) {
            Krb5Credential credential = Login.as(
                    subject, () -> Krb5Credential.fromCurrentSubject(account.gssName(), GSSCredential.INITIATE_ONLY));
            assertEquals(account.principal(), credential.getName().toString());
            try (ServiceTicket ticket =
                    credential.unwrap(InitiatorTickets.class).ticket(service.gssName())) {
                assertEquals(account.principal(), ticket.client().toString());
            }
        }
    }

    @Test
    void a_subject_without_what_is_asked_for_is_refused() throws Exception {
        assertRefused(null, null, GSSCredential.INITIATE_ONLY, "no current Subject", "callAs", "fromKeytab");
        assertRefused(new Subject(), null, GSSCredential.INITIATE_ONLY, "no Kerberos ticket", "Krb5LoginModule");
        assertRefused(new Subject(), null, GSSCredential.ACCEPT_ONLY, "no keytab", "storeKey=true");
        Subject client = Login.initiator(alice);
        assertRefused(client, null, GSSCredential.INITIATE_AND_ACCEPT, "no keytab");
        assertRefused(
                client, service.gssName(), GSSCredential.INITIATE_ONLY, "no Kerberos ticket of " + service.principal());
        assertRefused(Login.acceptor(service), alice.gssName(), GSSCredential.ACCEPT_ONLY, alice.principal(), "add");
        GSSException e = assertThrows(
                GSSException.class,
                () -> CurrentSubject.call(client, () -> Krb5Credential.fromCurrentSubject(null, 17)));
        assertSays(e, "17");
    }

    @Test
    void tickets_that_the_jdk_keeps_to_itself_are_refused_by_the_propertys_name() throws Exception {
        Krb5Credential credential = Login.as(
                Login.initiator(alice), () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        String property = "javax.security.auth.useSubjectCredsOnly";
        String before = System.setProperty(property, "false");
        try {
            GSSException e = assertThrows(
                    GSSException.class,
                    () -> credential.unwrap(InitiatorTickets.class).ticket(service.gssName()));
            assertEquals(GSSException.NO_CRED, e.getMajor());
            assertSays(e, property + "=false");
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    @Test
    void a_subject_that_has_logged_out_gives_nothing_more() throws Exception {
        Subject subject = Login.initiator(alice);
        Krb5Credential credential =
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        for (KerberosTicket ticket : subject.getPrivateCredentials(KerberosTicket.class)) {
            ticket.destroy();
        }
        subject.getPrivateCredentials().clear();
        assertNull(credential.getName());
        assertEquals(0, credential.getRemainingLifetime());
        assertEquals(
                GSSException.NO_CRED,
                assertThrows(
                                GSSException.class,
                                () -> credential.unwrap(InitiatorTickets.class).ticket(service.gssName()))
                        .getMajor());
    }

    @Test
    void a_platform_credential_is_taken_to_initiate_alone() throws Exception {
        GSSManager platform = GSSManager.getInstance();
        GSSCredential acceptor = Login.as(
                Login.acceptor(service),
                () -> platform.createCredential(service.gssName(), 0, GssFraming.KRB5, GSSCredential.ACCEPT_ONLY));
        GSSException e = assertThrows(GSSException.class, () -> Krb5Credential.of(acceptor));
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertSays(e, "Baton's manager inside the Subject", "keytab");
        GSSCredential spnego = Login.as(
                Login.initiator(alice),
                () -> platform.createCredential(null, 0, new Oid("1.3.6.1.5.5.2"), GSSCredential.INITIATE_ONLY));
        assertNotNull(spnego);
        GSSCredential initiator = Login.as(
                Login.initiator(alice),
                () -> platform.createCredential(null, 0, GssFraming.KRB5, GSSCredential.INITIATE_ONLY));
        Krb5Credential credential = Krb5Credential.of(initiator);
        assertSame(credential, Krb5Credential.of(credential));
        assertEquals(GSSCredential.INITIATE_ONLY, credential.getUsage());
        assertEquals(alice.principal(), credential.getName().toString());
        assertTrue(credential.getRemainingLifetime() > 0);
        assertSays(assertThrows(GSSException.class, () -> credential.unwrap(AcceptorKeys.class)), "only initiate");
    }

    private static void assertRefused(Subject subject, GSSName name, int usage, String... words) {
        GSSException e = assertThrows(
                GSSException.class,
                () -> CurrentSubject.call(subject, () -> Krb5Credential.fromCurrentSubject(name, usage)));
        assertEquals(GSSException.NO_CRED, e.getMajor());
        assertSays(e, words);
    }

    private static void assertOpensATicket(Krb5Credential acceptor) throws Exception {
        Krb5Credential initiator = Login.as(
                Login.initiator(alice), () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        try (ServiceTicket ticket = initiator.unwrap(InitiatorTickets.class).ticket(service.gssName());
                OpenedTicket opened = acceptor.unwrap(AcceptorKeys.class).open(ticket.ticket())) {
            assertEquals(service.principal(), opened.acceptor().toString());
            assertEquals(alice.principal(), opened.encPart().client().toString());
        }
    }

    private static void assertSays(GSSException e, String... words) {
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage() + " does not say " + word);
        }
    }
}
