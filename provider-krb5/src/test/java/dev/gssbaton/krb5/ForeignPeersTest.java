package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.UnsealedOptions;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextFacts;
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
import dev.gssbaton.seal.AccountKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A context goes from this JVM to MIT krb5 or Heimdal, from there to here, and from one library to the other by way of this
 * JVM, in the tokens of those libraries, while messages are under way in both directions. The libraries are the real ones, each
 * in a JVM of its own; the other end of the context is MIT's or the JDK's and notices nothing.
 */
@Requires({NativePeer.MIT, NativePeer.HEIMDAL})
class ForeignPeersTest {
    private static final boolean ALL = Scale.factor() > 1;

    /** Where a context lives, by whose token it comes and goes. */
    enum Place {
        JAVA,
        MIT,
        HEIMDAL;

        private String format() {
            return this == MIT ? "mit" : "heimdal-7";
        }
    }

    /** What happened before the first move. */
    enum Stage {
        FRESH,
        USED
    }

    private static MitKdc kdc;
    private static JgssPeer mit;
    private static JgssPeer heimdal;
    private static JgssPeer jdk;
    private static Path home;
    /** Whose replay cache is older than every initiator here. */
    private static BatonManager establishing;

    @BeforeAll
    static void start(@TempDir Path folder) {
        home = folder;
        establishing = manager();
        kdc = MitKdc.shared();
        mit = JgssPeer.nativeLibrary(NativePeer.MIT, kdc);
        heimdal = JgssPeer.nativeLibrary(NativePeer.HEIMDAL, kdc);
        jdk = JgssPeer.sharedJdk(kdc);
    }

    @AfterAll
    static void end() {
        mit.close();
        heimdal.close();
    }

    private static BatonManager manager() {
        return BatonManager.builder()
                .keys(AccountKeys.in(home))
                .claims(new ProcessClaims(new SecureRandom(), Clock.systemUTC()))
                .allowUnsealedImport("mit")
                .allowUnsealedImport("heimdal-7")
                .build();
    }

    /** Permits the service's own type alone, so that no better one is agreed on. */
    private static AcceptorOptions only(Account service) {
        String name = service.name();
        return AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(
                Set.of(Integer.valueOf(name.substring("foreign".length(), name.indexOf('/')))));
    }

    private static final List<List<Place>> ROUTES = List.of(
            List.of(Place.JAVA, Place.MIT),
            List.of(Place.MIT, Place.JAVA),
            List.of(Place.JAVA, Place.HEIMDAL),
            List.of(Place.HEIMDAL, Place.JAVA),
            List.of(Place.MIT, Place.JAVA, Place.HEIMDAL),
            List.of(Place.HEIMDAL, Place.JAVA, Place.MIT));

    private static final List<ContextRequest> REQUESTS = List.of(
            ContextRequest.full(),
            without(Flag.MUTUAL),
            without(Flag.SEQUENCE),
            without(Flag.REPLAY),
            ContextRequest.of(Flag.MUTUAL, Flag.CONFIDENTIALITY, Flag.INTEGRITY));

    private static ContextRequest without(Flag flag) {
        return ContextRequest.of(ContextRequest.full().flags().stream()
                .filter(other -> other != flag)
                .toArray(Flag[]::new));
    }

    /** All combinations; without scale each value of each, in every route. */
    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (List<Place> route : ROUTES) {
            for (Enctype enctype : EnumSet.range(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA384_192)) {
                for (ContextRequest request : REQUESTS) {
                    for (Stage stage : Stage.values()) {
                        boolean usual = request.equals(REQUESTS.get(0)) && stage == Stage.USED;
                        boolean one = enctype == Enctype.AES256_CTS_HMAC_SHA1_96;
                        if (ALL || usual || (one && (request.equals(REQUESTS.get(0)) || stage == Stage.USED))) {
                            cases.add(Arguments.of(route, enctype, request, stage));
                        }
                    }
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptor_moves(List<Place> route, Enctype enctype, ContextRequest request, Stage stage) throws Exception {
        Account service = service(enctype);
        PeerContext initiator = mit.initiator(kdc.account("alice"), service, request);
        Moving acceptor = Moving.acceptor(route.get(0), service);
        PeerContext.establish(initiator, acceptor.end);
        new Exchange(initiator, acceptor, false).run(route, stage);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void initiator_moves(List<Place> route, Enctype enctype, ContextRequest request, Stage stage) throws Exception {
        initiatorMoves(mit, route, enctype, request, stage);
    }

    /** Which Heimdal does not have, and the JDK, which gets a Baton initiator's ticket, neither. */
    @ParameterizedTest
    @EnumSource(names = {"CAMELLIA128_CTS_CMAC", "CAMELLIA256_CTS_CMAC"})
    void camellia_moves_to_mit_and_back(Enctype enctype) throws Exception {
        List<Place> there = List.of(Place.JAVA, Place.MIT);
        List<Place> back = List.of(Place.MIT, Place.JAVA);
        for (Stage stage : Stage.values()) {
            acceptor_moves(there, enctype, ContextRequest.full(), stage);
            acceptor_moves(back, enctype, ContextRequest.full(), stage);
            initiator_moves(back, enctype, ContextRequest.full(), stage);
        }
    }

    /** With the application's consent, since both copies would have one keystream. */
    @ParameterizedTest
    @EnumSource
    void rc4_moves_to_mit_and_back(Stage stage) throws Exception {
        List<Place> there = List.of(Place.JAVA, Place.MIT);
        List<Place> back = List.of(Place.MIT, Place.JAVA);
        acceptor_moves(there, Enctype.RC4_HMAC, ContextRequest.full(), stage);
        if (Enctype.RC4_HMAC.jdkGetsTickets()) {
            initiator_moves(there, Enctype.RC4_HMAC, ContextRequest.full(), stage);
            initiatorMoves(jdk, back, Enctype.RC4_HMAC, ContextRequest.full(), stage);
        }
        // Two of MIT's agree on a better type by RFC 4537.
        acceptor_moves(back, Enctype.RC4_HMAC, ContextRequest.full(), stage);
        initiator_moves(back, Enctype.RC4_HMAC, ContextRequest.full(), stage);
    }

    /** With mutual authentication, since without it no acceptor asserts one. */
    static Stream<Arguments> mutualCases() {
        return cases().filter(each -> ALL
                ? ((ContextRequest) each.get()[2]).flags().contains(Flag.MUTUAL)
                : each.get()[2].equals(ContextRequest.full()));
    }

    /** The JDK's acceptor asserts no subkey. */
    @ParameterizedTest
    @MethodSource("mutualCases")
    void initiator_without_acceptor_subkey_moves(
            List<Place> route, Enctype enctype, ContextRequest request, Stage stage) throws Exception {
        initiatorMoves(jdk, route, enctype, request, stage);
    }

    private static void initiatorMoves(
            JgssPeer accepting, List<Place> route, Enctype enctype, ContextRequest request, Stage stage)
            throws Exception {
        Account service = service(enctype);
        Moving initiator = Moving.initiator(route.get(0), service, request);
        PeerContext acceptor = accepting.acceptor(service);
        PeerContext.establish(initiator.end, acceptor);
        // Heimdal's initiator does not know with which number an acceptor begins that does not answer.
        boolean firstIsGap = route.get(0) == Place.HEIMDAL
                && !request.flags().contains(Flag.MUTUAL)
                && request.flags().contains(Flag.SEQUENCE);
        new Exchange(acceptor, initiator, firstIsGap).run(route, stage);
    }

    private static Account service(Enctype enctype) {
        Account service = kdc.account("foreign" + enctype.number() + "/localhost", enctype);
        kdc.sessionEnctypes(service, enctype);
        return service;
    }

    /** The end that moves: in this JVM, or in a library's. */
    private record Moving(Place place, PeerContext end, BatonContext baton) {
        static Moving acceptor(Place place, Account service) throws Exception {
            return place != Place.JAVA
                    ? new Moving(place, peer(place).acceptor(service), null)
                    : of(establishing.createContext(
                            Krb5Credential.fromKeytab(service.keytab(), service.principal(), only(service))));
        }

        static Moving initiator(Place place, Account service, ContextRequest request) throws Exception {
            Account alice = kdc.account("alice");
            if (place != Place.JAVA) {
                return new Moving(place, peer(place).initiator(alice, service, request), null);
            }
            GSSCredential credential = Login.as(
                    Login.initiator(alice),
                    () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY, only(service)));
            BatonContext context = establishing.createContext(
                    service.gssName(), GssFraming.KRB5, credential, GSSContext.DEFAULT_LIFETIME);
            context.requestMutualAuth(request.flags().contains(Flag.MUTUAL));
            context.requestReplayDet(request.flags().contains(Flag.REPLAY));
            context.requestSequenceDet(request.flags().contains(Flag.SEQUENCE));
            return new Moving(place, PeerContext.of(context, null), context);
        }

        private static Moving of(BatonContext context) {
            return new Moving(Place.JAVA, PeerContext.of(context, null), context);
        }

        private static JgssPeer peer(Place place) {
            return place == Place.MIT ? mit : heimdal;
        }

        /** Imports a token, in Java by a manager that has claimed nothing yet. */
        static Moving imported(Place place, byte[] token) throws GSSException {
            return place == Place.JAVA
                    ? of(manager().createContext(token))
                    : new Moving(place, peer(place).imported(token), null);
        }

        byte[] export(Place to) throws GSSException {
            return place == Place.JAVA
                    ? baton.exportUnsealed(UnsealedOptions.of(to.format()).consentToSharedKeystream())
                            .octets()
                    : end.export();
        }
    }

    /** A message on its way, or a MIC of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(String text, byte[] token, boolean isMic) {
        byte[] message() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Messages to and fro, while the moving end goes from place to place. */
    private static final class Exchange {
        private final PeerContext fixed;
        private final Deque<Sent> toMoving = new ArrayDeque<>();
        private final Deque<Sent> toFixed = new ArrayDeque<>();
        private final List<byte[]> seenByMoving = new ArrayList<>();
        private Moving moving;
        private Set<Flag> granted;
        private boolean firstIsGap;
        private int number;

        Exchange(PeerContext fixed, Moving moving, boolean firstIsGap) throws GSSException {
            this.fixed = fixed;
            this.moving = moving;
            this.granted = moving.end.facts().flags();
            this.firstIsGap = firstIsGap;
        }

        void run(List<Place> route, Stage stage) throws GSSException {
            byte[] late = null;
            if (stage == Stage.USED) {
                send();
                receive();
                late = overtaken();
                send(); // and under way while the context moves
            }
            for (Place to : route.subList(1, route.size())) {
                move(to);
                expectNothingNew();
                receive();
                if (late != null) {
                    expectLate(late);
                }
                send();
                receive();
                expectNothingNew();
                late = overtaken();
                send(); // and under way again
            }
            receive();
            expectLate(late);
            expectNothingNew();
            fixed.close();
            moving.end.close();
        }

        private void send() throws GSSException {
            for (boolean confidential : new boolean[] {true, false}) {
                String there = "message " + number++;
                toMoving.add(new Sent(there, fixed.wrap(bytes(there), confidential), false));
                String back = "message " + number++;
                toFixed.add(new Sent(back, moving.end.wrap(bytes(back), confidential), false));
            }
        }

        private void receive() throws GSSException {
            while (!toMoving.isEmpty()) {
                Sent sent = toMoving.remove();
                Received received = moving.end.unwrap(sent.token);
                seenByMoving.add(sent.token);
                if (firstIsGap) {
                    assertTrue(received.gap(), received::toString);
                    firstIsGap = false;
                } else {
                    assertTrue(received.inSequence(), received::toString);
                    assertArrayEquals(sent.message(), received.message());
                }
            }
            while (!toFixed.isEmpty()) {
                Sent sent = toFixed.remove();
                Received received = sent.isMic ? fixed.verifyMic(sent.token, sent.message()) : fixed.unwrap(sent.token);
                assertTrue(received.inSequence(), received::toString);
            }
        }

        private void move(Place to) throws GSSException {
            ContextFacts before = moving.end.facts();
            Place from = moving.place;
            byte[] token = moving.export(to);
            moving = Moving.imported(to, token);
            ContextFacts after = moving.end.facts();
            assertEquals(before.source(), after.source());
            assertEquals(before.target(), after.target());
            for (Flag flag : List.of(Flag.MUTUAL, Flag.REPLAY, Flag.SEQUENCE)) {
                assertEquals(before.flags().contains(flag), after.flags().contains(flag), flag::name);
            }
            // An acceptor of MIT's and of ours goes on by the clock skew, and Heimdal's does not.
            assertEquals(before.lifetime(), after.lifetime(), 300 + 60);
            // What the end that exported goes on with, if it imports its own token.
            String text = "message " + number++;
            byte[] mic = moving.end.mic(bytes(text));
            assertArrayEquals(Moving.imported(from, token).end.mic(bytes(text)), mic, "the MIC is the original's");
            toFixed.add(new Sent(text, mic, true));
        }

        /** Of all that was seen before, nothing is in order or a gap; with replay detection nothing is merely late. */
        private void expectNothingNew() throws GSSException {
            for (byte[] token : seenByMoving) {
                try {
                    Received again = moving.end.unwrap(token);
                    if (granted.contains(Flag.REPLAY)) {
                        assertTrue(again.duplicate() || again.old(), again::toString);
                    } else if (granted.contains(Flag.SEQUENCE)) {
                        assertTrue(again.duplicate() || again.old() || again.unsequenced(), again::toString);
                    }
                } catch (GSSException e) {
                    assertRefusedByHeimdal(e);
                }
            }
        }

        /** Sends a message that another overtakes; the second one arrives as a gap. */
        private byte[] overtaken() throws GSSException {
            byte[] late = fixed.wrap(bytes("late"), true);
            byte[] next = fixed.wrap(bytes("next"), true);
            Received received = moving.end.unwrap(next);
            seenByMoving.add(next);
            assertEquals(granted.contains(Flag.SEQUENCE), received.gap(), received::toString);
            firstIsGap = false;
            return late;
        }

        private void expectLate(byte[] late) throws GSSException {
            try {
                Received received = moving.end.unwrap(late);
                seenByMoving.add(late);
                assertEquals(granted.contains(Flag.SEQUENCE), received.unsequenced(), received::toString);
                assertTrue(!received.duplicate() && !received.old() && !received.gap(), received::toString);
            } catch (GSSException e) {
                assertRefusedByHeimdal(e);
            }
        }

        /** Heimdal has no verdict for what is behind the newest number and not in its list. */
        private void assertRefusedByHeimdal(GSSException e) throws GSSException {
            if (moving.place != Place.HEIMDAL || e.getMajor() != GSSException.FAILURE) {
                throw e;
            }
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
