package dev.gssbaton.mock;

import com.sun.security.jgss.InquireType;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.testkit.ContextExporterContract;
import dev.gssbaton.testkit.ContractFixture;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule of {@link ContextExporterContract} catches the exporter that breaks it. */
class ContextExporterContractTest {
    // Where things stand in the mock mechanism's state of a context between alice and bob.
    private static final int FLAGS_POS = 2;
    private static final int NEXT_POS = FLAGS_POS + 4 + 8 + 2 + "alice".length() + 2 + "bob".length();
    private static final int WINDOW_FLAGS_POS = NEXT_POS + 8;
    private static final int GONE_POS = WINDOW_FLAGS_POS + 1 + 8;
    private static final int SEEN_POS = GONE_POS + 8;

    private static final int SIZE = SEEN_POS + 8 + 2 + 64;

    private static final byte[] NOTHING = {};

    static final class Subject extends ContextExporterContract {
        private static Supplier<ContractFixture> fixture;

        @Override
        protected ContractFixture fixture() {
            return fixture.get();
        }
    }

    @TestFactory
    List<DynamicTest> each_rule_catches_the_exporter_that_breaks_it() {
        Proof<ContractFixture> proof = new Proof<>(Subject.class, fixture -> Subject.fixture = fixture);
        addExports(proof);
        addFacts(proof);
        addMessages(proof);
        addDelegation(proof);
        addImports(proof);
        addStates(proof);
        return proof.right(
                MockFixture::delegating,
                // What BatonContext and BatonManager do for every mechanism, whatever it does.
                "rfc8353_context_is_transferable_until_it_is_dead",
                "rfc2743_2_2_8_context_that_is_not_established_is_refused_and_goes_on",
                "rfc2743_2_2_8_context_that_is_not_there_is_no_context",
                "rfc2743_2_2_8_expired_context_is_refused",
                "rfc2743_2_2_8_format_without_exporter_is_unavailable",
                "rfc2743_2_2_8_exported_context_is_dead",
                "rfc2743_2_2_8_one_of_many_exports_at_once_has_the_token",
                "baton_token_is_refused_where_claims_are_kept_elsewhere",
                "baton_token_of_another_purpose_is_refused",
                "baton_expired_token_is_refused",
                "baton_token_does_not_outlive_its_context",
                "baton_truncated_token_is_refused",
                "baton_changed_token_is_refused");
    }

    private static ContractFixture wrong(ContextExporter exporter) {
        return MockFixture.of(new ForwardingMechanism(), exporter);
    }

    /** Puts a wrapper around each context that is read. */
    private static Supplier<ContractFixture> reads(UnaryOperator<MechanismContext> wrapper) {
        return () -> wrong(new ForwardingExporter(wrapper));
    }

    /** Changes each state that is written. */
    private static Supplier<ContractFixture> writes(Consumer<ByteBuffer> change) {
        return () -> wrong(new ForwardingExporter() {
            @Override
            public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
                try (StateWriter right = new StateWriter(0, 64)) {
                    super.write(context, delegation, right);
                    byte[] state = Arrays.copyOf(right.array(), right.position());
                    change.accept(ByteBuffer.wrap(state));
                    out.octets(state);
                }
            }
        });
    }

    // Exports

    private static void addExports(Proof<ContractFixture> proof) {
        proof.flaw(
                "calls its format by a name that others may use",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public String format() {
                        return "compact";
                    }
                }),
                "baton_exporter_names_its_mechanism_and_format");
        proof.flaw(
                "keeps the keys of a context that was exported",
                () -> MockFixture.of(
                        new ForwardingMechanism(context -> new ForwardingContext(context) {
                            @Override
                            public void erase() {}
                        }),
                        new ForwardingExporter()),
                "baton_export_erases_every_secret");
        proof.flaw(
                "uses a number while it writes",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        super.write(context, delegation, out);
                        context.getMIC(NOTHING, 0, 0, new MessageProp(false));
                    }
                }),
                "rfc2743_2_2_8_failed_export_leaves_the_numbers_as_they_were",
                "baton_state_is_written_alike_each_time");
        proof.flaw(
                "forgets the window while it writes",
                ContextExporterContractTest::forgetsWhileItWrites,
                "rfc2743_2_2_8_failed_export_leaves_the_window_as_it_was");
        proof.flaw(
                "erases the context that it writes",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        super.write(context, delegation, out);
                        context.erase();
                    }
                }),
                "rfc2743_2_2_8_failed_export_leaves_the_numbers_as_they_were",
                "rfc2743_2_2_8_failed_export_leaves_the_window_as_it_was",
                "rfc2743_2_2_8_failed_export_can_be_repeated",
                "baton_state_is_written_alike_each_time");
    }

    private static ContractFixture forgetsWhileItWrites() {
        Set<MechanismContext> written = ConcurrentHashMap.newKeySet();
        return MockFixture.of(
                new ForwardingMechanism(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        byte[] message = super.unwrap(token, offset, length, prop);
                        if (written.contains(this)) {
                            prop.setSupplementaryStates(false, false, false, false, 0, null);
                        }
                        return message;
                    }
                }),
                new ForwardingExporter() {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        super.write(context, delegation, out);
                        written.add(context);
                    }
                });
    }

    // What is told of an imported context

    private static void addFacts(Proof<ContractFixture> proof) {
        proof.flaw(
                "swaps the names",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public GSSName sourceName() {
                        return super.targetName();
                    }

                    @Override
                    public GSSName targetName() {
                        return super.sourceName();
                    }
                }),
                "rfc2743_2_2_9_names_are_kept");
        proof.flaw(
                "swaps the roles",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public boolean isInitiator() {
                        return !super.isInitiator();
                    }
                }),
                "rfc2743_2_2_9_role_is_kept",
                "baton_unexpected_role_is_refused_before_the_claim");
        proof.flaw(
                "loses a service",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public Set<ContextFlag> flags() {
                        Set<ContextFlag> fewer = new HashSet<>(super.flags());
                        fewer.remove(ContextFlag.REPLAY);
                        return fewer;
                    }
                }),
                "rfc2743_2_2_9_services_are_kept");
        proof.flaw(
                "loses the end",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public Instant expiry() {
                        return Instant.MAX;
                    }
                }),
                "rfc2743_2_2_9_lifetime_is_kept");
        proof.flaw(
                "loses what it is asked about",
                () -> MockFixture.of(
                        new ForwardingMechanism(context -> new ForwardingContext(context) {
                            @Override
                            public Object inquire(InquireType type) throws GSSException {
                                return type == InquireType.KRB5_GET_AUTHTIME ? "19700101000000Z" : super.inquire(type);
                            }
                        }),
                        new ForwardingExporter()),
                "rfc2743_2_2_9_answers_to_inquiries_are_kept");
    }

    // Messages afterwards

    private static void addMessages(Proof<ContractFixture> proof) {
        proof.flaw(
                "makes wrong MICs afterwards",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
                        byte[] mic = super.getMIC(message, offset, length, prop);
                        mic[mic.length - 1] ^= 1;
                        return mic;
                    }
                }),
                "rfc2743_2_2_9_messages_pass_in_both_directions");
        proof.flaw(
                "loses a number",
                reads(LosesANumber::new),
                "rfc2743_2_2_9_numbers_sent_go_on",
                "rfc2743_1_2_10_context_moves_again_and_again",
                "baton_messages_sent_while_exporting_are_counted");
        proof.flaw(
                "uses a number again",
                writes(state -> state.putLong(NEXT_POS, state.getLong(NEXT_POS) - 1)),
                "rfc2743_2_2_9_numbers_sent_go_on",
                "rfc2743_1_2_10_context_moves_again_and_again",
                "baton_messages_sent_while_exporting_are_counted",
                "baton_state_that_was_read_is_written_alike",
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "misses a message that it had",
                reads(MissesAMessage::new),
                "rfc2743_2_2_9_numbers_received_go_on",
                "rfc2743_1_2_10_context_moves_again_and_again",
                "rfc2743_2_2_9_messages_under_way_arrive",
                "baton_messages_received_while_exporting_are_counted");
        proof.flaw(
                "keeps the latest message in its window alone",
                writes(state -> state.putLong(SEEN_POS, Math.min(1, state.getLong(GONE_POS)))),
                "rfc2743_2_2_9_duplicate_stays_a_duplicate",
                "baton_messages_received_while_exporting_are_counted",
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "fills the gaps of its window",
                writes(state -> state.putLong(SEEN_POS, (1L << state.getLong(GONE_POS)) - 1)),
                "rfc2743_2_2_9_gap_stays_a_gap",
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "takes messages that were under way for old ones",
                writes(state -> {
                    state.putLong(GONE_POS, state.getLong(GONE_POS) + 5);
                    state.putLong(SEEN_POS, (state.getLong(SEEN_POS) << 5) | 1);
                }),
                "rfc2743_2_2_9_messages_under_way_arrive",
                "rfc2743_2_2_9_numbers_received_go_on",
                "rfc2743_1_2_10_context_moves_again_and_again",
                "baton_messages_received_while_exporting_are_counted",
                "baton_state_that_was_read_is_written_alike",
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "detects what was not to be detected",
                writes(state -> state.put(WINDOW_FLAGS_POS, (byte) 3)),
                "rfc2743_2_2_9_what_is_not_detected_stays_so",
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "moves a context once",
                () -> wrong(new ForwardingExporter(ForwardingContext::new) {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        if (context instanceof ForwardingContext) {
                            throw new GSSException(GSSException.UNAVAILABLE);
                        }
                        super.write(context, delegation, out);
                    }
                }),
                "rfc2743_1_2_10_context_moves_again_and_again",
                "baton_state_that_was_read_is_written_alike",
                "baton_changed_state_is_not_read_as_if_it_were_not");
    }

    private static final class MissesAMessage extends ForwardingContext {
        private boolean missed;

        MissesAMessage(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
            byte[] message = super.unwrap(token, offset, length, prop);
            boolean inOrder = !prop.isDuplicateToken() && !prop.isOldToken() && !prop.isUnseqToken();
            if (inOrder && !missed && flags().contains(ContextFlag.SEQUENCE)) {
                prop.setSupplementaryStates(false, false, false, true, 0, "a gap");
                missed = true;
            }
            return message;
        }
    }

    private static final class LosesANumber extends ForwardingContext {
        private boolean lost;

        LosesANumber(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
            if (!lost) {
                super.wrap(message, offset, length, prop);
            }
            lost = true;
            return super.wrap(message, offset, length, prop);
        }
    }

    // Delegated credentials

    private static void addDelegation(Proof<ContractFixture> proof) {
        proof.flaw(
                "writes a delegated credential whatever is asked for",
                () -> delegating(new DelegatingExporter() {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        super.write(context, Delegation.CARRY, out);
                    }
                }),
                "baton_delegated_credential_stays_behind_unless_the_exporter_sends_it");
        proof.flaw(
                "reads a delegated credential whatever is asked for",
                () -> delegating(new DelegatingExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        return super.read(in, Delegation.CARRY, environment);
                    }
                }),
                "baton_delegated_credential_stays_behind_unless_the_importer_takes_it");
        proof.flaw(
                "never writes a delegated credential",
                () -> delegating(new DelegatingExporter() {
                    @Override
                    public void write(MechanismContext context, Delegation delegation, StateWriter out)
                            throws GSSException {
                        super.write(context, Delegation.DROP, out);
                    }
                }),
                "baton_delegated_credential_travels_if_both_say_so");
    }

    private static ContractFixture delegating(ContextExporter exporter) {
        return MockFixture.delegating(new DelegatingMechanism(), exporter);
    }

    // Imports

    private static void addImports(Proof<ContractFixture> proof) {
        proof.flaw(
                "keeps the keys of a context that was read in vain",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public void erase() {}
                }),
                "baton_refused_import_erases_what_it_read");
        proof.flaw(
                "reads each state once",
                ContextExporterContractTest::readsOnce,
                "baton_reading_a_state_has_no_effect",
                "baton_refused_import_erases_what_it_read",
                "baton_token_is_taken_once_by_many",
                "baton_unexpected_role_is_refused_before_the_claim",
                "baton_unexpected_mechanism_is_refused_before_the_claim",
                "baton_unexpected_names_are_refused_before_the_claim");
        proof.flaw(
                "gives out contexts that cannot be used yet",
                reads(context -> new ForwardingContext(context) {
                    @Override
                    public boolean isProtectionReady() {
                        return false;
                    }
                }),
                "rfc2743_2_2_9_imported_context_is_whole",
                "rfc2743_2_2_9_messages_pass_in_both_directions",
                "rfc2743_2_2_9_numbers_sent_go_on",
                "rfc2743_2_2_9_numbers_received_go_on",
                "rfc2743_2_2_9_duplicate_stays_a_duplicate",
                "rfc2743_2_2_9_gap_stays_a_gap",
                "rfc2743_2_2_9_messages_under_way_arrive",
                "rfc2743_2_2_9_what_is_not_detected_stays_so",
                "rfc2743_1_2_10_context_moves_again_and_again",
                "rfc2743_2_2_8_failed_export_can_be_repeated",
                "rfc8353_imported_context_cannot_be_changed",
                "baton_messages_sent_while_exporting_are_counted",
                "baton_messages_received_while_exporting_are_counted");
    }

    private static ContractFixture readsOnce() {
        Set<ByteBuffer> before = ConcurrentHashMap.newKeySet();
        return wrong(new ForwardingExporter() {
            @Override
            public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                    throws GSSException {
                byte[] state = rest(in);
                if (!before.add(ByteBuffer.wrap(state))) {
                    throw StateReader.malformed("state", "was read before");
                }
                return readAll(state, delegation, environment);
            }
        });
    }

    // The state

    private static void addStates(Proof<ContractFixture> proof) {
        proof.flaw(
                "pads its states with noise",
                () -> wrong(new PadsWithNoise()),
                "baton_state_is_written_alike_each_time",
                "baton_state_that_was_read_is_written_alike",
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "takes zeros for what is missing",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        byte[] state = rest(in);
                        try {
                            return readAll(state, delegation, environment);
                        } catch (GSSException e) {
                            byte[] padded = Arrays.copyOf(state, Math.max(state.length, SIZE));
                            return readAll(padded, delegation, environment);
                        }
                    }
                }),
                "baton_truncated_state_is_malformed");
        proof.flaw(
                "overlooks what stands behind a state",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        MechanismContext context = super.read(in, delegation, environment);
                        in.octets(in.remaining(), "rest");
                        return context;
                    }
                }),
                "baton_octets_behind_a_state_are_left_or_malformed");
        proof.flaw(
                "breaks on unknown flags",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        byte[] state = rest(in);
                        if (state.length > FLAGS_POS && state[FLAGS_POS] != 0) {
                            throw new ArrayIndexOutOfBoundsException("no such flag");
                        }
                        return readAll(state, delegation, environment);
                    }
                }),
                "baton_changed_state_is_read_or_malformed",
                "baton_changed_state_is_not_read_as_if_it_were_not",
                "baton_no_state_makes_its_reader_allocate_much");
        proof.flaw(
                "overlooks unknown flags",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        byte[] state = rest(in);
                        if (state.length > FLAGS_POS) {
                            state[FLAGS_POS] = 0;
                        }
                        return readAll(state, delegation, environment);
                    }
                }),
                "baton_changed_state_is_not_read_as_if_it_were_not");
        proof.flaw(
                "allocates before it has looked",
                () -> wrong(new ForwardingExporter() {
                    @Override
                    public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                            throws GSSException {
                        byte[] state = rest(in);
                        byte[] room = new byte[state.length > 1 && state[0] != 1 ? 1 << 20 : 0];
                        System.arraycopy(state, 0, room, 0, Math.min(state.length, room.length));
                        return readAll(state, delegation, environment);
                    }
                }),
                "baton_no_state_makes_its_reader_allocate_much");
    }

    private static final class PadsWithNoise extends ForwardingExporter {
        private final SecureRandom random = new SecureRandom();

        @Override
        public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
            super.write(context, delegation, out);
            out.int32(random.nextInt());
        }

        @Override
        public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                throws GSSException {
            MechanismContext context = super.read(in, delegation, environment);
            try {
                in.int32("noise");
                return context;
            } catch (GSSException e) {
                context.erase();
                throw e;
            }
        }
    }
}
