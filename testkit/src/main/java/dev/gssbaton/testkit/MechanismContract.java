package dev.gssbaton.testkit;

import static dev.gssbaton.testkit.Refusals.BAD_MESSAGE;
import static dev.gssbaton.testkit.Refusals.assertShowsItsText;
import static dev.gssbaton.testkit.Refusals.assertStatus;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.ImportOptions.Role;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Mechanism} does: it establishes in both roles, tells the truth about its contexts, and protects
 * messages so that whatever was changed, repeated or disordered is refused or reported.
 *
 * <p>A rule about a service that the fixture does not name is skipped.
 */
public abstract class MechanismContract {
    private static final int[] SIZES = {0, 1, 15, 16, 17, 255, 256, 4096, 70_000};
    private static final int UNKNOWN_QOP = 0x5A5A;
    /** More messages than any window remembers. */
    private static final int FAR_BEHIND = 300;

    /** How many messages are sent while others are received. */
    private static final int MESSAGES = 2000;

    private static final byte[] NOTHING = {};

    private Workbench bench;

    /** For the implementer's class. */
    protected MechanismContract() {}

    /**
     * Makes the mechanism that is tested. Called before each test.
     *
     * @return the mechanism and what it needs
     * @throws Exception if it cannot be made; the test fails then
     */
    protected abstract ContractFixture fixture() throws Exception;

    /**
     * Says how far apart the bits of a handshake's tokens are that are changed, one in each of as many handshakes. A mechanism with
     * long tokens, whose own tests change them all, may take a few: an odd number, so that all bits of an octet have their turn.
     *
     * @return 1 for every bit, unless overridden
     */
    protected int handshakeStride() {
        return 1;
    }

    @BeforeEach
    void prepare() throws Exception {
        bench = new Workbench(fixture());
    }

    // The mechanism

    @Test
    void baton_mechanism_has_one_oid_and_a_name() {
        Mechanism mechanism = bench.fixture.mechanism();
        assertEquals(mechanism.oid(), mechanism.oid());
        assertTrue(mechanism.name().matches("\\S+"), () -> "the name is a word: '" + mechanism.name() + "'");
    }

    @Test
    void rfc2743_3_2_exported_name_reads_back() throws GSSException {
        assumeTrue(bench.fixture.mechanism().nameTypes().contains(GSSName.NT_EXPORT_NAME));
        Oid oid = bench.fixture.mechanism().oid();
        for (GSSName name : List.of(
                bench.fixture.initiator().name(), bench.fixture.acceptor().name(), bench.fixture.stranger())) {
            byte[] exported = name.export();
            assertArrayEquals(
                    new byte[] {4, 1, 0, (byte) oid.getDER().length}, Arrays.copyOf(exported, 4), "the header");
            GSSName read = bench.exporter.createName(exported, GSSName.NT_EXPORT_NAME, oid);
            assertTrue(read.equals(name) && name.equals(read), () -> read + " is " + name);
        }
        assertFalse(bench.fixture.initiator().name().equals(bench.fixture.stranger()), "two names are one");
    }

    @Test
    void rfc2743_2_4_5_unknown_name_type_is_refused() throws GSSException {
        Oid unknown = new Oid("2.25.1");
        assertStatus(
                GSSException.BAD_NAMETYPE,
                () -> bench.fixture.mechanism().name(bench.fixture.stranger().toString(), unknown));
        assertStatus(GSSException.BAD_NAMETYPE, () -> bench.fixture.mechanism().name(new byte[] {'a'}, unknown));
    }

    @Test
    void baton_foreign_credential_is_refused() throws GSSException {
        ForeignCredential foreign = new ForeignCredential();
        assertStatus(GSSException.NO_CRED, () -> bench.exporter
                .createContext(
                        bench.fixture.acceptor().name(),
                        bench.fixture.mechanism().oid(),
                        foreign,
                        0)
                .initSecContext(NOTHING, 0, 0));
        byte[] hello = bench.newInitiator(bench.usual()).initSecContext(NOTHING, 0, 0);
        assertStatus(
                GSSException.NO_CRED,
                () -> bench.exporter.createContext(foreign).acceptSecContext(hello, 0, hello.length));
    }

    @Test
    void baton_foreign_name_is_refused() {
        assertStatus(GSSException.BAD_NAME, () -> bench.exporter
                .createContext(
                        new ForeignName(),
                        bench.fixture.mechanism().oid(),
                        bench.fixture.initiator().credential(),
                        0)
                .initSecContext(NOTHING, 0, 0));
    }

    @Test
    void baton_refusal_shows_its_text() throws GSSException {
        Mechanism mechanism = bench.fixture.mechanism();
        Oid unknown = new Oid("2.25.1");
        String name = bench.fixture.stranger().toString();
        assertShowsItsText("a name of an unknown type", () -> mechanism.name(name, unknown));
        assertShowsItsText(
                "a foreign credential",
                () -> mechanism.acceptor(new AcceptorRequest(new ForeignCredential(), null), bench.environment()));
        InitiatorRequest request = new InitiatorRequest(
                new ForeignName(), bench.fixture.initiator().credential(), 0, bench.usual(), null);
        assertShowsItsText("a foreign target", () -> mechanism.initiator(request, bench.environment()));
        byte[] hello = bench.newInitiator(bench.usual()).initSecContext(NOTHING, 0, 0);
        BatonContext acceptor = bench.newAcceptor();
        assertShowsItsText("half a first token", () -> acceptor.acceptSecContext(hello, 0, hello.length - 1));

        Pair pair = bench.establish();
        MessageProp prop = new MessageProp(0, false);
        byte[] token = Pair.wrap(pair.initiator(), "to be changed");
        byte[] mic = pair.initiator().getMIC(token, 0, token.length, new MessageProp(0, false));
        byte[] changed = Octets.flip(token, 8 * token.length - 1);
        BatonContext to = pair.acceptor();
        assertShowsItsText("half a wrap token", () -> to.unwrap(token, 0, token.length / 2, prop));
        assertShowsItsText("a changed wrap token", () -> to.unwrap(changed, 0, changed.length, prop));
        assertShowsItsText("half a MIC", () -> to.verifyMIC(mic, 0, mic.length / 2, token, 0, token.length, prop));
        assertShowsItsText(
                "a MIC of another message", () -> to.verifyMIC(mic, 0, mic.length, changed, 0, changed.length, prop));
        byte[] message = Octets.message(10);
        MessageProp quality = new MessageProp(UNKNOWN_QOP, false);
        assertShowsItsText("an unknown QOP", () -> to.wrap(message, 0, message.length, quality));
    }

    // Establishing

    @Test
    void rfc2743_3_1_first_token_names_the_mechanism() throws GSSException {
        byte[] hello = bench.newInitiator(bench.usual()).initSecContext(NOTHING, 0, 0);
        assertEquals(
                bench.fixture.mechanism().oid(),
                InitialToken.parse(hello, 0, hello.length).mechanism());
    }

    @Test
    void rfc2743_2_2_1_both_sides_establish() throws GSSException {
        BatonContext initiator = bench.newInitiator(bench.usual());
        BatonContext acceptor = bench.newAcceptor();
        assertFalse(initiator.isEstablished() || acceptor.isEstablished());
        Pair pair = bench.establish(initiator, acceptor, TokenChange.NONE);
        assertTrue(pair.initiator().isProtReady() && pair.acceptor().isProtReady());
        for (Role role : Role.values()) {
            assertEquals(bench.fixture.mechanism().oid(), pair.side(role).getMech());
            assertEquals(role == Role.INITIATOR, pair.behind(role).isInitiator(), "the role that the mechanism tells");
        }
    }

    @Test
    void rfc2743_2_2_6_both_sides_tell_both_names() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            assertEquals(bench.fixture.initiator().name(), pair.side(role).getSrcName());
            assertEquals(bench.fixture.acceptor().name(), pair.side(role).getTargName());
        }
    }

    @Test
    void rfc2743_2_2_1_services_asked_for_are_granted() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            Set<ContextFlag> missing = EnumSet.noneOf(ContextFlag.class);
            missing.addAll(bench.usual());
            missing.removeAll(pair.behind(role).flags());
            assertEquals(Set.of(), missing, "not granted to the " + role);
        }
    }

    @Test
    void rfc2743_1_2_1_2_both_sides_tell_the_same_services() throws GSSException {
        for (ContextFlag left : bench.usual()) {
            Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
            services.remove(left);
            Pair pair = bench.establish(services);
            assertEquals(pair.behindInitiator().flags(), pair.behindAcceptor().flags(), "asked for all but " + left);
        }
    }

    @Test
    void rfc2743_1_2_3_detection_is_granted_only_if_asked_for() throws GSSException {
        for (ContextFlag detection : List.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE)) {
            Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
            services.remove(detection);
            Pair pair = bench.establish(services);
            assertFalse(pair.behindInitiator().flags().contains(detection), () -> detection + " was not asked for");
        }
    }

    @Test
    void rfc2743_2_2_1_credential_is_delegated_if_asked_for() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.DELEG));
        assertStatus(GSSException.NO_CRED, () -> bench.establish().acceptor().getDelegCred());
        Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
        services.add(ContextFlag.DELEG);
        Pair pair = bench.establish(services);
        assertTrue(pair.acceptor().getCredDelegState());
        assertEquals(
                bench.fixture.initiator().name(), pair.acceptor().getDelegCred().getName());
    }

    @Test
    void rfc2743_1_1_6_different_channel_bindings_do_not_establish() throws GSSException {
        BatonContext initiator = bench.newInitiator(bench.usual());
        BatonContext acceptor = bench.newAcceptor();
        initiator.setChannelBinding(new ChannelBinding(new byte[] {1, 2, 3}));
        acceptor.setChannelBinding(new ChannelBinding(new byte[] {1, 2, 4}));
        assertStatus(GSSException.BAD_BINDINGS, () -> bench.establish(initiator, acceptor, TokenChange.NONE));
    }

    @Test
    void rfc2743_1_1_6_equal_channel_bindings_establish_or_are_refused() throws GSSException {
        BatonContext initiator = bench.newInitiator(bench.usual());
        BatonContext acceptor = bench.newAcceptor();
        initiator.setChannelBinding(new ChannelBinding(new byte[] {1, 2, 3}));
        acceptor.setChannelBinding(new ChannelBinding(new byte[] {1, 2, 3}));
        try {
            bench.establish(initiator, acceptor, TokenChange.NONE).talk();
        } catch (GSSException e) {
            assertEquals(GSSException.BAD_BINDINGS, e.getMajor(), e::toString);
        }
    }

    @Test
    void rfc2743_2_2_1_truncated_tokens_establish_nothing() throws GSSException {
        List<byte[]> tokens = tokensOfAnExchange();
        for (int number = 0; number < tokens.size(); number++) {
            for (int length = 0; length < tokens.get(number).length; length++) {
                int changed = number;
                int left = length;
                assertThrows(
                        GSSException.class,
                        () -> establishWith(changed, token -> Arrays.copyOf(token, Math.min(left, token.length - 1))),
                        () -> "token " + changed + " cut to " + left + " octets");
            }
        }
    }

    @Test
    void rfc2743_2_2_1_changed_tokens_establish_nothing_else() throws GSSException {
        Pair untouched = bench.establish();
        List<byte[]> tokens = tokensOfAnExchange();
        for (int number = 0; number < tokens.size(); number++) {
            for (int bit = 0; bit < 8 * tokens.get(number).length; bit += handshakeStride()) {
                int flipped = bit;
                try {
                    Pair pair = establishWith(number, token -> Octets.flip(token, flipped % (8 * token.length)));
                    String where = "bit " + bit + " of token " + number;
                    for (Role role : Role.values()) {
                        assertSameFacts(untouched.behind(role), pair.behind(role), where);
                    }
                    pair.talk();
                } catch (GSSException e) {
                    assertNotEquals(0, e.getMajor(), "refused with a status");
                }
            }
        }
    }

    private interface Change {
        byte[] apply(byte[] token);
    }

    private Pair establishWith(int changed, Change change) throws GSSException {
        return bench.establish(
                bench.newInitiator(bench.usual()),
                bench.newAcceptor(),
                (number, token) -> number == changed ? change.apply(token) : token);
    }

    private List<byte[]> tokensOfAnExchange() throws GSSException {
        List<byte[]> tokens = new ArrayList<>();
        bench.establish(bench.newInitiator(bench.usual()), bench.newAcceptor(), (number, token) -> {
            tokens.add(token.clone());
            return token;
        });
        return tokens;
    }

    private static void assertSameFacts(MechanismContext expected, MechanismContext actual, String where) {
        assertEquals(expected.flags(), actual.flags(), where);
        assertEquals(expected.sourceName(), actual.sourceName(), where);
        assertEquals(expected.targetName(), actual.targetName(), where);
        assertEquals(expected.expiry(), actual.expiry(), where);
    }

    // Lifetime

    @Test
    void rfc2743_2_2_7_lifetime_counts_down() throws GSSException {
        for (Role role : Role.values()) {
            BatonContext context = finite(bench.establish(), role);
            int lifetime = context.getLifetime();
            bench.clock.advance(Duration.ofSeconds(10));
            assertEquals(lifetime - 10, context.getLifetime());
        }
    }

    @Test
    void baton_end_of_a_context_does_not_move() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            Instant end = pair.behind(role).expiry();
            bench.clock.advance(Duration.ofSeconds(10));
            assertEquals(end, pair.behind(role).expiry());
        }
    }

    @Test
    void rfc2743_2_3_expired_context_protects_nothing() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            BatonContext context = finite(pair, role);
            Instant start = bench.clock.instant();
            byte[] message = Pair.text("too late");
            byte[] token = Pair.wrap(pair.peerOf(role), "too late");
            byte[] mic = pair.peerOf(role).getMIC(message, 0, message.length, new MessageProp(0, false));
            MessageProp prop = new MessageProp(0, false);
            bench.clock.moveTo(pair.behind(role).expiry());
            assertStatus(GSSException.CONTEXT_EXPIRED, () -> context.wrap(message, 0, message.length, prop));
            assertStatus(GSSException.CONTEXT_EXPIRED, () -> context.unwrap(token, 0, token.length, prop));
            assertStatus(GSSException.CONTEXT_EXPIRED, () -> context.getMIC(message, 0, message.length, prop));
            assertStatus(
                    GSSException.CONTEXT_EXPIRED,
                    () -> context.verifyMIC(mic, 0, mic.length, message, 0, message.length, prop));
            assertEquals(0, context.getLifetime());
            bench.clock.moveTo(start);
        }
    }

    private BatonContext finite(Pair pair, Role role) {
        BatonContext context = pair.side(role);
        assumeTrue(context.getLifetime() != GSSContext.INDEFINITE_LIFETIME, "the mechanism's contexts have an end");
        return context;
    }

    // Messages

    @Test
    void rfc2743_2_3_3_wrapped_messages_arrive() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            for (int size : SIZES) {
                byte[] message = Octets.message(size);
                for (MessageProp asked : protections(pair.side(role))) {
                    byte[] token = pair.side(role).wrap(message, 0, size, asked);
                    assertArrayEquals(
                            message,
                            pair.peerOf(role).unwrap(token, 0, token.length, new MessageProp(0, false)),
                            () -> size + " octets from the " + role);
                }
            }
        }
    }

    @Test
    void rfc2743_2_3_1_mics_verify() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            for (int size : SIZES) {
                byte[] message = Octets.message(size);
                byte[] mic = pair.side(role).getMIC(message, 0, size, new MessageProp(0, false));
                pair.peerOf(role).verifyMIC(mic, 0, mic.length, message, 0, size, new MessageProp(0, false));
            }
        }
    }

    @Test
    void rfc2743_2_3_2_mic_of_another_message_is_refused() throws GSSException {
        Pair pair = bench.establish();
        for (int size : SIZES) {
            byte[] message = Octets.message(size);
            byte[] mic = pair.initiator().getMIC(message, 0, size, new MessageProp(0, false));
            byte[] longer = Arrays.copyOf(message, size + 1);
            refuseMic(pair, mic, longer);
            for (int at : size == 0 ? new int[0] : new int[] {0, size / 2, size - 1}) {
                byte[] other = message.clone();
                other[at] ^= 1;
                refuseMic(pair, mic, other);
            }
        }
    }

    private static void refuseMic(Pair pair, byte[] mic, byte[] message) {
        assertStatus(GSSException.BAD_MIC, () -> pair.acceptor()
                .verifyMIC(mic, 0, mic.length, message, 0, message.length, new MessageProp(0, false)));
    }

    @Test
    void rfc2743_2_3_4_confidentiality_is_told() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(100);
        for (MessageProp asked : protections(pair.initiator())) {
            boolean encrypted = asked.getPrivacy();
            byte[] token = pair.initiator().wrap(message, 0, message.length, asked);
            assertEquals(encrypted, asked.getPrivacy(), "what the sender is told");
            MessageProp found = new MessageProp(0, !encrypted);
            pair.acceptor().unwrap(token, 0, token.length, found);
            assertEquals(encrypted, found.getPrivacy(), "what the receiver is told");
            assertEquals(0, found.getQOP(), "the QOP that the receiver is told");
        }
    }

    @Test
    void rfc2743_2_3_3_encrypted_message_is_not_to_be_seen() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.CONF));
        Pair pair = bench.establish();
        byte[] message = Octets.message(64);
        byte[] token = pair.initiator().wrap(message, 0, message.length, new MessageProp(0, true));
        String seen = new String(token, StandardCharsets.ISO_8859_1);
        for (int at = 0; at + 16 <= message.length; at++) {
            String part = new String(message, at, 16, StandardCharsets.ISO_8859_1);
            assertFalse(seen.contains(part), "16 octets of the message stand in the token");
        }
    }

    @Test
    void rfc8353_offsets_and_lengths_are_kept_to() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(50);
        byte[] around = Octets.surrounded(message);
        for (MessageProp asked : protections(pair.initiator())) {
            byte[] token = Octets.surrounded(pair.initiator().wrap(around, Octets.BEFORE, message.length, asked));
            assertArrayEquals(
                    message,
                    pair.acceptor()
                            .unwrap(token, Octets.BEFORE, token.length - Octets.AROUND, new MessageProp(0, false)));
        }
        byte[] mic = Octets.surrounded(
                pair.initiator().getMIC(around, Octets.BEFORE, message.length, new MessageProp(0, false)));
        pair.acceptor()
                .verifyMIC(
                        mic,
                        Octets.BEFORE,
                        mic.length - Octets.AROUND,
                        message,
                        0,
                        message.length,
                        new MessageProp(0, false));
        byte[] other = pair.initiator().getMIC(message, 0, message.length, new MessageProp(0, false));
        pair.acceptor()
                .verifyMIC(other, 0, other.length, around, Octets.BEFORE, message.length, new MessageProp(0, false));
    }

    @Test
    void baton_arrays_of_the_caller_are_not_changed() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(50);
        byte[] token = Pair.wrap(pair.initiator(), "kept");
        byte[] kept = message.clone();
        byte[] mic = pair.initiator().getMIC(message, 0, message.length, new MessageProp(0, false));
        for (MessageProp asked : protections(pair.initiator())) {
            pair.initiator().wrap(message, 0, message.length, asked);
        }
        assertArrayEquals(kept, message, "the message");
        byte[] keptToken = token.clone();
        pair.acceptor().unwrap(token, 0, token.length, new MessageProp(0, false));
        assertArrayEquals(keptToken, token, "the wrap token");
        byte[] keptMic = mic.clone();
        pair.acceptor().verifyMIC(mic, 0, mic.length, message, 0, message.length, new MessageProp(0, false));
        assertArrayEquals(keptMic, mic, "the MIC token");
        assertArrayEquals(kept, message, "the message that a MIC is of");
    }

    @Test
    void baton_buffers_are_read_and_written_from_their_position() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(50);
        for (int kind = 0; kind < 3; kind++) {
            for (MessageProp asked : protections(pair.initiator())) {
                ByteBuffer in = buffer(kind, message);
                ByteBuffer token = ByteBuffer.allocateDirect(1000).position(5);
                pair.initiator().wrap(in, token, asked);
                assertEquals(0, in.remaining(), "octets of the message that were not read");
                ByteBuffer out = ByteBuffer.allocate(1000).position(9);
                ByteBuffer arrived = token.flip().position(5);
                pair.acceptor().unwrap(arrived, out, new MessageProp(0, false));
                assertEquals(0, arrived.remaining(), "octets of the token that were not read");
                assertEquals(ByteBuffer.wrap(message), out.flip().position(9));
            }
            ByteBuffer in = buffer(kind, message);
            ByteBuffer mic = ByteBuffer.allocateDirect(1000).position(5);
            pair.initiator().getMIC(in, mic, new MessageProp(0, false));
            assertEquals(0, in.remaining(), "octets of the message that were not read");
            ByteBuffer arrived = mic.flip().position(5);
            pair.acceptor().verifyMIC(arrived, buffer(kind, message), new MessageProp(0, false));
        }
    }

    private static ByteBuffer buffer(int kind, byte[] octets) {
        ByteBuffer around = ByteBuffer.wrap(Octets.surrounded(octets), Octets.BEFORE, octets.length);
        if (kind == 0) {
            return around;
        }
        return kind == 1
                ? around.asReadOnlyBuffer()
                : ByteBuffer.allocateDirect(octets.length).put(octets).flip();
    }

    @Test
    void baton_message_that_does_not_fit_its_buffer_is_not_sent() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(50);
        MessageProp asked = Pair.sealed(pair.initiator());
        int size = (int) pair.behindInitiator().wrapSize(message.length, asked);
        int micSize = pair.behindInitiator().micSize(asked);
        ByteBuffer in = ByteBuffer.wrap(message);
        assertThrows(
                BufferOverflowException.class, () -> pair.initiator().wrap(in, ByteBuffer.allocate(size - 1), asked));
        assertThrows(BufferOverflowException.class, () -> pair.initiator()
                .getMIC(in, ByteBuffer.allocate(micSize - 1), new MessageProp(0, false)));
        assertEquals(message.length, in.remaining(), "nothing of the message was read");
        Pair.pass(pair.initiator(), pair.acceptor(), "the first that was sent");
    }

    @Test
    void baton_token_that_does_not_fit_its_buffer_is_not_received() throws GSSException {
        Pair pair = bench.establish();
        byte[] token = Pair.wrap(pair.initiator(), "does not fit");
        ByteBuffer in = ByteBuffer.wrap(token);
        assertThrows(BufferOverflowException.class, () -> pair.acceptor()
                .unwrap(in, ByteBuffer.allocate(1), new MessageProp(0, false)));
        assertEquals(token.length, in.remaining(), "nothing of the token was read");
        assertEquals(Set.of(), Pair.receive(pair.acceptor(), token), "the token is new");
    }

    @Test
    void rfc2743_2_2_7_wrap_size_is_exact() throws GSSException {
        Pair pair = bench.establish();
        for (MessageProp asked : protections(pair.initiator())) {
            long previous = 0;
            for (int size = 0; size < 600; size++) {
                long expected = pair.behindInitiator().wrapSize(size, asked);
                assertEquals(
                        expected,
                        pair.initiator()
                                .wrap(Octets.message(size), 0, size, new MessageProp(0, asked.getPrivacy()))
                                .length);
                assertTrue(expected >= previous, "a longer message has a shorter token");
                previous = expected;
            }
        }
    }

    @Test
    void rfc2743_2_2_7_wrap_size_limit_is_the_longest_that_fits() throws GSSException {
        Pair pair = bench.establish();
        for (MessageProp asked : protections(pair.initiator())) {
            for (int max : new int[] {0, 200, 1000, 65_536, Integer.MAX_VALUE}) {
                int limit = pair.initiator().getWrapSizeLimit(0, asked.getPrivacy(), max);
                if (limit > 0) {
                    assertTrue(pair.behindInitiator().wrapSize(limit, asked) <= max);
                }
                if (limit < Integer.MAX_VALUE) {
                    assertTrue(pair.behindInitiator().wrapSize(limit + 1, asked) > max);
                }
            }
        }
    }

    @Test
    void baton_mic_size_is_exact() throws GSSException {
        Pair pair = bench.establish();
        for (int size : SIZES) {
            MessageProp prop = new MessageProp(0, false);
            int expected = pair.behindInitiator().micSize(prop);
            assertEquals(expected, pair.initiator().getMIC(Octets.message(size), 0, size, prop).length);
        }
    }

    @Test
    void rfc2743_1_2_4_unknown_qop_is_refused_and_nothing_sent() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(10);
        MessageProp unknown = new MessageProp(UNKNOWN_QOP, false);
        assertStatus(GSSException.BAD_QOP, () -> pair.initiator().wrap(message, 0, message.length, unknown));
        assertStatus(GSSException.BAD_QOP, () -> pair.initiator().getMIC(message, 0, message.length, unknown));
        assertStatus(GSSException.BAD_QOP, () -> pair.initiator().getWrapSizeLimit(UNKNOWN_QOP, false, 1000));
        assertStatus(GSSException.BAD_QOP, () -> pair.behindInitiator().micSize(unknown));
        Pair.pass(pair.initiator(), pair.acceptor(), "the first that was sent");
    }

    // Messages out of their place

    @Test
    void rfc2743_1_2_3_duplicate_is_reported() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.REPLAY));
        Pair pair = bench.establish();
        byte[] token = Pair.wrap(pair.initiator(), "twice");
        assertEquals(Set.of(), Pair.receive(pair.acceptor(), token));
        assertEquals(Set.of(Report.DUPLICATE), Pair.receive(pair.acceptor(), token));
    }

    @Test
    void rfc2743_1_2_3_duplicate_of_a_mic_is_reported() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.REPLAY));
        Pair pair = bench.establish();
        byte[] message = Octets.message(10);
        byte[] mic = pair.initiator().getMIC(message, 0, message.length, new MessageProp(0, false));
        MessageProp first = new MessageProp(0, false);
        pair.acceptor().verifyMIC(mic, 0, mic.length, message, 0, message.length, first);
        assertEquals(Set.of(), Report.of(first));
        MessageProp second = new MessageProp(0, false);
        pair.acceptor().verifyMIC(mic, 0, mic.length, message, 0, message.length, second);
        assertEquals(Set.of(Report.DUPLICATE), Report.of(second));
    }

    @Test
    void rfc2743_1_2_3_gap_is_reported() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.SEQUENCE));
        Pair pair = bench.establish();
        List<byte[]> tokens = Pair.wrap(pair.initiator(), 3);
        assertEquals(Set.of(), Pair.receive(pair.acceptor(), tokens.get(0)));
        assertEquals(Set.of(Report.GAP), Pair.receive(pair.acceptor(), tokens.get(2)));
    }

    @Test
    void rfc2743_1_2_3_unsequenced_is_reported() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.SEQUENCE));
        Pair pair = bench.establish();
        List<byte[]> tokens = Pair.wrap(pair.initiator(), 3);
        Pair.receive(pair.acceptor(), tokens.get(0));
        Pair.receive(pair.acceptor(), tokens.get(2));
        assertEquals(Set.of(Report.UNSEQUENCED), Pair.receive(pair.acceptor(), tokens.get(1)));
    }

    @Test
    void rfc2743_1_2_3_old_is_reported() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.REPLAY));
        Pair pair = bench.establish();
        List<byte[]> tokens = Pair.wrap(pair.initiator(), FAR_BEHIND);
        Pair.receive(pair.acceptor(), tokens.get(FAR_BEHIND - 1));
        assertEquals(Set.of(Report.OLD), Pair.receive(pair.acceptor(), tokens.get(0)));
    }

    @Test
    void rfc8353_report_has_a_text() throws GSSException {
        Pair pair = bench.establish();
        List<byte[]> tokens = Pair.wrap(pair.initiator(), FAR_BEHIND);
        for (int number : new int[] {0, 0, 2, 1, FAR_BEHIND - 1, 0}) {
            byte[] token = tokens.get(number).clone();
            MessageProp prop = new MessageProp(0, false);
            pair.acceptor().unwrap(token, 0, token.length, prop);
            Set<Report> reports = Report.of(prop);
            String text = prop.getMinorString();
            assertTrue(
                    reports.isEmpty() || (text != null && !text.isBlank()),
                    () -> reports + " is reported without a text for people");
        }
    }

    @Test
    void rfc2743_1_2_3_nothing_is_reported_without_detection() throws GSSException {
        Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
        services.removeAll(Set.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE));
        Pair pair = bench.establish(services);
        List<byte[]> tokens = Pair.wrap(pair.initiator(), FAR_BEHIND);
        for (int number : new int[] {0, 2, 1, 1, FAR_BEHIND - 1, 3}) {
            assertEquals(Set.of(), Pair.receive(pair.acceptor(), tokens.get(number)), () -> "message " + number);
        }
    }

    @Test
    void rfc2743_1_2_3_order_is_not_reported_with_replay_detection_alone() throws GSSException {
        Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
        services.remove(ContextFlag.SEQUENCE);
        Pair pair = bench.establish(services);
        List<byte[]> tokens = Pair.wrap(pair.initiator(), 4);
        for (int number : new int[] {0, 3, 1}) {
            assertEquals(Set.of(), Pair.receive(pair.acceptor(), tokens.get(number)), () -> "message " + number);
        }
    }

    // Messages that were changed

    @Test
    void rfc2743_2_3_4_truncated_token_is_refused() throws GSSException {
        Pair pair = bench.establish();
        for (MessageProp asked : protections(pair.initiator())) {
            byte[] token = pair.initiator().wrap(Octets.message(40), 0, 40, asked);
            for (int length = 0; length < token.length; length++) {
                int cut = length;
                assertStatus(BAD_MESSAGE, () -> pair.acceptor().unwrap(token, 0, cut, new MessageProp(0, false)));
            }
        }
    }

    @Test
    void rfc2743_2_3_4_token_with_a_trailing_octet_is_refused() throws GSSException {
        Pair pair = bench.establish();
        for (MessageProp asked : protections(pair.initiator())) {
            byte[] token = pair.initiator().wrap(Octets.message(40), 0, 40, asked);
            byte[] longer = Arrays.copyOf(token, token.length + 1);
            assertStatus(
                    BAD_MESSAGE, () -> pair.acceptor().unwrap(longer, 0, longer.length, new MessageProp(0, false)));
        }
    }

    @Test
    void rfc2743_2_3_4_changed_token_gives_out_nothing_else() throws GSSException {
        Pair pair = bench.establish();
        for (MessageProp asked : protections(pair.initiator())) {
            boolean encrypted = asked.getPrivacy();
            byte[] message = Octets.message(40);
            byte[] token = pair.initiator().wrap(message, 0, message.length, asked);
            for (int bit = 0; bit < 8 * token.length; bit++) {
                byte[] changed = Octets.flip(token, bit);
                MessageProp found = new MessageProp(0, false);
                try {
                    assertArrayEquals(message, pair.acceptor().unwrap(changed, 0, changed.length, found));
                    assertEquals(encrypted, found.getPrivacy());
                } catch (GSSException e) {
                    assertTrue(BAD_MESSAGE.contains(e.getMajor()), e::toString);
                }
            }
        }
    }

    @Test
    void baton_no_message_makes_its_receiver_allocate_much() throws GSSException {
        Allocation allocation = Allocation.ofThisThread();
        Pair pair = bench.establish();
        pair.talk(); // loads the classes
        for (MessageProp asked : protections(pair.initiator())) {
            byte[] token = pair.initiator().wrap(Octets.message(40), 0, 40, asked);
            for (int bit = 0; bit < 8 * token.length; bit++) {
                byte[] changed = Octets.flip(token, bit);
                allocation.assertBounded(
                        token.length, () -> receiveOrRefuse(pair.acceptor(), changed), "a token with bit " + bit);
            }
        }
    }

    private static void receiveOrRefuse(BatonContext to, byte[] token) {
        try {
            Pair.receive(to, token);
        } catch (GSSException e) {
            assertNotEquals(0, e.getMajor());
        }
    }

    @Test
    void rfc2743_2_3_2_truncated_mic_is_refused() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(40);
        byte[] mic = pair.initiator().getMIC(message, 0, message.length, new MessageProp(0, false));
        for (int length = 0; length < mic.length; length++) {
            int cut = length;
            assertStatus(BAD_MESSAGE, () -> pair.acceptor()
                    .verifyMIC(mic, 0, cut, message, 0, message.length, new MessageProp(0, false)));
        }
        byte[] longer = Arrays.copyOf(mic, mic.length + 1);
        assertStatus(BAD_MESSAGE, () -> pair.acceptor()
                .verifyMIC(longer, 0, longer.length, message, 0, message.length, new MessageProp(0, false)));
    }

    @Test
    void rfc2743_2_3_2_changed_mic_is_refused() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(40);
        byte[] mic = pair.initiator().getMIC(message, 0, message.length, new MessageProp(0, false));
        for (int bit = 0; bit < 8 * mic.length; bit++) {
            byte[] changed = Octets.flip(mic, bit);
            assertStatus(BAD_MESSAGE, () -> pair.acceptor()
                    .verifyMIC(changed, 0, changed.length, message, 0, message.length, new MessageProp(0, false)));
        }
    }

    @Test
    void baton_refused_token_leaves_the_window_as_it_was() throws GSSException {
        Pair pair = bench.establish();
        for (MessageProp asked : protections(pair.initiator())) {
            byte[] token = pair.initiator().wrap(Octets.message(40), 0, 40, asked);
            byte[] changed = Octets.flip(token, 8 * token.length - 1);
            assertStatus(
                    BAD_MESSAGE, () -> pair.acceptor().unwrap(changed, 0, changed.length, new MessageProp(0, false)));
            assertEquals(Set.of(), Pair.receive(pair.acceptor(), token), "the report on what was sent");
        }
    }

    @Test
    void baton_wrap_and_mic_tokens_are_told_apart() throws GSSException {
        Pair pair = bench.establish();
        byte[] message = Octets.message(40);
        byte[] mic = pair.initiator().getMIC(message, 0, message.length, new MessageProp(0, false));
        assertStatus(BAD_MESSAGE, () -> pair.acceptor().unwrap(mic, 0, mic.length, new MessageProp(0, false)));
        byte[] token = pair.initiator().wrap(message, 0, message.length, new MessageProp(0, false));
        assertStatus(BAD_MESSAGE, () -> pair.acceptor()
                .verifyMIC(token, 0, token.length, message, 0, message.length, new MessageProp(0, false)));
    }

    @Test
    void baton_own_message_sent_back_is_refused() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            byte[] token = Pair.wrap(pair.side(role), "an echo");
            assertStatus(BAD_MESSAGE, () -> pair.side(role).unwrap(token, 0, token.length, new MessageProp(0, false)));
        }
    }

    @Test
    void baton_message_of_another_context_is_refused() throws GSSException {
        Pair pair = bench.establish();
        Pair other = bench.establish();
        byte[] token = Pair.wrap(other.initiator(), "for somebody else");
        assertStatus(BAD_MESSAGE, () -> pair.acceptor().unwrap(token, 0, token.length, new MessageProp(0, false)));
    }

    // Threads

    @Test
    void baton_one_sends_while_one_receives() throws Exception {
        Pair pair = bench.establish();
        int count = Scale.times(MESSAGES);
        List<byte[]> incoming = Pair.wrap(pair.initiator(), count);
        Threads.together(
                () -> {
                    for (byte[] token : Pair.wrap(pair.acceptor(), count)) {
                        assertEquals(Set.of(), Pair.receive(pair.initiator(), token));
                    }
                },
                () -> {
                    for (int i = 0; i < incoming.size(); i++) {
                        byte[] token = incoming.get(i);
                        assertArrayEquals(
                                Pair.text("message " + i),
                                pair.acceptor().unwrap(token, 0, token.length, new MessageProp(0, false)));
                    }
                });
    }

    // The end

    @Test
    void baton_dispose_erases_every_secret() throws GSSException {
        Pair pair = bench.establish();
        pair.talk();
        for (Role role : Role.values()) {
            MechanismContext context = pair.behind(role);
            List<Object> before = Secrets.ofEstablished(context, bench.shared());
            pair.side(role).dispose();
            assertErased(before, context);
        }
    }

    @Test
    void baton_failed_exchange_erases_every_secret() throws GSSException {
        BatonContext initiator = bench.newInitiator(bench.usual());
        byte[] hello = initiator.initSecContext(NOTHING, 0, 0);
        MechanismContext context = bench.mechanism.latest();
        List<Object> before = Secrets.reachableFrom(context, bench.shared());
        assertThrows(GSSException.class, () -> initiator.initSecContext(hello, 0, hello.length));
        assertErased(before, context);
    }

    private void assertErased(List<Object> before, MechanismContext context) {
        Secrets.assertErased(before);
        assertEquals(List.of(), Secrets.reachableFrom(context, bench.shared()), "what can be reached of secrets");
    }

    @Test
    void baton_erasing_twice_is_harmless() throws GSSException {
        Pair pair = bench.establish();
        for (Role role : Role.values()) {
            pair.side(role).dispose();
            pair.behind(role).erase();
        }
    }

    // What the tests share

    /** With encryption, if the context has it, and without. */
    private static List<MessageProp> protections(BatonContext context) {
        return context.getConfState()
                ? List.of(new MessageProp(0, true), new MessageProp(0, false))
                : List.of(new MessageProp(0, false));
    }
}
