package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.AcceptorOptions.Announcement;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.MitContext;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.MitProgram;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.spi.PrfKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What MIT's library does, and the JDK's native bridge has no call for. */
@Requires({NativePeer.MIT, NativePeer.C_COMPILER})
class MitProgramTest {
    /** GSS_C_MUTUAL_FLAG, GSS_C_REPLAY_FLAG, GSS_C_SEQUENCE_FLAG, GSS_C_CONF_FLAG, GSS_C_INTEG_FLAG. */
    private static final int USUAL = 2 | 4 | 8 | 16 | 32;

    private static final int MUTUAL = 2;
    private static final int CHANNEL_BOUND = 0x800;
    private static final int DCE_STYLE = 0x1000;
    private static final byte[] INPUT = text("a purpose");
    private static final byte[] NOTHING = {};

    private static MitKdc kdc;
    private static Account alice;
    private static BatonPeer baton;
    private static MitProgram mit;

    @BeforeAll
    static void start(@TempDir Path keys) {
        kdc = MitKdc.shared();
        alice = kdc.account("alice");
        baton = new BatonPeer(keys);
        mit = new MitProgram(kdc);
    }

    @AfterAll
    static void end() {
        mit.close();
    }

    private static Account service(Enctype enctype) {
        return kdc.account("program" + enctype.number() + "/localhost", enctype);
    }

    private static AcceptorOptions only(Enctype enctype) {
        return AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(Set.of(enctype.number()));
    }

    @ParameterizedTest
    @EnumSource
    void kerberos_14_an_initiator_of_dce_style_is_answered_and_answers(Enctype enctype) throws Exception {
        BatonContext acceptor = baton.acceptor(service(enctype), only(enctype)).context();
        try (MitContext initiator = mit.initiator(alice, service(enctype), USUAL | DCE_STYLE, "")) {
            byte[] reply = accept(acceptor, initiator.step(NOTHING));
            assertFalse(acceptor.isEstablished());
            byte[] third = initiator.step(reply);
            assertTrue(initiator.isEstablished() && third.length > 0);
            assertEquals(DCE_STYLE, initiator.flags() & DCE_STYLE);
            assertEquals(0, accept(acceptor, third).length);
            assertAgreed(enctype, acceptor, initiator);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rfc4401_2_pseudo_random_octets_are_those_of_mits_initiator(Enctype enctype) throws Exception {
        for (int flags : new int[] {USUAL, USUAL & ~MUTUAL}) {
            BatonContext acceptor =
                    baton.acceptor(service(enctype), only(enctype)).context();
            try (MitContext initiator = mit.initiator(alice, service(enctype), flags, "")) {
                byte[] reply = accept(acceptor, initiator.step(NOTHING));
                if ((flags & MUTUAL) != 0) {
                    initiator.step(reply);
                }
                assertAgreed(enctype, acceptor, initiator);
            }
        }
    }

    static Stream<Enctype> typesOfTickets() {
        return Stream.of(Enctype.values()).filter(Enctype::jdkGetsTickets);
    }

    @ParameterizedTest
    @MethodSource("typesOfTickets")
    void rfc4401_2_pseudo_random_octets_are_those_of_mits_acceptor(Enctype enctype) throws Exception {
        BatonPeer.End initiator = baton.initiator(alice, service(enctype), ContextRequest.full(), only(enctype));
        try (MitContext acceptor = mit.acceptor(service(enctype), "")) {
            byte[] reply = acceptor.step(initiator.peer().step(NOTHING));
            assertTrue(acceptor.isEstablished());
            initiator.peer().step(reply);
            assertAgreed(enctype, initiator.context(), acceptor);
        }
    }

    /** Both compute the same, before a move and after it, and understand each other. */
    private static void assertAgreed(Enctype enctype, BatonContext ours, MitContext theirs) throws Exception {
        assertTrue(ours.isEstablished());
        assertEquals(
                enctype.number(), ours.details(Krb5Details.class).orElseThrow().encryptionType());
        BatonPeer.End moved = baton.move(new BatonPeer.End(ours, null));
        BatonContext context = moved.context();
        for (int length : new int[] {1, 16, 100}) {
            assertArrayEquals(theirs.pseudoRandomFull(INPUT, length), context.pseudoRandom(PrfKey.FULL, INPUT, length));
            assertArrayEquals(
                    theirs.pseudoRandomPartial(INPUT, length), context.pseudoRandom(PrfKey.PARTIAL, INPUT, length));
        }
        boolean sealed = context.getConfState();
        byte[] token = context.wrap(INPUT, 0, INPUT.length, new MessageProp(sealed));
        assertArrayEquals(INPUT, theirs.unwrap(token));
        if (sealed) {
            byte[] answer = theirs.wrap(INPUT);
            assertArrayEquals(INPUT, context.unwrap(answer, 0, answer.length, new MessageProp(false)));
        }
        context.dispose();
    }

    /** An initiator that knows of channel bindings, and has none, is not beyond the channel that this acceptor is bound to. */
    @Test
    void kerberos_9_the_flag_of_mits_initiator_is_obeyed() throws Exception {
        Account service = service(Enctype.AES256_CTS_HMAC_SHA1_96);
        try (MitProgram aware = new MitProgram(kdc, "client_aware_channel_bindings = true")) {
            for (MitProgram program : new MitProgram[] {mit, aware}) {
                for (String bindings : new String[] {"", "a channel", "another"}) {
                    BatonContext acceptor = boundAcceptor(service);
                    try (MitContext initiator = program.initiator(alice, service, USUAL, bindings)) {
                        byte[] request = initiator.step(NOTHING);
                        boolean taken = bindings.equals("a channel") || (bindings.isEmpty() && program == mit);
                        if (taken) {
                            initiator.step(accept(acceptor, request));
                            assertTrue(initiator.isEstablished());
                        } else {
                            GSSException e = assertThrows(GSSException.class, () -> accept(acceptor, request));
                            assertEquals(GSSException.BAD_BINDINGS, e.getMajor(), bindings);
                        }
                        acceptor.dispose();
                    }
                }
            }
        }
    }

    private static BatonContext boundAcceptor(Account service) throws Exception {
        AcceptorOptions options = AcceptorOptions.DEFAULT.allowing(Relaxation.ABSENT_CHANNEL_BINDINGS);
        BatonContext acceptor = baton.acceptor(
                        Krb5Credential.fromKeytab(service.keytab(), service.principal(), options), "")
                .context();
        acceptor.setChannelBinding(new ChannelBinding(text("a channel")));
        return acceptor;
    }

    @Test
    void kerberos_9_mits_acceptor_says_that_it_is_bound_to_our_channel() throws Exception {
        Account service = service(Enctype.AES256_CTS_HMAC_SHA1_96);
        String channel = "tls-unique:a channel";
        for (String bindings : new String[] {"", channel, "tls-unique:another"}) {
            BatonPeer.End initiator = baton.initiator(
                    alice,
                    service,
                    bindings.isEmpty()
                            ? ContextRequest.full()
                            : ContextRequest.full().withBindings(bindings));
            try (MitContext acceptor = mit.acceptor(service, channel)) {
                byte[] request = initiator.peer().step(NOTHING);
                if (bindings.equals("tls-unique:another")) {
                    assertEquals(
                            GSSException.BAD_BINDINGS,
                            assertThrows(GSSException.class, () -> acceptor.step(request))
                                    .getMajor());
                    continue;
                }
                initiator.peer().step(acceptor.step(request));
                assertEquals(bindings.isEmpty() ? 0 : CHANNEL_BOUND, acceptor.flags() & CHANNEL_BOUND);
            }
            initiator.context().dispose();
        }
    }

    /** What MIT's acceptor makes of the flag: it takes an initiator without bindings unless that knows of them. */
    @Test
    void kerberos_9_mits_acceptor_obeys_our_flag() throws Exception {
        Account service = service(Enctype.AES256_CTS_HMAC_SHA1_96);
        AcceptorOptions announcing = AcceptorOptions.DEFAULT
                .withPreferredEncryptionTypes(List.of(20))
                .announcing(Announcement.CHANNEL_BINDINGS);
        for (AcceptorOptions options : List.of(AcceptorOptions.DEFAULT, announcing)) {
            for (String bindings : List.of("", "tls-unique:a channel")) {
                ContextRequest request = bindings.isEmpty()
                        ? ContextRequest.full()
                        : ContextRequest.full().withBindings(bindings);
                BatonPeer.End initiator = baton.initiator(alice, service, request, options);
                try (MitContext acceptor = mit.acceptor(service, "tls-unique:a channel")) {
                    byte[] token = initiator.peer().step(NOTHING);
                    if (bindings.isEmpty() && options.announces(Announcement.CHANNEL_BINDINGS)) {
                        assertEquals(
                                GSSException.BAD_BINDINGS,
                                assertThrows(GSSException.class, () -> acceptor.step(token))
                                        .getMajor());
                    } else {
                        initiator.peer().step(acceptor.step(token));
                        assertTrue(acceptor.isEstablished());
                    }
                }
                initiator.context().dispose();
            }
        }
    }

    private static byte[] accept(BatonContext acceptor, byte[] token) throws GSSException {
        byte[] reply = acceptor.acceptSecContext(token, 0, token.length);
        return reply == null ? NOTHING : reply;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
