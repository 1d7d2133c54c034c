package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.KrbCredInfo;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.krb5.ticket.DelegatedTicket;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import dev.gssbaton.krb5.ticket.ServiceTicket;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forwarded tickets: lifted out of the JDK's first token, and taken in as kerberos.md's check 10 has it. */
@Requires(NativePeer.MIT)
class DelegationTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static ServiceTicket sent;
    private static GSSName target;

    @BeforeAll
    static void delegate() throws Exception {
        Account service = MitKdc.shared().account("delegation/localhost");
        target = service.gssName();
        sent = delegate(target);
        assertNotNull(sent.delegation());
    }

    @AfterAll
    static void close() {
        sent.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_forwarded_ticket_is_one_that_the_platform_takes(Enctype enctype) throws Exception {
        assumeTrue(enctype.jdkGetsTickets(), "this JDK gets such tickets");
        GSSName name = MitKdc.shared()
                .account("delegation" + enctype.number() + "/localhost", enctype)
                .gssName();
        try (ServiceTicket ticket = delegate(name)) {
            assertEquals(enctype.number(), ticket.sessionKey().type().number());
            GSSCredential credential;
            try (DelegatedTicket delegated =
                    receive(ticket.delegation(), ticket).orElseThrow()) {
                assertTrue(delegated.info().flags().has(TicketFlag.FORWARDED));
                assertTrue(delegated.info().client().matches(ticket.client()));
                credential = delegated.toCredential();
            }
            assertEquals(ticket.client().toString(), credential.getName().toString());
            GSSContext context = GSSManager.getInstance().createContext(name, GssFraming.KRB5, credential, 0);
            assertTrue(context.initSecContext(new byte[0], 0, 0).length > 0);
            InitiatorTickets onBehalf = Krb5Credential.of(credential).unwrap(InitiatorTickets.class);
            try (ServiceTicket again = onBehalf.ticket(target)) {
                assertTrue(again.client().matches(ticket.client()));
            }
        }
    }

    @Test
    void each_delegation_forwards_a_new_ticket_and_the_subject_does_not_grow() throws Exception {
        Subject subject = Login.initiator(MitKdc.shared().account("alice"));
        Krb5Credential credential =
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        InitiatorTickets tickets = credential.unwrap(InitiatorTickets.class);
        int held = 0;
        Octets before = null;
        for (int i = 0; i < 3; i++) {
            try (ServiceTicket ticket = tickets.delegatingTicket(target)) {
                assertNotEquals(before, ticket.delegation());
                before = ticket.delegation();
            }
            held = i == 0 ? subject.getPrivateCredentials().size() : held;
            assertEquals(held, subject.getPrivateCredentials().size());
        }
    }

    @Test
    void another_clients_ticket_is_not_taken() throws Exception {
        assertTrue(DelegatedTicket.receive(
                        sent.delegation(),
                        sent.sessionKey(),
                        null,
                        sent.ticket().service())
                .isEmpty());
    }

    @Test
    void a_ticket_under_the_subkey_is_taken() throws Exception {
        try (EncryptionKey subkey = EncryptionKey.generate(EncryptionType.AES128_CTS_HMAC_SHA256_128, RANDOM);
                EncKrbCredPart part = part()) {
            Octets resealed = resealed(subkey, part, tickets());
            assertTrue(DelegatedTicket.receive(resealed, sent.sessionKey(), null, sent.client())
                    .isEmpty());
            try (DelegatedTicket taken = DelegatedTicket.receive(resealed, sent.sessionKey(), subkey, sent.client())
                    .orElseThrow()) {
                assertTrue(taken.info().client().matches(sent.client()));
            }
        }
    }

    @Test
    void a_ticket_in_clear_is_not_taken() throws Exception {
        try (EncKrbCredPart part = part()) {
            EncryptedData clear = new EncryptedData(0, OptionalLong.empty(), Octets.of(part.encode()));
            assertTrue(receive(Octets.of(new KrbCred(tickets(), clear).encode()), sent)
                    .isEmpty());
        }
    }

    @Test
    void two_tickets_or_none_are_not_taken() throws Exception {
        try (EncKrbCredPart part = part()) {
            KrbCredInfo info = part.ticketInfo().get(0);
            EncKrbCredPart two = new EncKrbCredPart(
                    List.of(info, info), OptionalLong.empty(), null, OptionalInt.empty(), null, null);
            assertTrue(receive(
                            resealed(
                                    sent.sessionKey(),
                                    two,
                                    Collections.nCopies(2, tickets().get(0))),
                            sent)
                    .isEmpty());
            EncKrbCredPart none =
                    new EncKrbCredPart(List.of(), OptionalLong.empty(), null, OptionalInt.empty(), null, null);
            assertTrue(
                    receive(resealed(sent.sessionKey(), none, List.of()), sent).isEmpty());
            assertTrue(
                    receive(resealed(sent.sessionKey(), part, List.of()), sent).isEmpty());
        }
    }

    @Test
    void a_service_ticket_is_not_taken() throws Exception {
        try (EncKrbCredPart part = part()) {
            assertTrue(receive(resealed(sent.sessionKey(), part, List.of(sent.ticket())), sent)
                    .isEmpty());
        }
    }

    @Test
    void a_ticket_that_names_no_client_is_not_taken() throws Exception {
        try (EncKrbCredPart part = part()) {
            KrbCredInfo known = part.ticketInfo().get(0);
            KrbCredInfo nobody = new KrbCredInfo(
                    known.key().copy(),
                    null,
                    null,
                    known.flags(),
                    known.authTime(),
                    known.startTime(),
                    known.endTime(),
                    known.renewTill(),
                    null,
                    null,
                    List.<HostAddress>of());
            EncKrbCredPart unnamed =
                    new EncKrbCredPart(List.of(nobody), OptionalLong.empty(), null, OptionalInt.empty(), null, null);
            assertTrue(receive(resealed(sent.sessionKey(), unnamed, tickets()), sent)
                    .isEmpty());
        }
    }

    @Test
    void a_changed_ciphertext_is_not_taken() throws Exception {
        byte[] changed = sent.delegation().toBytes();
        changed[changed.length - 1] ^= 1;
        assertTrue(receive(Octets.of(changed), sent).isEmpty());
    }

    @Test
    void a_malformed_message_is_refused() {
        byte[] cut = sent.delegation().toBytes();
        cut[0] ^= 1;
        assertThrows(MalformedMessageException.class, () -> receive(Octets.of(cut), sent));
    }

    private static ServiceTicket delegate(GSSName name) throws Exception {
        Subject subject = Login.initiator(MitKdc.shared().account("alice"));
        Krb5Credential credential =
                Login.as(subject, () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        return credential.unwrap(InitiatorTickets.class).delegatingTicket(name);
    }

    private static Optional<DelegatedTicket> receive(Octets delegation, ServiceTicket ticket) throws Exception {
        Principal client = ticket.client();
        return DelegatedTicket.receive(delegation, ticket.sessionKey(), null, client);
    }

    private static KrbCred message() throws Exception {
        byte[] encoded = sent.delegation().toBytes();
        return KrbCred.decode(encoded, 0, encoded.length);
    }

    private static List<Ticket> tickets() throws Exception {
        return message().tickets();
    }

    private static EncKrbCredPart part() throws Exception {
        return message().encPart().open(sent.sessionKey(), KrbCred.KEY_USAGE, EncKrbCredPart::decode);
    }

    private static Octets resealed(EncryptionKey key, EncKrbCredPart part, List<Ticket> tickets) {
        EncryptedData encPart = EncryptedData.seal(key, KrbCred.KEY_USAGE, part.encode(), RANDOM);
        return Octets.of(new KrbCred(tickets, encPart).encode());
    }
}
