package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JgssPeerTest {
    private static final byte[] MESSAGE = "over the wire".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTHING = new byte[0];

    @Test
    void jdkWithJdk() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            exchange(kdc, peer, peer);
        }
    }

    @Test
    void flagsAreThoseAskedFor() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account service = kdc.account("peer/localhost");
        ContextRequest request = ContextRequest.of(ContextRequest.Flag.MUTUAL, ContextRequest.Flag.INTEGRITY)
                .withLifetime(300);
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            PeerContext initiator = peer.initiator(kdc.account("alice"), service, request);
            PeerContext acceptor = peer.acceptor(service);
            PeerContext.establish(initiator, acceptor);
            assertEquals(request.flags(), acceptor.facts().flags());
            assertEquals(kdc.account("alice").principal(), acceptor.facts().source());
            assertEquals(service.principal(), acceptor.facts().target());
            assertTrue(acceptor.facts().protectionReady());
        }
    }

    @Test
    @Requires(NativePeer.MIT)
    void delegation() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account service = kdc.account("peer/localhost");
        ContextRequest request = ContextRequest.of(ContextRequest.Flag.MUTUAL, ContextRequest.Flag.DELEGATION);
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            PeerContext initiator = peer.initiator(kdc.account("alice"), service, request);
            PeerContext acceptor = peer.acceptor(service);
            PeerContext.establish(initiator, acceptor);
            assertEquals(kdc.account("alice").principal(), acceptor.delegatedName());
        }
    }

    @Test
    void channelBindings() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account service = kdc.account("peer/localhost");
        ContextRequest request = ContextRequest.full().withBindings("the channel");
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            PeerContext.establish(
                    peer.initiator(kdc.account("alice"), service, request), peer.acceptor(service, "the channel"));
            PeerContext initiator = peer.initiator(kdc.account("alice"), service, request);
            PeerContext acceptor = peer.acceptor(service, "another channel");
            GSSException refused = assertThrows(GSSException.class, () -> PeerContext.establish(initiator, acceptor));
            assertEquals(GSSException.BAD_BINDINGS, refused.getMajor());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Requires(NativePeer.MIT)
    void mitWithJdk(Enctype enctype) throws Exception {
        assumeTrue(enctype.jdkGetsTickets(), "this JDK gets such tickets");
        exchange(MitKdc.shared(), mit(), jdk(), enctype);
        exchange(MitKdc.shared(), jdk(), mit(), enctype);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {"AES.*", "RC4.*"})
    @Requires({NativePeer.MIT, NativePeer.HEIMDAL})
    void heimdalWithMit(Enctype enctype) throws Exception {
        exchange(MitKdc.shared(), heimdal(), mit(), enctype);
        exchange(MitKdc.shared(), mit(), heimdal(), enctype);
    }

    @Test
    @Requires({NativePeer.MIT, NativePeer.HEIMDAL})
    void nativeExportAndImport() throws Exception {
        Account service = MitKdc.shared().account("peer/localhost");
        for (JgssPeer peer : new JgssPeer[] {mit(), heimdal()}) {
            PeerContext initiator = peer.initiator(MitKdc.shared().account("alice"), service, ContextRequest.full());
            PeerContext acceptor = peer.acceptor(service);
            PeerContext.establish(initiator, acceptor);
            assertTrue(acceptor.facts().transferable());
            send(peer.imported(acceptor.export()), initiator);
        }
    }

    @Test
    void theJdkImportsNothing() throws Exception {
        try (JgssPeer peer = JgssPeer.jdk(EmbeddedKdc.shared())) {
            GSSException refused = assertThrows(GSSException.class, () -> peer.imported(new byte[100]));
            assertEquals(GSSException.UNAVAILABLE, refused.getMajor());
        }
    }

    @Test
    void aFailureOfThePeerItselfIsNoGssException() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account unknown = new Account(kdc, "unknown", kdc.account("alice").keytab());
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            IllegalStateException failure = assertThrows(
                    IllegalStateException.class,
                    () -> peer.initiator(unknown, kdc.account("peer/localhost"), ContextRequest.full()));
            assertTrue(failure.getMessage().contains("unknown@"), failure.getMessage());
            // The child goes on.
            exchange(kdc, peer, peer);
        }
    }

    @Test
    void aPeerThatDiesIsReported() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            PeerContext context =
                    peer.initiator(kdc.account("alice"), kdc.account("peer/localhost"), ContextRequest.full());
            peer.handle().destroyForcibly();
            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> context.step(NOTHING));
            assertTrue(failure.getMessage().contains("exit code 137"), failure.getMessage());
        }
    }

    private static JgssPeer jdk;
    private static JgssPeer mit;
    private static JgssPeer heimdal;

    private static JgssPeer jdk() {
        jdk = jdk == null ? JgssPeer.jdk(MitKdc.shared()) : jdk;
        return jdk;
    }

    private static JgssPeer mit() {
        mit = mit == null ? JgssPeer.nativeLibrary(NativePeer.MIT, MitKdc.shared()) : mit;
        return mit;
    }

    private static JgssPeer heimdal() {
        heimdal = heimdal == null ? JgssPeer.nativeLibrary(NativePeer.HEIMDAL, MitKdc.shared()) : heimdal;
        return heimdal;
    }

    @AfterAll
    static void closeAll() {
        for (JgssPeer peer : new JgssPeer[] {jdk, mit, heimdal}) {
            if (peer != null) {
                peer.close();
            }
        }
    }

    private static void exchange(Kdc kdc, JgssPeer initiating, JgssPeer accepting, Enctype... enctypes)
            throws GSSException {
        Account service =
                kdc.account("peer" + (enctypes.length == 0 ? "" : enctypes[0].number()) + "/localhost", enctypes);
        PeerContext initiator = initiating.initiator(kdc.account("alice"), service, ContextRequest.full());
        PeerContext acceptor = accepting.acceptor(service);
        PeerContext.establish(initiator, acceptor);
        assertEquals(ContextRequest.full().flags(), initiator.facts().flags());
        assertEquals(kdc.account("alice").principal(), acceptor.facts().source());
        send(initiator, acceptor);
        send(acceptor, initiator);
        initiator.close();
        acceptor.close();
    }

    private static void send(PeerContext from, PeerContext to) throws GSSException {
        byte[] token = from.wrap(MESSAGE, true);
        Received received = to.unwrap(token);
        assertArrayEquals(MESSAGE, received.message());
        assertTrue(received.confidential() && received.inSequence(), received::toString);
        assertFalse(to.unwrap(from.wrap(MESSAGE, false)).confidential());
        byte[] mic = from.mic(MESSAGE);
        assertTrue(to.verifyMic(mic, MESSAGE).inSequence());
        assertTrue(to.verifyMic(mic, MESSAGE).duplicate());
        from.wrap(NOTHING, true);
        assertTrue(to.unwrap(from.wrap(NOTHING, true)).gap());
        // A new one, since Heimdal looks at the order before it verifies.
        byte[] another = from.mic(MESSAGE);
        GSSException refused = assertThrows(GSSException.class, () -> to.verifyMic(another, NOTHING));
        assertEquals(GSSException.BAD_MIC, refused.getMajor());
    }
}
