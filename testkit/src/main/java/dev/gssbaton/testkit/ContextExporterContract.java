package dev.gssbaton.testkit;

import static dev.gssbaton.testkit.Refusals.assertFault;
import static dev.gssbaton.testkit.Refusals.assertStatus;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.jgss.AuthorizationDataEntry;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.ExportedToken;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.ImportOptions.Role;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What every {@link ContextExporter} does: a context that was exported and imported is the one that it was, in both roles
 * and both directions, and exists once; an export that failed has changed nothing.
 *
 * <p>Much of this is done by {@link BatonManager} for every mechanism alike, and is tested here with this one. The tests run
 * through a manager; only what a state is made of, inside its seal, is asked of the exporter itself.
 */
public abstract class ContextExporterContract {
    private static final byte[] NOTHING = {};
    private static final int THREADS = 8;
    private static final int MOVES = 5;
    private static final int RACES = 3;
    /** How many messages are received while a context is exported: no more than a window remembers. */
    private static final int RECEIVED = 32;

    private Workbench bench;

    /** For the implementer's class. */
    protected ContextExporterContract() {}

    /**
     * Makes the exporter that is tested, with its mechanism. Called before each test.
     *
     * @return the exporter and what it needs
     * @throws Exception if it cannot be made; the test fails then
     */
    protected abstract ContractFixture fixture() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Workbench(fixture());
    }

    // Before an export

    @Test
    void baton_exporter_names_its_mechanism_and_format() {
        ContextExporter exporter = bench.fixture.exporter();
        assertEquals(bench.fixture.mechanism().oid(), exporter.mechanism());
        assertTrue(
                exporter.format().equals(ContextExporter.BATON)
                        || exporter.format().matches("(?=.{3,64}$)[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+"),
                () -> "'" + exporter.format() + "' is neither baton nor a name with its author's domain");
    }

    @Test
    void rfc8353_context_is_transferable_until_it_is_dead() throws GSSException {
        assumeTrue(bench.fixture.exporter().format().equals(ContextExporter.BATON));
        BatonContext initiator = bench.newInitiator(bench.usual());
        BatonContext acceptor = bench.newAcceptor();
        assertTrue(initiator.isTransferable() && acceptor.isTransferable(), "before the start");
        Pair pair = bench.establish(initiator, acceptor, TokenChange.NONE);
        assertTrue(initiator.isTransferable() && acceptor.isTransferable(), "while it lives");
        bench.export(pair.initiator());
        assertFalse(initiator.isTransferable(), "exported");
        acceptor.dispose();
        assertFalse(acceptor.isTransferable(), "disposed of");
    }

    @Test
    void rfc2743_2_2_8_context_that_is_not_established_is_refused_and_goes_on() throws GSSException {
        BatonContext initiator = bench.newInitiator(bench.usual());
        BatonContext acceptor = bench.newAcceptor();
        Pair pair = bench.establish(initiator, acceptor, (number, token) -> {
            for (BatonContext context : List.of(initiator, acceptor)) {
                if (!context.isEstablished()) {
                    assertStatus(GSSException.NO_CONTEXT, () -> bench.export(context));
                }
            }
            return token;
        });
        pair.talk();
    }

    @Test
    void rfc2743_2_2_8_context_that_is_not_there_is_no_context() throws GSSException {
        assertFault(TransferFault.NOT_STARTED, () -> bench.export(bench.newInitiator(bench.usual())));
        assertFault(TransferFault.NOT_STARTED, () -> bench.export(bench.newAcceptor()));
        Pair pair = bench.establish();
        pair.initiator().dispose();
        assertFault(TransferFault.DISPOSED, () -> bench.export(pair.initiator()));
        bench.export(pair.acceptor());
        assertFault(TransferFault.EXPORTED, () -> bench.export(pair.acceptor()));
    }

    @Test
    void rfc2743_2_2_8_expired_context_is_refused() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            Instant start = bench.clock.instant();
            bench.clock.moveTo(end(pair, role));
            assertStatus(GSSException.CONTEXT_EXPIRED, () -> bench.export(pair.side(role)));
            bench.clock.moveTo(start);
        }
    }

    @Test
    void rfc2743_2_2_8_format_without_exporter_is_unavailable() throws GSSException {
        Pair pair = bench.establish();
        assertStatus(GSSException.UNAVAILABLE, () -> pair.initiator()
                .exportToken(bench.options().withFormat("org.example.no-such-format")));
        pair.talk();
    }

    // A successful export

    @Test
    void rfc2743_2_2_8_exported_context_is_dead() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            BatonContext context = pair.side(role);
            byte[] token = Pair.wrap(pair.peerOf(role), "too late");
            assertNotEquals(0, bench.export(context).length);
            for (int i = 0; i < 2; i++) {
                assertDead(context, token);
                context.dispose();
            }
        }
    }

    private void assertDead(BatonContext context, byte[] token) {
        byte[] message = Pair.text("too late");
        MessageProp prop = new MessageProp(0, false);
        List<Executable> calls = List.of(
                () -> context.wrap(message, 0, message.length, prop),
                () -> context.wrap(ByteBuffer.wrap(message), ByteBuffer.allocate(1000), prop),
                () -> context.unwrap(token, 0, token.length, prop),
                () -> context.unwrap(ByteBuffer.wrap(token), ByteBuffer.allocate(1000), prop),
                () -> context.getMIC(message, 0, message.length, prop),
                () -> context.getMIC(ByteBuffer.wrap(message), ByteBuffer.allocate(1000), prop),
                () -> context.verifyMIC(token, 0, token.length, message, 0, message.length, prop),
                () -> context.verifyMIC(ByteBuffer.wrap(token), ByteBuffer.wrap(message), prop),
                () -> context.getWrapSizeLimit(0, false, 1000),
                () -> context.initSecContext(NOTHING, 0, 0),
                () -> context.acceptSecContext(token, 0, token.length),
                () -> context.requestMutualAuth(true),
                () -> context.requestReplayDet(true),
                () -> context.requestSequenceDet(true),
                () -> context.requestCredDeleg(true),
                () -> context.requestAnonymity(true),
                () -> context.requestConf(true),
                () -> context.requestInteg(true),
                () -> context.requestLifetime(1),
                () -> context.requestDelegPolicy(true),
                () -> context.setChannelBinding(new ChannelBinding(message)),
                () -> context.inquireSecContext(InquireType.KRB5_GET_TKT_FLAGS),
                context::getSrcName,
                context::getTargName,
                context::getMech,
                context::getDelegCred,
                context::isInitiator,
                () -> bench.export(context));
        for (int i = 0; i < calls.size(); i++) {
            int number = i;
            GSSException refusal = assertThrows(GSSException.class, calls.get(i), () -> "call " + number);
            assertEquals(GSSException.NO_CONTEXT, refusal.getMajor(), () -> "call " + number + ": " + refusal);
        }
        assertFalse(context.isTransferable());
        assertFalse(context.isEstablished());
        assertFalse(context.isProtReady());
        assertFalse(context.getCredDelegState());
        assertFalse(context.getMutualAuthState());
        assertFalse(context.getReplayDetState());
        assertFalse(context.getSequenceDetState());
        assertFalse(context.getAnonymityState());
        assertFalse(context.getConfState());
        assertFalse(context.getIntegState());
        assertFalse(context.getDelegPolicyState());
        assertEquals(0, context.getLifetime());
    }

    @Test
    void baton_export_erases_every_secret() throws GSSException {
        Pair pair = bench.establish();
        pair.talk();
        for (Role role : Role.values()) {
            List<Object> before = Secrets.ofEstablished(pair.behind(role), bench.shared());
            bench.export(pair.side(role));
            Secrets.assertErased(before);
            assertEquals(
                    List.of(),
                    Secrets.reachableFrom(pair.behind(role), bench.shared()),
                    "what can be reached of secrets");
        }
    }

    @Test
    void baton_messages_sent_while_exporting_are_counted() throws Exception {
        for (Role role : races()) {
            Pair pair = bench.establish();
            List<byte[]> sent = new ArrayList<>();
            List<Callable<byte[]>> calls = List.of(
                    () -> {
                        try {
                            while (true) {
                                sent.add(Pair.wrap(pair.side(role), "while exporting"));
                            }
                        } catch (GSSException e) {
                            assertEquals(GSSException.NO_CONTEXT, e.getMajor(), e::toString);
                            return null;
                        }
                    },
                    () -> bench.export(pair.side(role)));
            BatonContext moved =
                    bench.importer.createContext(Threads.answers(calls).get(1));
            sent.add(Pair.wrap(moved, "afterwards"));
            for (byte[] token : sent) {
                assertEquals(Set.of(), Pair.receive(pair.peerOf(role), token), "one of " + sent.size());
            }
        }
    }

    @Test
    void baton_messages_received_while_exporting_are_counted() throws Exception {
        assumeTrue(bench.fixture.services().contains(ContextFlag.REPLAY));
        for (Role role : races()) {
            Pair pair = bench.establish();
            List<byte[]> tokens = Pair.wrap(pair.peerOf(role), RECEIVED);
            int before = RECEIVED / 4;
            for (byte[] token : tokens.subList(0, before)) {
                Pair.receive(pair.side(role), token);
            }
            List<Callable<byte[]>> calls = List.of(
                    () -> {
                        int received = before;
                        try {
                            while (received < RECEIVED - 1) {
                                Pair.receive(pair.side(role), tokens.get(received));
                                received++;
                            }
                        } catch (GSSException e) {
                            assertEquals(GSSException.NO_CONTEXT, e.getMajor(), e::toString);
                        }
                        return new byte[received];
                    },
                    () -> bench.export(pair.side(role)));
            List<byte[]> answers = Threads.answers(calls);
            int received = answers.get(0).length;
            BatonContext moved = bench.importer.createContext(answers.get(1));
            for (int number = 0; number < RECEIVED; number++) {
                String where = "message " + number + ", of which " + received + " were received before";
                Set<Report> expected = number < received ? Set.of(Report.DUPLICATE) : Set.of();
                assertEquals(expected, Pair.receive(moved, tokens.get(number)), where);
            }
        }
    }

    @Test
    void rfc2743_2_2_8_one_of_many_exports_at_once_has_the_token() throws Exception {
        for (Role role : races()) {
            Pair pair = bench.establish();
            List<Callable<Optional<byte[]>>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                calls.add(() -> {
                    try {
                        return Optional.of(bench.export(pair.side(role)));
                    } catch (GSSException e) {
                        assertEquals(Optional.of(TransferFault.EXPORTED), TransferFault.of(e), e::toString);
                        return Optional.empty();
                    }
                });
            }
            assertEquals(
                    1,
                    Threads.answers(calls).stream().filter(Optional::isPresent).count());
        }
    }

    // A failed export

    @Test
    void rfc2743_2_2_8_failed_export_leaves_the_numbers_as_they_were() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            for (FailurePoint point : FailurePoint.values()) {
                failToExport(pair.side(role), point);
                Pair.pass(pair.side(role), pair.peerOf(role), "after a failure at " + point);
            }
        }
    }

    @Test
    void rfc2743_2_2_8_failed_export_leaves_the_window_as_it_was() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.REPLAY));
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            List<byte[]> seen = Pair.wrap(pair.peerOf(role), 3);
            for (byte[] token : seen) {
                Pair.receive(pair.side(role), token);
            }
            for (FailurePoint point : FailurePoint.values()) {
                failToExport(pair.side(role), point);
                assertEquals(
                        Set.of(Report.DUPLICATE),
                        Pair.receive(pair.side(role), seen.get(1)),
                        () -> "after a failure at " + point);
                Pair.pass(pair.peerOf(role), pair.side(role), "after a failure at " + point);
            }
        }
    }

    @Test
    void rfc2743_2_2_8_failed_export_can_be_repeated() throws GSSException {
        for (Role role : Role.values()) {
            for (FailurePoint point : FailurePoint.values()) {
                Pair pair = bench.establish();
                failToExport(pair.side(role), point);
                BatonContext moved = bench.move(pair.side(role));
                Pair.arrive(moved, pair.peerOf(role), "after a failure at " + point);
            }
        }
    }

    private void failToExport(BatonContext context, FailurePoint point) {
        bench.failure.set(point);
        try {
            GSSException refusal = assertThrows(GSSException.class, () -> bench.export(context));
            assertEquals(GSSException.FAILURE, refusal.getMajor(), refusal::toString);
            assertTrue(TransferFault.of(refusal).isPresent(), () -> "a minor code of TransferFault, not " + refusal);
        } finally {
            bench.failure.clear();
        }
    }

    // A successful import

    @Test
    void rfc2743_2_2_9_names_are_kept() throws GSSException {
        for (Role role : Role.values()) {
            BatonContext moved = bench.move(bench.establish().side(role));
            assertEquals(bench.fixture.initiator().name(), moved.getSrcName());
            assertEquals(bench.fixture.acceptor().name(), moved.getTargName());
        }
    }

    @Test
    void rfc2743_2_2_9_role_is_kept() throws GSSException {
        for (Role role : Role.values()) {
            assertEquals(
                    role == Role.INITIATOR,
                    bench.move(bench.establish().side(role)).isInitiator());
        }
    }

    @Test
    void rfc2743_2_2_9_services_are_kept() throws GSSException {
        for (Set<ContextFlag> services : List.of(bench.usual(), without(ContextFlag.REPLAY, ContextFlag.SEQUENCE))) {
            for (Role role : Role.values()) {
                BatonContext context = bench.establish(services).side(role);
                List<Boolean> before = services(context);
                assertEquals(before, services(bench.move(context)));
            }
        }
    }

    private static List<Boolean> services(BatonContext context) {
        return List.of(
                context.getMutualAuthState(),
                context.getReplayDetState(),
                context.getSequenceDetState(),
                context.getConfState(),
                context.getIntegState(),
                context.getAnonymityState(),
                context.getCredDelegState(),
                context.getDelegPolicyState());
    }

    @Test
    void rfc2743_2_2_9_lifetime_is_kept() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            int before = pair.side(role).getLifetime();
            BatonContext moved = bench.move(pair.side(role));
            assertEquals(before, moved.getLifetime());
        }
    }

    @Test
    void rfc2743_2_2_9_imported_context_is_whole() throws GSSException {
        for (Role role : Role.values()) {
            BatonContext moved = bench.move(bench.establish().side(role));
            assertEquals(bench.fixture.mechanism().oid(), moved.getMech());
            assertTrue(moved.isEstablished());
            assertTrue(moved.isProtReady());
            assertTrue(
                    moved.isTransferable() || !bench.fixture.exporter().format().equals(ContextExporter.BATON));
        }
    }

    @Test
    void rfc2743_2_2_9_answers_to_inquiries_are_kept() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            List<Object> before = answers(pair.side(role));
            assertEquals(before, answers(bench.move(pair.side(role))));
        }
    }

    private static List<Object> answers(BatonContext context) {
        List<Object> answers = new ArrayList<>();
        for (InquireType type : InquireType.values()) {
            try {
                answers.add(comparable(context.inquireSecContext(type)));
            } catch (GSSException e) {
                answers.add("refused with " + e.getMajor());
            }
        }
        return answers;
    }

    private static Object comparable(Object answer) {
        if (answer instanceof boolean[] bits) {
            return Arrays.toString(bits);
        }
        if (answer instanceof byte[] octets) {
            return Arrays.toString(octets);
        }
        if (answer instanceof AuthorizationDataEntry entry) {
            return entry.getType() + " " + Arrays.toString(entry.getData());
        }
        return answer instanceof Object[] array
                ? Arrays.stream(array).map(ContextExporterContract::comparable).toList()
                : answer;
    }

    @Test
    void rfc2743_2_2_9_messages_pass_in_both_directions() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            BatonContext moved = bench.move(pair.side(role));
            for (boolean encrypted : new boolean[] {moved.getConfState(), false}) {
                passBoth(moved, pair.peerOf(role), encrypted);
                passBoth(pair.peerOf(role), moved, encrypted);
            }
        }
    }

    /** Lets a message pass wrapped, and another with a MIC. */
    private static void passBoth(BatonContext from, BatonContext to, boolean encrypted) throws GSSException {
        byte[] message = Pair.text("in both ways");
        byte[] token = from.wrap(message, 0, message.length, new MessageProp(0, encrypted));
        MessageProp prop = new MessageProp(0, !encrypted);
        assertArrayEquals(message, to.unwrap(token, 0, token.length, prop));
        assertEquals(encrypted, prop.getPrivacy());
        byte[] mic = from.getMIC(message, 0, message.length, new MessageProp(0, false));
        to.verifyMIC(mic, 0, mic.length, message, 0, message.length, new MessageProp(0, false));
    }

    @Test
    void rfc2743_2_2_9_numbers_sent_go_on() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            pair.talk();
            BatonContext moved = bench.move(pair.side(role));
            Pair.pass(moved, pair.peerOf(role), "the next");
        }
    }

    @Test
    void rfc2743_2_2_9_numbers_received_go_on() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            pair.talk();
            BatonContext moved = bench.move(pair.side(role));
            Pair.pass(pair.peerOf(role), moved, "the next");
        }
    }

    @Test
    void rfc2743_2_2_9_duplicate_stays_a_duplicate() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.REPLAY));
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            List<byte[]> seen = Pair.wrap(pair.peerOf(role), 4);
            for (byte[] token : seen) {
                Pair.receive(pair.side(role), token);
            }
            BatonContext moved = bench.move(pair.side(role));
            for (byte[] token : seen) {
                assertEquals(Set.of(Report.DUPLICATE), Pair.receive(moved, token));
            }
        }
    }

    @Test
    void rfc2743_2_2_9_gap_stays_a_gap() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.SEQUENCE));
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            List<byte[]> tokens = Pair.wrap(pair.peerOf(role), 5);
            for (int number : new int[] {0, 1, 3, 4}) {
                Pair.receive(pair.side(role), tokens.get(number));
            }
            BatonContext moved = bench.move(pair.side(role));
            assertEquals(Set.of(Report.UNSEQUENCED), Pair.receive(moved, tokens.get(2)), "the one that was missed");
        }
    }

    @Test
    void rfc2743_2_2_9_messages_under_way_arrive() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            List<byte[]> toMoved = Pair.wrap(pair.peerOf(role), 5);
            List<byte[]> fromMoved = Pair.wrap(pair.side(role), 5);
            BatonContext moved = bench.move(pair.side(role));
            for (byte[] token : toMoved) {
                assertEquals(Set.of(), Pair.receive(moved, token));
            }
            for (byte[] token : fromMoved) {
                assertEquals(Set.of(), Pair.receive(pair.peerOf(role), token));
            }
        }
    }

    @Test
    void rfc2743_2_2_9_what_is_not_detected_stays_so() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish(without(ContextFlag.REPLAY, ContextFlag.SEQUENCE));
            List<byte[]> tokens = Pair.wrap(pair.peerOf(role), 5);
            Pair.receive(pair.side(role), tokens.get(1));
            BatonContext moved = bench.move(pair.side(role));
            for (int number : new int[] {1, 4, 2}) {
                assertEquals(Set.of(), Pair.receive(moved, tokens.get(number)), () -> "message " + number);
            }
        }
    }

    @Test
    void rfc2743_1_2_10_context_moves_again_and_again() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            BatonContext moved = pair.side(role);
            for (int i = 0; i < MOVES; i++) {
                moved = bench.move(moved);
                Pair.pass(moved, pair.peerOf(role), "from the place it moved to, " + i);
                Pair.pass(pair.peerOf(role), moved, "to the place it moved to, " + i);
            }
            moved.dispose();
            assertFalse(moved.isEstablished());
        }
    }

    @Test
    void rfc8353_imported_context_cannot_be_changed() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            BatonContext moved = bench.move(pair.side(role));
            List<Boolean> before = services(moved);
            int lifetime = moved.getLifetime();
            moved.requestMutualAuth(false);
            moved.requestReplayDet(false);
            moved.requestSequenceDet(false);
            moved.requestConf(false);
            moved.requestInteg(false);
            moved.requestCredDeleg(true);
            moved.requestAnonymity(true);
            moved.requestDelegPolicy(true);
            moved.requestLifetime(1);
            moved.setChannelBinding(new ChannelBinding(new byte[] {1}));
            assertEquals(before, services(moved));
            assertEquals(lifetime, moved.getLifetime());
            Pair.arrive(moved, pair.peerOf(role), "as before");
        }
    }

    // Delegated credentials

    @Test
    void baton_delegated_credential_stays_behind_unless_the_exporter_sends_it() throws GSSException {
        BatonContext acceptor = delegated();
        byte[] token = bench.export(acceptor);
        assertNotDelegated(
                bench.importer.createContext(token, ImportOptions.any().withDelegatedCredential()));
    }

    @Test
    void baton_delegated_credential_stays_behind_unless_the_importer_takes_it() throws GSSException {
        BatonContext acceptor = delegated();
        ExportedToken token = acceptor.exportToken(bench.options().withDelegatedCredential());
        assertNotDelegated(bench.importer.createContext(token.octets()));
    }

    @Test
    void baton_delegated_credential_travels_if_both_say_so() throws GSSException {
        BatonContext acceptor = delegated();
        ExportedToken token = acceptor.exportToken(bench.options().withDelegatedCredential());
        BatonContext moved =
                bench.importer.createContext(token.octets(), ImportOptions.any().withDelegatedCredential());
        assertTrue(moved.getCredDelegState());
        assertEquals(bench.fixture.initiator().name(), moved.getDelegCred().getName());
    }

    private BatonContext delegated() throws GSSException {
        assumeTrue(bench.fixture.services().contains(ContextFlag.DELEG));
        Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
        services.add(ContextFlag.DELEG);
        return bench.establish(services).acceptor();
    }

    private static void assertNotDelegated(BatonContext moved) {
        assertFalse(moved.getCredDelegState());
        assertStatus(GSSException.NO_CRED, moved::getDelegCred);
    }

    // A refused import

    @Test
    void baton_token_is_taken_once_by_many() throws Exception {
        for (Role role : races()) {
            byte[] token = bench.export(bench.establish().side(role));
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                calls.add(() -> {
                    try {
                        return bench.importer.createContext(token).isEstablished();
                    } catch (GSSException e) {
                        assertEquals(Optional.of(TransferFault.ALREADY_TAKEN), TransferFault.of(e), e::toString);
                        return false;
                    }
                });
            }
            assertEquals(
                    1, Threads.answers(calls).stream().filter(taken -> taken).count());
        }
    }

    @Test
    void baton_token_is_refused_where_claims_are_kept_elsewhere() throws GSSException {
        BatonManager other = bench.builder()
                .exporter(bench.fixture.exporter())
                .keys(bench.keys)
                .claims(new ProcessClaims(new SecureRandom(), bench.clock))
                .build();
        byte[] token = bench.export(bench.establish().acceptor());
        assertFault(TransferFault.STORE_FOREIGN, () -> other.createContext(token));
        assertTrue(bench.importer.createContext(token).isEstablished(), "the right one can still take it");
    }

    @Test
    void baton_token_of_another_purpose_is_refused() throws GSSException {
        BatonManager other = bench.builder()
                .exporter(bench.fixture.exporter())
                .keys(bench.keys)
                .claims(bench.claims)
                .purpose("another")
                .build();
        byte[] token = bench.export(bench.establish().acceptor());
        assertFault(TransferFault.KEY_NOT_HELD, () -> other.createContext(token));
        assertTrue(bench.importer.createContext(token).isEstablished(), "the right one can still take it");
    }

    @Test
    void baton_expired_token_is_refused() throws GSSException {
        Pair pair = bench.establish();
        ExportedToken token = pair.acceptor().exportToken(bench.options().withLifetime(Duration.ofSeconds(2)));
        bench.clock.advance(Duration.ofSeconds(3));
        assertFault(TransferFault.TOKEN_EXPIRED, () -> bench.importer.createContext(token.octets()));
    }

    @Test
    void baton_token_does_not_outlive_its_context() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            Instant end = end(pair, role);
            Instant start = bench.clock.instant();
            bench.clock.moveTo(end.minusSeconds(1));
            byte[] token = bench.export(pair.side(role));
            bench.clock.moveTo(end.plusMillis(1));
            assertStatus(GSSException.NO_CONTEXT, () -> bench.importer.createContext(token));
            bench.clock.moveTo(start);
        }
    }

    @Test
    void baton_unexpected_role_is_refused_before_the_claim() throws GSSException {
        for (Role role : Role.values()) {
            Role other = role == Role.INITIATOR ? Role.ACCEPTOR : Role.INITIATOR;
            refuseThenTake(role, ImportOptions.any().expectRole(other));
        }
    }

    @Test
    void baton_unexpected_mechanism_is_refused_before_the_claim() throws GSSException {
        refuseThenTake(Role.ACCEPTOR, ImportOptions.any().expectMechanism(new Oid("2.25.1")));
    }

    @Test
    void baton_unexpected_names_are_refused_before_the_claim() throws GSSException {
        refuseThenTake(Role.ACCEPTOR, ImportOptions.any().expectSource(bench.fixture.stranger()));
        refuseThenTake(Role.INITIATOR, ImportOptions.any().expectTarget(bench.fixture.stranger()));
    }

    private void refuseThenTake(Role role, ImportOptions unmet) throws GSSException {
        byte[] token = bench.export(bench.establish().side(role));
        assertFault(TransferFault.UNEXPECTED_CONTEXT, () -> bench.importer.createContext(token, unmet));
        assertTrue(bench.importer.createContext(token).isEstablished(), "the right one can still take it");
    }

    @Test
    void baton_truncated_token_is_refused() throws GSSException {
        byte[] token = bench.export(bench.establish().acceptor());
        for (int length = 0; length < token.length; length++) {
            byte[] cut = Arrays.copyOf(token, length);
            assertStatus(GSSException.DEFECTIVE_TOKEN, () -> bench.importer.createContext(cut));
        }
        byte[] longer = Arrays.copyOf(token, token.length + 1);
        assertStatus(GSSException.DEFECTIVE_TOKEN, () -> bench.importer.createContext(longer));
        assertTrue(bench.importer.createContext(token).isEstablished(), "the token itself is not spent");
    }

    @Test
    void baton_changed_token_is_refused() throws GSSException {
        byte[] token = bench.export(bench.establish().acceptor());
        List<Integer> statuses = List.of(
                GSSException.DEFECTIVE_TOKEN,
                GSSException.UNAVAILABLE,
                GSSException.UNAUTHORIZED,
                GSSException.NO_CONTEXT);
        for (int bit = 0; bit < 8 * token.length; bit++) {
            byte[] changed = Octets.flip(token, bit);
            assertStatus(statuses, () -> bench.importer.createContext(changed));
        }
        assertTrue(bench.importer.createContext(token).isEstablished(), "the token itself is not spent");
    }

    @Test
    void baton_refused_import_erases_what_it_read() throws GSSException {
        for (Role role : Role.values()) {
            byte[] token = bench.export(bench.establish().side(role));
            BatonContext first = bench.importer.createContext(token);
            assertThrows(GSSException.class, () -> bench.importer.createContext(token));
            assertEquals(
                    List.of(),
                    Secrets.reachableFrom(bench.arriving.latest(), bench.shared()),
                    "what can be reached of secrets");
            first.dispose();
        }
    }

    // The state inside the seal

    @Test
    void baton_state_is_written_alike_each_time() throws GSSException {
        for (Role role : Role.values()) {
            Pair pair = bench.establish();
            pair.talk();
            byte[] state = bench.state(pair.behind(role));
            assertArrayEquals(state, bench.state(pair.behind(role)));
            Pair.pass(pair.side(role), pair.peerOf(role), "after it was written");
            Pair.pass(pair.peerOf(role), pair.side(role), "after it was written");
        }
    }

    @Test
    void baton_state_that_was_read_is_written_alike() throws GSSException {
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            MechanismContext read = read(state);
            assertArrayEquals(state, bench.state(read));
            read.erase();
        }
    }

    @Test
    void baton_reading_a_state_has_no_effect() throws GSSException {
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            for (int i = 0; i < 3; i++) {
                MechanismContext read = read(state);
                assertTrue(read.isEstablished());
                read.erase();
            }
        }
    }

    @Test
    void baton_truncated_state_is_malformed() throws GSSException {
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            for (int length = 0; length < state.length; length++) {
                byte[] cut = Arrays.copyOf(state, length);
                assertFault(TransferFault.STATE_MALFORMED, () -> read(cut));
            }
        }
    }

    @Test
    void baton_octets_behind_a_state_are_left_or_malformed() throws GSSException {
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            for (int more : new int[] {1, 2, 100}) {
                byte[] longer = Arrays.copyOf(state, state.length + more);
                assertFault(TransferFault.STATE_MALFORMED, () -> read(longer));
            }
        }
    }

    @Test
    void baton_changed_state_is_read_or_malformed() throws GSSException {
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            for (int bit = 0; bit < 8 * state.length; bit++) {
                try {
                    read(Octets.flip(state, bit)).erase();
                } catch (GSSException e) {
                    assertEquals(Optional.of(TransferFault.STATE_MALFORMED), TransferFault.of(e), e::toString);
                }
            }
        }
    }

    @Test
    void baton_changed_state_is_not_read_as_if_it_were_not() throws GSSException {
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            for (int bit = 0; bit < 8 * state.length; bit++) {
                byte[] changed = Octets.flip(state, bit);
                MechanismContext read;
                try {
                    read = read(changed);
                } catch (GSSException e) {
                    continue;
                }
                String where = "bit " + bit + " of " + state.length + " octets";
                assertArrayEquals(changed, bench.state(read), where);
                read.erase();
            }
        }
    }

    @Test
    void baton_no_state_makes_its_reader_allocate_much() throws GSSException {
        Allocation allocation = Allocation.ofThisThread();
        for (Role role : Role.values()) {
            byte[] state = someState(role);
            read(state).erase(); // loads the classes
            for (int bit = 0; bit < 8 * state.length; bit++) {
                byte[] changed = Octets.flip(state, bit);
                allocation.assertBounded(state.length, () -> readOrRefuse(changed), "a state with bit " + bit);
            }
        }
    }

    private void readOrRefuse(byte[] state) {
        try {
            read(state).erase();
        } catch (GSSException e) {
            assertNotEquals(0, e.getMajor());
        }
    }

    /** Each role, as often as races are run. */
    private static List<Role> races() {
        List<Role> races = new ArrayList<>();
        for (int i = 0; i < Scale.times(RACES); i++) {
            races.addAll(List.of(Role.values()));
        }
        return races;
    }

    private byte[] someState(Role role) throws GSSException {
        Pair pair = bench.establish();
        pair.talk();
        return bench.state(pair.behind(role));
    }

    /** Reads a state as a manager does. */
    private MechanismContext read(byte[] state) throws GSSException {
        StateReader in = new StateReader(state, 0, state.length);
        MechanismContext read = bench.fixture.exporter().read(in, Delegation.DROP, bench.environment());
        if (in.remaining() != 0) {
            read.erase();
        }
        in.expectEnd();
        return read;
    }

    private Set<ContextFlag> without(ContextFlag... left) {
        Set<ContextFlag> services = EnumSet.copyOf(bench.usual());
        services.removeAll(Arrays.asList(left));
        return services;
    }

    private static Instant end(Pair pair, Role role) {
        Instant end = pair.behind(role).expiry();
        assumeTrue(!end.equals(Instant.MAX), "the mechanism's contexts have an end");
        return end;
    }
}
