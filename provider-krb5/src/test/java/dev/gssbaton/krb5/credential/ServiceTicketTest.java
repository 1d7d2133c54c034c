package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import dev.gssbaton.krb5.ticket.ServiceTicket;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.Login;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tickets that the JDK fetches, opened with our reading of the service's keytab. */
class ServiceTicketTest {
    private static Account alice;
    private static Account service;
    private static GSSName target;

    @BeforeAll
    static void accounts() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        alice = kdc.account("alice");
        service = kdc.account("tickets/localhost");
        target = GSSManager.getInstance().createName(service.principal(), Names.PRINCIPAL);
    }

    @Test
    void a_ticket_of_the_subject_opens_with_the_keytab() throws Exception {
        Subject subject = Login.initiator(alice);
        GSSCredential credential =
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        assertEquals(alice.principal(), credential.getName().toString());
        try (ServiceTicket ticket = initiator(credential).ticket(target);
                OpenedTicket opened = acceptor().open(ticket.ticket())) {
            assertEquals(service.principal(), opened.acceptor().toString());
            assertEquals(alice.principal(), opened.encPart().client().toString());
            assertTrue(opened.encPart().client().matches(ticket.client()));
            assertSameKey(ticket, opened);
            assertEquals(opened.encPart().flags().toInt(), ticket.flags().toInt());
            assertEquals(opened.encPart().authTime(), ticket.authTime());
            assertEquals(opened.encPart().endTime(), ticket.endTime());
            assertNull(ticket.delegation());
        }
    }

    @Test
    void a_fetched_ticket_is_kept_in_the_subject_and_used_again() throws Exception {
        Subject subject = Login.initiator(alice);
        InitiatorTickets tickets = initiator(
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY)));
        assertEquals(0, serviceTickets(subject).size());
        ServiceTicket first = tickets.ticket(target);
        assertEquals(1, serviceTickets(subject).size());
        ServiceTicket second = tickets.ticket(target);
        assertEquals(1, serviceTickets(subject).size());
        assertEquals(first.ticket(), second.ticket());
    }

    @Test
    void a_read_only_subject_is_left_as_it_is() throws Exception {
        Subject subject = Login.initiator(alice);
        subject.setReadOnly();
        InitiatorTickets tickets = initiator(
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY)));
        try (ServiceTicket ticket = tickets.ticket(target)) {
            assertEquals(alice.principal(), ticket.client().toString());
        }
        assertEquals(0, serviceTickets(subject).size());
    }

    @Test
    void a_platform_credential_that_can_initiate_gives_tickets_outside_its_subject() throws Exception {
        Subject subject = Login.initiator(alice);
        GSSCredential platform = Login.as(subject, () -> GSSManager.getInstance()
                .createCredential(null, 0, GssFraming.KRB5, GSSCredential.INITIATE_ONLY));
        Krb5Credential credential = Krb5Credential.of(platform);
        try (ServiceTicket ticket = initiator(credential).ticket(target);
                OpenedTicket opened = acceptor().open(ticket.ticket())) {
            assertEquals(alice.principal(), opened.encPart().client().toString());
            assertSameKey(ticket, opened);
        }
        assertEquals(0, serviceTickets(subject).size());
        try (ServiceTicket again = initiator(credential).ticket(target)) {
            assertEquals(alice.principal(), again.client().toString());
        }
    }

    @Test
    void a_kdc_that_forwards_nothing_does_not_keep_the_ticket_back() throws Exception {
        Subject subject = Login.initiator(alice); // Kerby does not set the flag that the JDK waits for
        InitiatorTickets tickets = initiator(
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY)));
        try (ServiceTicket ticket = tickets.delegatingTicket(target)) {
            assertNull(ticket.delegation());
            assertEquals(alice.principal(), ticket.client().toString());
        }
    }

    @Test
    void a_ticket_that_runs_out_is_replaced() throws Exception {
        // Its life is shorter than what a ticket must have left to be used again.
        try (EmbeddedKdc kdc = EmbeddedKdc.start(Duration.ofSeconds(25), Enctype.AES256_CTS_HMAC_SHA1_96)) {
            Account shortLived = kdc.account("short/localhost");
            Subject subject = Login.initiator(kdc.account("alice"));
            InitiatorTickets tickets = initiator(
                    Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY)));
            for (int i = 0; i < 3; i++) {
                try (ServiceTicket ticket = tickets.ticket(shortLived.gssName())) {
                    assertEquals(
                            kdc.account("alice").principal(), ticket.client().toString());
                }
                assertEquals(
                        1,
                        subject.getPrivateCredentials(KerberosTicket.class).stream()
                                .filter(ticket -> ticket.getServer().getName().equals(shortLived.principal()))
                                .count());
            }
        }
    }

    @RepeatedTest(3)
    void threads_that_share_a_subject_get_their_own_services_tickets() throws Exception {
        Subject subject = Login.initiator(alice);
        InitiatorTickets tickets = initiator(
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY)));
        List<Account> services = IntStream.range(0, 6)
                .mapToObj(i -> EmbeddedKdc.shared().account("threads" + i + "/localhost"))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<String>> named = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Account account = services.get(i % services.size());
            expected.add(account.principal());
            Callable<String> fetching = () -> {
                try (ServiceTicket ticket = tickets.ticket(account.gssName());
                        OpenedTicket opened = Krb5Credential.fromKeytab(account.keytab(), null)
                                .unwrap(AcceptorKeys.class)
                                .open(ticket.ticket())) {
                    assertSameKey(ticket, opened);
                    return opened.acceptor().toString();
                }
            };
            named.add(threads.submit(fetching));
        }
        for (int i = 0; i < named.size(); i++) {
            assertEquals(expected.get(i), named.get(i).get());
        }
        threads.shutdown();
    }

    @Test
    void an_unknown_service_is_named() throws Exception {
        Subject subject = Login.initiator(alice);
        InitiatorTickets tickets = initiator(
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY)));
        String unknown = "nobody/localhost@" + EmbeddedKdc.shared().realm();
        GSSName name = GSSManager.getInstance().createName(unknown, Names.PRINCIPAL);
        GSSException e = assertThrows(GSSException.class, () -> tickets.ticket(name));
        assertTrue(e.getMessage().contains(unknown), e.getMessage());
    }

    private static InitiatorTickets initiator(GSSCredential credential) throws GSSException {
        return ((Krb5Credential) credential).unwrap(InitiatorTickets.class);
    }

    private static AcceptorKeys acceptor() throws GSSException {
        return Krb5Credential.fromKeytab(service.keytab(), service.principal()).unwrap(AcceptorKeys.class);
    }

    private static List<KerberosTicket> serviceTickets(Subject subject) {
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .filter(ticket -> ticket.getServer().getName().equals(service.principal()))
                .toList();
    }

    private static void assertSameKey(ServiceTicket ticket, OpenedTicket opened) {
        assertEquals(ticket.sessionKey().type(), opened.encPart().key().type());
        ticket.sessionKey()
                .secret()
                .lend(ours -> opened.encPart().key().secret().lend(theirs -> {
                    assertArrayEquals(ours, theirs);
                    return null;
                }));
    }
}
