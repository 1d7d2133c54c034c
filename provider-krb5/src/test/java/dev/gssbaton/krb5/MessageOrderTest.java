package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.message.GssFraming;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that get lost, come twice and overtake each other. The same happens to those that MIT sends and Baton receives as
 * to those that Baton sends and MIT receives, so both must report the same.
 *
 * <p>Except for a message behind the window, of which nobody knows whether it came before: RFC 2743 section 1.2.3 has
 * OLD_TOKEN for that, and Baton always says so; MIT says UNSEQ_TOKEN where sequencing was asked for.
 */
@Requires(NativePeer.MIT)
class MessageOrderTest {
    private static final boolean ALL = Scale.factor() > 1;
    private static final int MESSAGES = Scale.times(150, 1000);
    private static final int MAX_SIZE = 3000;
    private static final int WINDOW = 64;
    private static final List<Kind> KINDS = List.of(Kind.values());

    private static MitKdc kdc;
    private static Subject alice;
    private static JgssPeer mit;
    private static JgssPeer jdk;
    /** Null where Heimdal is not installed. */
    private static JgssPeer heimdal;

    /** Nothing is exported here, so that nothing is asked of the account's keys. */
    private final BatonManager baton =
            BatonManager.builder().claims(BatonPeer.claims()).build();

    @BeforeAll
    static void start() {
        kdc = MitKdc.shared();
        alice = Login.initiator(kdc.account("alice"));
        mit = JgssPeer.shared(NativePeer.MIT, kdc);
        jdk = JgssPeer.sharedJdk(kdc);
        heimdal = NativePeer.HEIMDAL.missing().isEmpty() ? JgssPeer.shared(NativePeer.HEIMDAL, kdc) : null;
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Enctype enctype : Enctype.values()) {
            for (boolean batonInitiates : new boolean[] {true, false}) {
                if (batonInitiates && !enctype.jdkGetsTickets()) {
                    continue;
                }
                cases.add(Arguments.of(enctype, batonInitiates, ContextRequest.full()));
                // One of each kind of token: their windows are one class.
                if (ALL || enctype == Enctype.AES256_CTS_HMAC_SHA1_96 || enctype == Enctype.RC4_HMAC) {
                    cases.add(Arguments.of(enctype, batonInitiates, request(Flag.REPLAY)));
                    cases.add(Arguments.of(enctype, batonInitiates, request(Flag.SEQUENCE)));
                }
            }
        }
        return cases.stream();
    }

    private static ContextRequest request(Flag detection) {
        return ContextRequest.of(Flag.MUTUAL, Flag.CONFIDENTIALITY, Flag.INTEGRITY, detection);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reports_agree_but_for_messages_behind_the_window(
            Enctype enctype, boolean batonInitiates, ContextRequest request) throws Exception {
        Account service = kdc.account("order" + enctype.number() + "/localhost", enctype);
        kdc.sessionEnctypes(service, enctype);
        PeerContext ours = batonInitiates ? initiator(service, request) : acceptor(service);
        PeerContext theirs =
                batonInitiates ? mit.acceptor(service) : mit.initiator(kdc.account("alice"), service, request);
        PeerContext initiator = batonInitiates ? ours : theirs;
        PeerContext acceptor = batonInitiates ? theirs : ours;
        PeerContext.establish(initiator, acceptor);
        assertEquals(initiator.facts().flags(), acceptor.facts().flags());

        Random random = new Random(enctype.number());
        List<Message> messages = new ArrayList<>();
        List<Token> fromBaton = new ArrayList<>();
        List<Token> fromMit = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            Message message = Message.draw(random);
            messages.add(message);
            fromBaton.add(Token.of(ours, message));
            fromMit.add(Token.of(theirs, message));
        }
        int next = 0;
        int behind = 0;
        for (int number : deliveries(random)) {
            Received byBaton = fromMit.get(number).receivedBy(ours);
            Received byMit = fromBaton.get(number).receivedBy(theirs);
            if (number < next - WINDOW) {
                behind++;
                assertTrue(byBaton.old(), () -> "message " + number + ": " + byBaton);
                assertTrue(byMit.old() || byMit.unsequenced(), () -> "message " + number + ": " + byMit);
            } else {
                int expected = next;
                assertEquals(byMit, byBaton, () -> "message " + number + " where " + expected + " is next");
            }
            assertEquals(messages.get(number).kind() == Kind.ENCRYPTED, byBaton.confidential());
            next = Math.max(next, number + 1);
        }
        assertTrue(behind > 0, "nothing was behind the window");
        initiator.close();
        acceptor.close();
    }

    static Stream<Arguments> otherPeers() {
        List<Arguments> cases = new ArrayList<>();
        for (Enctype enctype : EnumSet.range(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA384_192)) {
            for (boolean batonInitiates : new boolean[] {true, false}) {
                cases.add(Arguments.of("jdk", enctype, batonInitiates));
                if (heimdal != null) {
                    cases.add(Arguments.of("heimdal", enctype, batonInitiates));
                }
            }
        }
        if (heimdal != null) {
            if (Enctype.RC4_HMAC.jdkGetsTickets()) {
                cases.add(Arguments.of("heimdal", Enctype.RC4_HMAC, true));
            }
            cases.add(Arguments.of("heimdal", Enctype.RC4_HMAC, false));
        }
        return cases.stream();
    }

    /**
     * What others send is reported as what MIT sends in the same order. They themselves get everything in its place, since
     * Heimdal gives out no text that comes otherwise.
     */
    @ParameterizedTest
    @MethodSource("otherPeers")
    void messages_of_others_are_reported_as_those_of_MIT(String name, Enctype enctype, boolean batonInitiates)
            throws Exception {
        Account service = kdc.account("order" + enctype.number() + "/localhost", enctype);
        kdc.sessionEnctypes(service, enctype);
        try (Exchange with = establish(name.equals("jdk") ? jdk : heimdal, service, batonInitiates);
                Exchange withMit = establish(mit, service, batonInitiates)) {
            Random random = new Random(enctype.number());
            List<Token> fromBaton = new ArrayList<>();
            List<Token> fromThem = new ArrayList<>();
            List<Token> fromMit = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                Message message = Message.draw(random);
                fromBaton.add(Token.of(with.ours(), message));
                fromThem.add(Token.of(with.theirs(), message));
                fromMit.add(Token.of(withMit.theirs(), message));
            }
            for (int number : deliveries(random)) {
                Received ofMit = fromMit.get(number).receivedBy(withMit.ours());
                Received ofThem = fromThem.get(number).receivedBy(with.ours());
                assertEquals(ofMit, ofThem, () -> "message " + number);
            }
            for (Token token : fromBaton) {
                assertTrue(token.receivedBy(with.theirs()).inSequence());
            }
        }
    }

    private Exchange establish(JgssPeer peer, Account service, boolean batonInitiates) throws Exception {
        PeerContext ours = batonInitiates ? initiator(service, ContextRequest.full()) : acceptor(service);
        PeerContext theirs = batonInitiates
                ? peer.acceptor(service)
                : peer.initiator(kdc.account("alice"), service, ContextRequest.full());
        PeerContext.establish(batonInitiates ? ours : theirs, batonInitiates ? theirs : ours);
        return new Exchange(ours, theirs);
    }

    private record Exchange(PeerContext ours, PeerContext theirs) implements AutoCloseable {
        @Override
        public void close() throws GSSException {
            ours.close();
            theirs.close();
        }
    }

    private PeerContext initiator(Account service, ContextRequest request) throws Exception {
        BatonContext context = Login.as(
                alice,
                () -> baton.createContext(service.gssName(), GssFraming.KRB5, null, GSSContext.DEFAULT_LIFETIME));
        context.requestMutualAuth(true);
        context.requestReplayDet(request.flags().contains(Flag.REPLAY));
        context.requestSequenceDet(request.flags().contains(Flag.SEQUENCE));
        return PeerContext.of(context, alice);
    }

    /** From the keytab: the JDK's Subject does not give out keys of Camellia. */
    private PeerContext acceptor(Account service) throws GSSException {
        return PeerContext.of(
                baton.createContext(Krb5Credential.fromKeytab(service.keytab(), service.principal())), null);
    }

    /** The numbers of messages in the order in which they arrive: some never, some twice, some late, some very late. */
    private static List<Integer> deliveries(Random random) {
        List<Integer> order = new ArrayList<>();
        List<Integer> late = new ArrayList<>();
        for (int number = 0; number < MESSAGES; number++) {
            switch (random.nextInt(10)) {
                case 0 -> {
                    // Lost.
                }
                case 1, 2 -> late.add(number);
                case 3 -> {
                    order.add(number);
                    late.add(number);
                }
                default -> order.add(number);
            }
            while (!late.isEmpty() && random.nextInt(4) == 0) {
                order.add(late.remove(random.nextInt(late.size())));
            }
        }
        order.addAll(late);
        // The oldest there are, once and again.
        order.addAll(List.of(0, 1, 2, 0, MESSAGES - WINDOW, MESSAGES - WINDOW - 1, MESSAGES - 1));
        return order;
    }

    private enum Kind {
        ENCRYPTED,
        WRAPPED,
        SIGNED
    }

    @SuppressWarnings("ArrayRecordComponent") // stays in this class
    private record Message(Kind kind, byte[] text) {
        static Message draw(Random random) {
            byte[] text = new byte[random.nextInt(MAX_SIZE)];
            random.nextBytes(text);
            return new Message(KINDS.get(random.nextInt(KINDS.size())), text);
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Token(Message message, byte[] octets) {
        static Token of(PeerContext sender, Message message) throws GSSException {
            return new Token(
                    message,
                    switch (message.kind()) {
                        case ENCRYPTED -> sender.wrap(message.text(), true);
                        case WRAPPED -> sender.wrap(message.text(), false);
                        case SIGNED -> sender.mic(message.text());
                    });
        }

        Received receivedBy(PeerContext receiver) throws GSSException {
            if (message.kind() == Kind.SIGNED) {
                return receiver.verifyMic(octets, message.text());
            }
            Received received = receiver.unwrap(octets);
            assertArrayEquals(message.text(), received.message());
            return received;
        }
    }
}
