package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextFacts;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.JgssPeer;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Received;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A context with a peer that knows nothing of Baton leaves one JVM and lives on in another, between messages that are under
 * way in both directions; nothing is lost, duplicated or reordered.
 *
 * <p>Exporter, importer and peer are three processes. The KDC is MIT's, since it alone issues all these enctypes. rc4-hmac
 * stays with the JDK's peers; with MIT's, a better type takes its place by RFC 4537.
 */
@Requires(NativePeer.MIT)
public class HandoverWithPeersTest {
    private static final boolean ALL = Scale.factor() > 1;
    private static final int CONTEXTS = Scale.times(1, 20);
    private static final int MOVES = 3;
    private static final byte[] NOTHING = {};
    private static final Flag[] FULL = {Flag.MUTUAL, Flag.REPLAY, Flag.SEQUENCE, Flag.CONFIDENTIALITY, Flag.INTEGRITY};

    /** The manager of the Baton JVMs. Keys and claims stand in the folder that {@code baton.home} names. */
    public static final class Managers implements Supplier<GSSManager> {
        @Override
        public GSSManager get() {
            return BatonManager.withDefaults();
        }
    }

    private static MitKdc kdc;
    private static JgssPeer one;
    private static JgssPeer other;
    private static JgssPeer jdk;
    private static JgssPeer mit;

    @BeforeAll
    static void start(@TempDir Path home) {
        kdc = MitKdc.shared();
        one = JgssPeer.managedBy(Managers.class, kdc, "-Dbaton.home=" + home);
        other = JgssPeer.managedBy(Managers.class, kdc, "-Dbaton.home=" + home);
        jdk = JgssPeer.sharedJdk(kdc);
        mit = JgssPeer.shared(NativePeer.MIT, kdc);
    }

    @AfterAll
    static void end() {
        one.close();
        other.close();
    }

    /** All combinations; without scale each value of both. */
    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Enctype enctype : Enctype.values()) {
            if (!enctype.jdkGetsTickets()) {
                continue;
            }
            cases.add(Arguments.of(enctype, ContextRequest.of(FULL)));
            if (ALL || enctype == Enctype.AES256_CTS_HMAC_SHA1_96) {
                cases.add(Arguments.of(enctype, without(Flag.SEQUENCE)));
                cases.add(Arguments.of(enctype, without(Flag.REPLAY)));
                cases.add(Arguments.of(enctype, without(Flag.CONFIDENTIALITY)));
                cases.add(Arguments.of(enctype, ContextRequest.of(Flag.MUTUAL, Flag.CONFIDENTIALITY, Flag.INTEGRITY)));
            }
            if (ALL || enctype == Enctype.AES256_CTS_HMAC_SHA1_96 || enctype == Enctype.RC4_HMAC) {
                cases.add(Arguments.of(enctype, without(Flag.MUTUAL)));
            }
        }
        return cases.stream();
    }

    private static ContextRequest without(Flag flag) {
        return ContextRequest.of(Stream.of(FULL).filter(other -> other != flag).toArray(Flag[]::new));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptor_of_a_jdk_client_moves(Enctype enctype, ContextRequest request) throws Exception {
        acceptorMoves(jdk, enctype, request);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptor_of_an_mit_client_moves(Enctype enctype, ContextRequest request) throws Exception {
        acceptorMoves(mit, enctype, request);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void initiator_to_a_jdk_server_moves(Enctype enctype, ContextRequest request) throws Exception {
        initiatorMoves(jdk, enctype, request);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void initiator_to_an_mit_server_moves(Enctype enctype, ContextRequest request) throws Exception {
        initiatorMoves(mit, enctype, request);
    }

    private static void acceptorMoves(JgssPeer client, Enctype enctype, ContextRequest request) throws Exception {
        Account service = service(enctype);
        for (int i = 0; i < CONTEXTS; i++) {
            PeerContext initiator = client.initiator(kdc.account("alice"), service, request);
            PeerContext acceptor = one.acceptor(service);
            PeerContext.establish(initiator, acceptor);
            new Exchange(initiator, acceptor).run();
        }
    }

    private static void initiatorMoves(JgssPeer server, Enctype enctype, ContextRequest request) throws Exception {
        Account service = service(enctype);
        for (int i = 0; i < CONTEXTS; i++) {
            PeerContext initiator = one.initiator(kdc.account("alice"), service, request);
            PeerContext acceptor = server.acceptor(service);
            PeerContext.establish(initiator, acceptor);
            new Exchange(acceptor, initiator).run();
        }
    }

    private static Account service(Enctype enctype) {
        Account service = kdc.account("handover" + enctype.number() + "/localhost", enctype);
        kdc.sessionEnctypes(service, enctype);
        return service;
    }

    /** Messages to and fro, while the moving end goes from process to process. */
    private static final class Exchange {
        private final PeerContext fixed;
        private final Deque<byte[]> toMoving = new ArrayDeque<>();
        private final Deque<byte[]> toFixed = new ArrayDeque<>();
        private PeerContext moving;
        private int sentToMoving;
        private int sentToFixed;
        private int seenByMoving;
        private int seenByFixed;

        Exchange(PeerContext fixed, PeerContext moving) {
            this.fixed = fixed;
            this.moving = moving;
        }

        void run() throws GSSException {
            send();
            receive();
            byte[] replayed = fixed.wrap(text("fixed", sentToMoving), true);
            moving.unwrap(replayed);
            sentToMoving++;
            seenByMoving++;
            for (int move = 0; move < MOVES; move++) {
                send(); // and under way while the context moves
                move(move % 2 == 0 ? other : one);
                receive();
                expectReplay(replayed);
                send();
                receive();
            }
            fixed.close();
            moving.close();
        }

        private void send() throws GSSException {
            for (boolean confidential : new boolean[] {true, false}) {
                toMoving.add(fixed.wrap(text("fixed", sentToMoving++), confidential));
                toFixed.add(moving.wrap(text("moving", sentToFixed++), confidential));
            }
        }

        private void receive() throws GSSException {
            while (!toMoving.isEmpty()) {
                check(moving.unwrap(toMoving.remove()), text("fixed", seenByMoving++));
            }
            while (!toFixed.isEmpty()) {
                check(fixed.unwrap(toFixed.remove()), text("moving", seenByFixed++));
            }
            byte[] signed = text("signed", sentToFixed);
            check(fixed.verifyMic(moving.mic(signed), signed), NOTHING);
            check(moving.verifyMic(fixed.mic(signed), signed), NOTHING);
        }

        private static void check(Received received, byte[] expected) {
            assertArrayEquals(expected, received.message());
            assertTrue(received.inSequence(), received::toString);
        }

        private void move(JgssPeer to) throws GSSException {
            ContextFacts before = moving.facts();
            byte[] token = moving.export();
            GSSException dead = assertThrows(GSSException.class, () -> moving.wrap(text("dead", 0), true));
            assertEquals(GSSException.NO_CONTEXT, dead.getMajor());
            PeerContext moved = to.imported(token);
            GSSException taken = assertThrows(GSSException.class, () -> to.imported(token));
            assertEquals(GSSException.NO_CONTEXT, taken.getMajor());
            ContextFacts after = moved.facts();
            assertEquals(before.flags(), after.flags());
            assertEquals(before.source(), after.source());
            assertEquals(before.target(), after.target());
            assertTrue(after.protectionReady() && after.transferable() && moved.isEstablished());
            assertTrue(before.lifetime() - after.lifetime() <= 10 && after.lifetime() <= before.lifetime());
            moving = moved;
        }

        private void expectReplay(byte[] replayed) throws GSSException {
            Received again = moving.unwrap(replayed);
            // The JDK's initiator asks for replay detection wherever it asks for sequencing.
            Set<Flag> granted = moving.facts().flags();
            if (granted.contains(Flag.REPLAY)) {
                assertTrue(again.duplicate(), again::toString);
            } else if (granted.contains(Flag.SEQUENCE)) {
                assertTrue(again.unsequenced(), again::toString);
            } else {
                assertFalse(again.duplicate() || again.old(), again::toString);
            }
        }

        private static byte[] text(String sender, int number) {
            return (sender + " " + number).getBytes(StandardCharsets.UTF_8);
        }
    }
}
