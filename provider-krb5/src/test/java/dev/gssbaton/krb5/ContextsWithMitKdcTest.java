package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.jgss.ExtendedGSSCredential;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.KeytabWriter;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.JgssPeer;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Received;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With MIT's KDC: all encryption types, PACs, delegation, and peers that assert subkeys as acceptors or do not. */
@Requires(NativePeer.MIT)
class ContextsWithMitKdcTest {
    private static final ContextRequest DELEGATING = ContextRequest.of(
            Flag.MUTUAL, Flag.REPLAY, Flag.SEQUENCE, Flag.CONFIDENTIALITY, Flag.INTEGRITY, Flag.DELEGATION);

    private static MitKdc kdc;
    private static Account alice;
    private static BatonPeer baton;
    private static JgssPeer jdk;
    private static JgssPeer jdkWithSubkey;
    private static JgssPeer mit;
    /** Null where Heimdal is not installed. */
    private static JgssPeer heimdal;

    @BeforeAll
    static void start(@TempDir Path keys) {
        kdc = MitKdc.shared();
        alice = kdc.account("alice");
        baton = new BatonPeer(keys);
        jdk = JgssPeer.sharedJdk(kdc);
        jdkWithSubkey = JgssPeer.jdk(kdc, "-Dsun.security.krb5.acceptor.subkey=true");
        mit = JgssPeer.shared(NativePeer.MIT, kdc);
        heimdal = hasHeimdal() ? JgssPeer.shared(NativePeer.HEIMDAL, kdc) : null;
    }

    @AfterAll
    static void end() {
        jdkWithSubkey.close();
    }

    private static Account service(Enctype enctype) {
        Account service = kdc.account("krb5test" + enctype.number() + "/localhost", enctype);
        kdc.sessionEnctypes(service, enctype);
        return service;
    }

    static Stream<Arguments> peersAndTypes() {
        List<Arguments> cases = new ArrayList<>();
        for (Enctype enctype : EnumSet.range(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA384_192)) {
            for (String peer : List.of("jdk", "jdk with subkey", "mit", "heimdal")) {
                if (!peer.equals("heimdal") || hasHeimdal()) {
                    cases.add(Arguments.of(peer, enctype));
                }
            }
        }
        return cases.stream();
    }

    private static boolean hasHeimdal() {
        return NativePeer.HEIMDAL.missing().isEmpty();
    }

    private static JgssPeer peer(String name) {
        return switch (name) {
            case "jdk" -> jdk;
            case "jdk with subkey" -> jdkWithSubkey;
            case "mit" -> mit;
            default -> heimdal;
        };
    }

    @ParameterizedTest
    @MethodSource("peersAndTypes")
    void kerberos_13_an_acceptors_subkey_is_used_if_it_asserts_one(String peer, Enctype enctype) throws Exception {
        Account service = service(enctype);
        BatonPeer.End ours = baton.initiator(alice, service, ContextRequest.full());
        PeerContext theirs = peer(peer).acceptor(service);
        PeerContext.establish(ours.peer(), theirs);
        byte[] token = ours.peer().wrap(text("to it"), true);
        assertEquals(peer.equals("jdk") ? 0 : 4, token[2] & 4, "AcceptorSubkey");
        received("to it", theirs.unwrap(token));
        received("from it", ours.peer().unwrap(theirs.wrap(text("from it"), true)));
        BatonPeer.End moved = baton.move(ours);
        received("moved", theirs.unwrap(moved.peer().wrap(text("moved"), false)));
        theirs.close();
        moved.peer().close();
    }

    /** So that what the KDC chose is not negotiated away. */
    private static AcceptorOptions only(Enctype enctype) {
        return AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(enctype.number()));
    }

    static Stream<Arguments> peersAndServices() {
        Set<Flag> oneWay = EnumSet.copyOf(ContextRequest.full().flags());
        oneWay.remove(Flag.MUTUAL);
        return Stream.of("jdk", "mit", "heimdal")
                .filter(peer -> !peer.equals("heimdal") || hasHeimdal())
                .flatMap(peer -> Stream.of(
                        Arguments.of(peer, ContextRequest.full()),
                        Arguments.of(peer, ContextRequest.of(oneWay.toArray(Flag[]::new)))));
    }

    @ParameterizedTest
    @MethodSource("peersAndServices")
    void rfc4757_contexts_of_rc4_understand_every_peer(String peer, ContextRequest request) throws Exception {
        Account service = service(Enctype.RC4_HMAC);
        boolean mutual = request.flags().contains(Flag.MUTUAL);
        // Heimdal takes the acceptor's first number for another than the initiator's where nobody answers.
        boolean inSequence = mutual || !peer.equals("heimdal");
        boolean tickets = Enctype.RC4_HMAC.jdkGetsTickets();
        assumeTrue(tickets || !peer.equals("jdk"), "this JDK gets such tickets");
        if (tickets) {
            BatonPeer.End initiator = baton.initiator(alice, service, request, only(Enctype.RC4_HMAC));
            PeerContext theirs = peer(peer).acceptor(service);
            PeerContext.establish(initiator.peer(), theirs);
            talk(initiator, theirs, mutual, inSequence);
        }

        BatonPeer.End acceptor = baton.acceptor(service, only(Enctype.RC4_HMAC));
        PeerContext client = peer(peer).initiator(alice, service, request);
        PeerContext.establish(client, acceptor.peer());
        talk(acceptor, client, mutual, inSequence);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "CAMELLIA.*")
    void rfc6803_contexts_of_camellia_understand_mit(Enctype enctype, @TempDir Path folder) throws Exception {
        Account service = service(enctype);
        BatonPeer.End acceptor = baton.acceptor(service, only(enctype));
        PeerContext client = mit.initiator(alice, service, ContextRequest.full());
        PeerContext.establish(client, acceptor.peer());
        assertEquals(
                enctype.number(),
                acceptor.context().details(Krb5Details.class).orElseThrow().encryptionType());
        talk(acceptor, client, true, true);

        // The JDK gets no ticket with such a session key, so this one is made here, for a key that MIT has.
        TestRealm realm = new TestRealm(EncryptionType.of(enctype.number()).orElseThrow());
        byte[] key = realm.serviceKey(TestRealm.KVNO).secret().lend(byte[]::clone);
        Path keytab = Files.write(
                folder.resolve("keytab"),
                KeytabWriter.version2()
                        .entry(TestRealm.SERVICE.toString(), TestRealm.KVNO, enctype.number(), key, 0)
                        .bytes());
        BatonPeer.End initiator = baton.initiator(
                realm.initiatorCredential(realm.ticket()),
                PlatformName.of(TestRealm.SERVICE).name(),
                ContextRequest.full());
        PeerContext server = mit.acceptor(new Account(kdc, "HTTP/www.example.test", keytab));
        PeerContext.establish(initiator.peer(), server);
        assertEquals(
                enctype.number(),
                initiator.context().details(Krb5Details.class).orElseThrow().encryptionType());
        talk(initiator, server, true, true);
    }

    /** Sends every kind of token to and fro, some out of order, and again after a move. */
    private static void talk(BatonPeer.End ours, PeerContext theirs, boolean sealed, boolean sequenced)
            throws Exception {
        BatonPeer.End moving = ours;
        for (int round = 0; round < 2; round++) {
            for (String text : List.of("", "a", "a message of several words", "m".repeat(1000))) {
                for (boolean privacy : List.of(false, sealed)) {
                    byte[] token = moving.peer().wrap(text(text), privacy);
                    Received there = theirs.unwrap(token);
                    assertArrayEquals(text(text), there.message());
                    assertEquals(privacy, there.confidential());
                    Received received = moving.peer().unwrap(theirs.wrap(text(text), privacy));
                    assertArrayEquals(text(text), received.message());
                    assertTrue(received.inSequence() || !sequenced, received::toString);
                }
                assertTrue(theirs.verifyMic(moving.peer().mic(text(text)), text(text))
                        .inSequence());
                Received verified = moving.peer().verifyMic(theirs.mic(text(text)), text(text));
                assertTrue(verified.inSequence() || !sequenced, verified::toString);
            }
            byte[] first = theirs.wrap(text("first"), sealed);
            byte[] second = theirs.wrap(text("second"), sealed);
            assertTrue(moving.peer().unwrap(second).gap());
            moving = baton.move(moving);
            assertTrue(moving.peer().unwrap(first).unsequenced());
            assertTrue(moving.peer().unwrap(second).duplicate());
        }
        theirs.close();
        moving.peer().close();
    }

    @Test
    void rfc4537_an_encryption_type_is_negotiated_with_mit_as_acceptor() throws Exception {
        Account service = service(Enctype.AES128_CTS_HMAC_SHA1_96);
        AcceptorOptions preferring = AcceptorOptions.DEFAULT.withPreferredEncryptionTypes(List.of(18));
        BatonPeer.End ours = baton.initiator(alice, service, ContextRequest.full(), preferring);
        PeerContext theirs = mit.acceptor(service);
        PeerContext.establish(ours.peer(), theirs);
        assertNegotiated(18, ours, theirs);
    }

    @Test
    void rfc4537_an_encryption_type_is_negotiated_with_mit_as_initiator() throws Exception {
        Account service = service(Enctype.AES128_CTS_HMAC_SHA1_96);
        // MIT offers what it prefers to the session key's: 18, and then 17.
        AcceptorOptions preferring = AcceptorOptions.DEFAULT.withPreferredEncryptionTypes(List.of(20, 18));
        BatonPeer.End ours =
                baton.acceptor(Krb5Credential.fromKeytab(service.keytab(), service.principal(), preferring), "");
        PeerContext theirs = mit.initiator(alice, service, ContextRequest.full());
        PeerContext.establish(theirs, ours.peer());
        assertNegotiated(18, ours, theirs);
    }

    private static void assertNegotiated(int etype, BatonPeer.End ours, PeerContext theirs) throws Exception {
        assertEquals(
                etype, ours.context().details(Krb5Details.class).orElseThrow().encryptionType());
        received("to it", theirs.unwrap(ours.peer().wrap(text("to it"), true)));
        received("from it", ours.peer().unwrap(theirs.wrap(text("from it"), false)));
        BatonPeer.End moved = baton.move(ours);
        received("moved", theirs.unwrap(moved.peer().wrap(text("moved"), true)));
        received("back", moved.peer().unwrap(theirs.wrap(text("back"), true)));
        theirs.close();
        moved.peer().close();
    }

    @ParameterizedTest
    @EnumSource(Enctype.class)
    void kerberos_11_the_kdcs_pac_is_verified_and_travels(Enctype enctype) throws Exception {
        Account service = service(enctype);
        // The JDK does not know Camellia.
        PeerContext theirs = mit.initiator(alice, service, ContextRequest.full());
        BatonPeer.End ours = baton.acceptor(service, only(enctype));
        PeerContext.establish(theirs, ours.peer());
        Krb5Details details = ours.context().details(Krb5Details.class).orElseThrow();
        assertEquals(
                List.of(AuthorizationData.AD_IF_RELEVANT),
                details.ticketAuthorizationData().stream()
                        .map(element -> element.type())
                        .toList());
        assertTrue(details.pacVerified());
        assertTrue(details.hasTicketFlag(TicketFlag.PRE_AUTHENT.bitNumber())
                || details.hasTicketFlag(TicketFlag.FORWARDABLE.bitNumber()));
        BatonPeer.End moved = baton.move(ours);
        assertEquals(details, moved.context().details(Krb5Details.class).orElseThrow());
        theirs.close();
        moved.peer().close();
    }

    @ParameterizedTest
    @MethodSource("peersAndTypes")
    void kerberos_10_a_peer_delegates_to_us(String peer, Enctype enctype) throws Exception {
        Account service = service(enctype);
        PeerContext theirs = peer(peer).initiator(alice, service, DELEGATING);
        BatonPeer.End ours = baton.acceptor(service, "");
        PeerContext.establish(theirs, ours.peer());
        // Heimdal 7 sends the credential in clear, against RFC 4121 section 4.1.1.
        assertEquals(!peer.equals("heimdal"), ours.context().getCredDelegState());
        if (peer.equals("heimdal")) {
            return;
        }
        GSSCredential delegated = ours.context().getDelegCred();
        assertEquals(alice.principal(), delegated.getName().toString());
        assertTrue(delegated.getRemainingLifetime() > 0);
        BatonPeer.End moved = baton.move(ours);
        assertFalse(moved.context().getCredDelegState());
        assertEquals(
                GSSException.NO_CRED,
                assertThrows(GSSException.class, () -> moved.context().getDelegCred())
                        .getMajor());
        moved.peer().close();
        theirs.close();
    }

    @Test
    void kerberos_10_a_delegated_credential_initiates_and_is_delegated_again() throws Exception {
        GSSCredential delegated = null;
        for (int hop = 1; hop <= 3; hop++) {
            Account service = kdc.account("hop" + hop + "/localhost");
            BatonPeer.End initiator = delegated == null
                    ? baton.initiator(alice, service, DELEGATING)
                    : baton.initiator(delegated, service.gssName(), DELEGATING);
            BatonPeer.End acceptor = baton.acceptor(service, "");
            PeerContext.establish(initiator.peer(), acceptor.peer());
            assertEquals(alice.principal(), acceptor.context().getSrcName().toString());
            assertTrue(initiator.context().getCredDelegState());
            delegated = acceptor.context().getDelegCred();
            assertSame(delegated, acceptor.context().getDelegCred());
            assertEquals(GSSCredential.INITIATE_ONLY, delegated.getUsage());
            received("hop", acceptor.peer().unwrap(initiator.peer().wrap(text("hop"), true)));
            initiator.peer().close();
            acceptor.peer().close();
            // It is the application's now, and outlives the context.
            assertEquals(alice.principal(), delegated.getName().toString());
        }
        delegated.dispose();
    }

    @Test
    void a_credential_that_impersonates_asks_the_kdc_in_the_clients_name() throws Exception {
        Account front = kdc.account("front/localhost");
        kdc.allowImpersonation(front);
        GSSCredential impersonating = Login.as(Login.both(front), () -> {
            GSSCredential self = GSSManager.getInstance()
                    .createCredential(
                            null, GSSCredential.DEFAULT_LIFETIME, GssFraming.KRB5, GSSCredential.INITIATE_ONLY);
            return assertInstanceOf(ExtendedGSSCredential.class, self).impersonate(alice.gssName());
        });
        assertEquals(
                alice.principal(), Krb5Credential.of(impersonating).getName().toString());
        BatonPeer.End initiator =
                baton.initiator(impersonating, kdc.account("hop1/localhost").gssName(), ContextRequest.full());
        // Only an S4U2proxy request gets this answer: the KDC's database has no such rights to give.
        GSSException e =
                assertThrows(GSSException.class, () -> initiator.context().initSecContext(new byte[0], 0, 0));
        assertTrue(e.getMessage().contains("KDC cannot accommodate requested option (13)"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("peersAndTypes")
    void kerberos_10_we_delegate_to_a_peer(String peer, Enctype enctype) throws Exception {
        Account service = service(enctype);
        BatonPeer.End ours = baton.initiator(alice, service, DELEGATING);
        PeerContext theirs = peer(peer).acceptor(service);
        PeerContext.establish(ours.peer(), theirs);
        assertTrue(ours.context().getCredDelegState());
        assertEquals(alice.principal(), theirs.delegatedName());
        received("after", theirs.unwrap(ours.peer().wrap(text("after"), true)));
        ours.peer().close();
        theirs.close();
    }

    /** They depend on no type: without scale one for each peer. */
    static Stream<Arguments> peersAndTypesOfBindings() {
        return peersAndTypes()
                .filter(each -> Scale.factor() > 1 || each.get()[1] == Enctype.AES256_CTS_HMAC_SHA384_192);
    }

    @ParameterizedTest
    @MethodSource("peersAndTypesOfBindings")
    void kerberos_9_channel_bindings_are_those_of_the_peers(String peer, Enctype enctype) throws Exception {
        Account service = service(enctype);
        ContextRequest bound = ContextRequest.full().withBindings("a channel");
        PeerContext ours = baton.acceptor(service, "a channel").peer();
        PeerContext theirs = peer(peer).initiator(alice, service, bound);
        PeerContext.establish(theirs, ours);
        ours.close();
        theirs.close();
        PeerContext initiator = baton.initiator(alice, service, bound).peer();
        PeerContext acceptor = peer(peer).acceptor(service, "a channel");
        PeerContext.establish(initiator, acceptor);
        initiator.close();
        acceptor.close();
        PeerContext other = baton.acceptor(service, "another channel").peer();
        PeerContext refused = peer(peer).initiator(alice, service, bound);
        assertEquals(
                GSSException.BAD_BINDINGS,
                assertThrows(GSSException.class, () -> PeerContext.establish(refused, other))
                        .getMajor());
    }

    @Test
    void kerberos_2_a_ticket_of_an_older_key_is_taken_after_a_rotation() throws Exception {
        Account service = kdc.account("rotated/localhost", Enctype.AES256_CTS_HMAC_SHA1_96);
        PeerContext old = jdk.initiator(alice, service, ContextRequest.full());
        byte[] token = old.step(new byte[0]);
        Account renewed = kdc.renewKeys(service);
        PeerContext ours = baton.acceptor(renewed, "").peer();
        old.step(ours.step(token));
        assertTrue(old.isEstablished());
        GSSException e = assertThrows(GSSException.class, () -> {
            PeerContext fresh = jdkWithSubkey.initiator(alice, service, ContextRequest.full());
            baton.acceptor(service, "").peer().step(fresh.step(new byte[0]));
        });
        assertTrue(e.getMessage().contains("key version"), e.getMessage());
    }

    private static void received(String expected, Received received) {
        assertArrayEquals(text(expected), received.message());
        assertTrue(received.inSequence(), received::toString);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
