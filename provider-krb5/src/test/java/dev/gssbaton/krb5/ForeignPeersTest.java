package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.UnsealedOptions;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
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
 *
 * <p>No distribution ships Heimdal's git master: {@code -Dbaton.heimdal-8=} names its {@code libgssapi.so.3}, and without that its
 * cases are left out.
 */
@Requires({NativePeer.MIT, NativePeer.HEIMDAL})
class ForeignPeersTest {
    private static final boolean ALL = Scale.factor() > 1;

    /** The library of Heimdal's git master; empty for none. */
    private static final String GIT_MASTER = System.getProperty("baton.heimdal-8", "");

    /** Where a context lives, by whose token it comes and goes. */
    enum Place {
        JAVA("baton"),
        MIT("mit"),
        HEIMDAL("heimdal-7"),
        HEIMDAL_8("heimdal-8");

        private final String format;

        Place(String format) {
            this.format = format;
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
    private static JgssPeer heimdal8;
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
        heimdal8 = GIT_MASTER.isEmpty()
                ? null
                : JgssPeer.nativeLibrary(NativePeer.HEIMDAL, kdc, "-Dsun.security.jgss.lib=" + GIT_MASTER);
        jdk = JgssPeer.sharedJdk(kdc);
    }

    @AfterAll
    static void end() {
        Stream.of(mit, heimdal, heimdal8).filter(Objects::nonNull).forEach(JgssPeer::close);
    }

    private static BatonManager manager() {
        return BatonManager.builder()
                .keys(AccountKeys.in(home))
                .claims(BatonPeer.claims())
                .allowUnsealedImport("mit")
                .allowUnsealedImport("heimdal-7")
                .allowUnsealedImport("heimdal-8")
                .build();
    }

    /** Permits the service's own type alone, so that no better one is agreed on. */
    private static AcceptorOptions only(Account service) {
        String name = service.name();
        return AcceptorOptions.DEFAULT.withPermittedEncryptionTypes(
                Set.of(Integer.valueOf(name.substring("foreign".length(), name.indexOf('/')))));
    }

    private static final List<List<Place>> ROUTES = routes();

    private static List<List<Place>> routes() {
        List<List<Place>> routes =
                new ArrayList<>(List.of(List.of(Place.JAVA, Place.MIT), List.of(Place.MIT, Place.JAVA)));
        for (Place heimdal : GIT_MASTER.isEmpty() ? List.of(Place.HEIMDAL) : List.of(Place.HEIMDAL, Place.HEIMDAL_8)) {
            routes.add(List.of(Place.JAVA, heimdal));
            routes.add(List.of(heimdal, Place.JAVA));
            routes.add(List.of(Place.MIT, Place.JAVA, heimdal));
            routes.add(List.of(heimdal, Place.JAVA, Place.MIT));
        }
        return routes;
    }

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
        acceptorMoves(mit, route, enctype, request, stage);
    }

    private static void acceptorMoves(
            JgssPeer initiating, List<Place> route, Enctype enctype, ContextRequest request, Stage stage)
            throws Exception {
        Account service = service(enctype);
        PeerContext initiator = initiating.initiator(kdc.account("alice"), service, request);
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

    static Stream<Arguments> rc4Cases() {
        return ROUTES.stream().flatMap(route -> Stream.of(Stage.values()).map(stage -> Arguments.of(route, stage)));
    }

    /** With the application's consent, since both copies would have one keystream. */
    @ParameterizedTest
    @MethodSource("rc4Cases")
    void rc4_moves(List<Place> route, Stage stage) throws Exception {
        Enctype rc4 = Enctype.RC4_HMAC;
        ContextRequest full = ContextRequest.full();
        if (rc4.jdkGetsTickets()) {
            // The JDK offers no better type.
            acceptorMoves(jdk, route, rc4, full, stage);
            initiatorMoves(jdk, route, rc4, full, stage);
        }
        // Two of the libraries' agree on a better type by RFC 4537, and a Baton end that permits RC4 alone on none.
        acceptor_moves(route, rc4, full, stage);
        if (route.get(0) != Place.JAVA || rc4.jdkGetsTickets()) {
            initiator_moves(route, rc4, full, stage);
        }
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
        boolean firstIsGap = (route.get(0) == Place.HEIMDAL || route.get(0) == Place.HEIMDAL_8)
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
            return switch (place) {
                case MIT -> mit;
                case HEIMDAL_8 -> heimdal8;
                default -> heimdal;
            };
        }

        /** Imports a token, in Java by a manager that has claimed nothing yet. */
        static Moving imported(Place place, byte[] token) throws GSSException {
            return place == Place.JAVA
                    ? of(manager().createContext(token))
                    : new Moving(place, peer(place).imported(token), null);
        }

        byte[] export(Place to) throws GSSException {
            return place == Place.JAVA
                    ? baton.exportUnsealed(UnsealedOptions.of(to.format).consentToSharedKeystream())
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
        /** Whether what was overtaken counts as seen, since Heimdal's git master forgets others once it comes. */
        private boolean gapsClosed;

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
            if (moving.place != Place.HEIMDAL_8) {
                expectLate(late);
            }
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
            gapsClosed = from == Place.HEIMDAL_8 || to == Place.HEIMDAL_8;
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
            gapsClosed = false;
            return late;
        }

        private void expectLate(byte[] late) throws GSSException {
            try {
                Received received = moving.end.unwrap(late);
                seenByMoving.add(late);
                if (gapsClosed) {
                    assertTrue(received.duplicate() || !granted.contains(Flag.REPLAY), received::toString);
                    return;
                }
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
