package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Received;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With the plain JDK as the peer, in both roles, and a KDC that every machine has. */
class JdkPeerTest {
    private static BatonPeer baton;

    @BeforeAll
    static void make(@TempDir Path keys) {
        baton = new BatonPeer(keys);
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Enctype enctype : List.of(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA1_96)) {
            cases.add(Arguments.of(enctype, ContextRequest.full()));
            for (Flag left : List.of(Flag.MUTUAL, Flag.REPLAY, Flag.SEQUENCE, Flag.CONFIDENTIALITY)) {
                Set<Flag> flags = EnumSet.copyOf(ContextRequest.full().flags());
                flags.remove(left);
                cases.add(Arguments.of(enctype, ContextRequest.of(flags.toArray(Flag[]::new))));
            }
            cases.add(Arguments.of(enctype, ContextRequest.of(Flag.INTEGRITY)));
            cases.add(Arguments.of(enctype, ContextRequest.full().withBindings("a channel")));
        }
        return cases.stream();
    }

    private static Account service(Enctype enctype) {
        return EmbeddedKdc.shared(enctype).account("jdk/localhost");
    }

    private static Account alice(Enctype enctype) {
        return EmbeddedKdc.shared(enctype).account("alice");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void our_acceptor_with_the_jdks_initiator(Enctype enctype, ContextRequest request) throws Exception {
        Account service = service(enctype);
        PeerContext initiator = BatonPeer.jdkInitiator(alice(enctype), service, request);
        BatonPeer.End acceptor = baton.acceptor(service, request.bindings());
        PeerContext.establish(initiator, acceptor.peer());
        assertEquals(initiator.facts().flags(), acceptor.peer().facts().flags());
        assertEquals(
                enctype.number(),
                acceptor.context().details(Krb5Details.class).orElseThrow().encryptionType());
        talkAndMove(acceptor, initiator, service);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void our_initiator_with_the_jdks_acceptor(Enctype enctype, ContextRequest request) throws Exception {
        Account service = service(enctype);
        BatonPeer.End initiator = baton.initiator(alice(enctype), service, request);
        PeerContext acceptor = BatonPeer.jdkAcceptor(service, request.bindings());
        PeerContext.establish(initiator.peer(), acceptor);
        // The JDK takes sequence detection for replay detection too.
        Set<Flag> theirs = EnumSet.copyOf(acceptor.facts().flags());
        assertTrue(theirs.containsAll(initiator.peer().facts().flags()), theirs.toString());
        talkAndMove(initiator, acceptor, service);
    }

    private static void talkAndMove(BatonPeer.End ours, PeerContext theirs, Account service) throws Exception {
        String client = alice(enctypeOf(service)).principal();
        BatonPeer.End moving = ours;
        for (int i = 0; i < 3; i++) {
            assertEquals(client, moving.peer().facts().source());
            assertEquals(service.principal(), moving.peer().facts().target());
            assertTrue(moving.peer().facts().lifetime() > 0);
            talk(moving.peer(), theirs);
            talk(theirs, moving.peer());
            byte[] onItsWay = theirs.wrap(text("on its way"), true);
            moving = baton.move(moving);
            received("on its way", moving.peer().unwrap(onItsWay));
        }
        moving.peer().close();
        theirs.close();
    }

    private static Enctype enctypeOf(Account service) {
        return Stream.of(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA1_96)
                .filter(enctype ->
                        EmbeddedKdc.shared(enctype).realm().equals(service.kdc().realm()))
                .findFirst()
                .orElseThrow();
    }

    private static void talk(PeerContext from, PeerContext to) throws GSSException {
        received("plain", to.unwrap(from.wrap(text("plain"), false)));
        received("encrypted", to.unwrap(from.wrap(text("encrypted"), true)));
        byte[] mic = from.mic(text("signed"));
        Received verified = to.verifyMic(mic, text("signed"));
        assertTrue(verified.inSequence(), verified::toString);
    }

    private static void received(String expected, Received received) {
        assertArrayEquals(text(expected), received.message());
        assertTrue(received.inSequence(), received::toString);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void kerberos_9_different_channel_bindings_do_not_establish() throws Exception {
        Enctype enctype = Enctype.AES256_CTS_HMAC_SHA1_96;
        ContextRequest request = ContextRequest.full().withBindings("a channel");
        PeerContext theirs = BatonPeer.jdkInitiator(alice(enctype), service(enctype), request);
        PeerContext ours = baton.acceptor(service(enctype), "another channel").peer();
        GSSException e = assertThrows(GSSException.class, () -> PeerContext.establish(theirs, ours));
        assertEquals(GSSException.BAD_BINDINGS, e.getMajor());

        PeerContext initiator =
                baton.initiator(alice(enctype), service(enctype), request).peer();
        PeerContext acceptor = BatonPeer.jdkAcceptor(service(enctype), "another channel");
        assertEquals(
                GSSException.BAD_BINDINGS,
                assertThrows(GSSException.class, () -> PeerContext.establish(initiator, acceptor))
                        .getMajor());
    }

    @Test
    void kerberos_7_a_request_of_the_jdk_is_taken_once() throws Exception {
        Enctype enctype = Enctype.AES256_CTS_HMAC_SHA1_96;
        PeerContext theirs = BatonPeer.jdkInitiator(alice(enctype), service(enctype), ContextRequest.full());
        byte[] token = theirs.step(new byte[0]);
        baton.acceptor(service(enctype), "").peer().step(token);
        GSSException e = assertThrows(
                GSSException.class,
                () -> baton.acceptor(service(enctype), "").peer().step(token));
        assertEquals(GSSException.DUPLICATE_TOKEN, e.getMajor());
    }

    @Test
    void the_default_credential_is_the_current_subjects() throws Exception {
        Enctype enctype = Enctype.AES256_CTS_HMAC_SHA1_96;
        PeerContext theirs = BatonPeer.jdkInitiator(alice(enctype), service(enctype), ContextRequest.full());
        byte[] token = theirs.step(new byte[0]);
        byte[] reply = Login.as(
                Login.acceptor(service(enctype)),
                () -> baton.acceptor((GSSCredential) null, "").peer().step(token));
        theirs.step(reply);
        assertTrue(theirs.isEstablished());
    }

    @Test
    void an_acceptor_that_is_bound_to_no_name_answers_to_any_of_its_keytab() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared(Enctype.AES256_CTS_HMAC_SHA1_96);
        Account one = kdc.account("one/localhost");
        Account two = kdc.account("two/localhost");
        GSSCredential credential = Krb5Credential.fromKeytab(kdc.keytab(one, two), null);
        for (Account service : List.of(one, two)) {
            PeerContext theirs = BatonPeer.jdkInitiator(kdc.account("alice"), service, ContextRequest.full());
            BatonPeer.End ours = baton.acceptor(credential, "");
            PeerContext.establish(theirs, ours.peer());
            assertEquals(service.principal(), ours.context().getTargName().toString());
        }
    }
}
