package dev.gssbaton.mock;

import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.MechanismContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule of {@link MechanismContract} catches the mechanism that breaks it. */
class MechanismContractTest {
    private static final byte CLEAR = 2;
    private static final byte ENCRYPTED = 3;
    /** The octet of the type, of four, that is not always 0. */
    private static final int TYPE_POS = 3;

    private static final int NUMBER_POS = 4;
    private static final int HEADER_SIZE = 12;
    private static final int TAG_SIZE = 16;

    static final class Subject extends MechanismContract {
        private static Supplier<ContractFixture> fixture;

        @Override
        protected ContractFixture fixture() {
            return fixture.get();
        }
    }

    @TestFactory
    List<DynamicTest> each_rule_catches_the_mechanism_that_breaks_it() {
        Proof<ContractFixture> proof = new Proof<>(Subject.class, fixture -> Subject.fixture = fixture);
        addMechanisms(proof);
        addExchanges(proof);
        addFacts(proof);
        addMessages(proof);
        addSizes(proof);
        addDetection(proof);
        addVerification(proof);
        addErasure(proof);
        return proof.right(
                MockFixture::delegating,
                // The acceptor's mechanism is found by it: without it no test gets anywhere.
                "rfc2743_3_1_first_token_names_the_mechanism",
                // Both are BatonContext's, from the end that the mechanism tells.
                "rfc2743_2_2_7_lifetime_counts_down",
                "rfc2743_2_3_expired_context_protects_nothing");
    }

    private static ContractFixture wrong(Mechanism mechanism) {
        return MockFixture.of(mechanism, new ForwardingExporter());
    }

    private static Supplier<ContractFixture> contexts(UnaryOperator<MechanismContext> wrapper) {
        return () -> wrong(new ForwardingMechanism(wrapper));
    }

    // Names and credentials

    private static void addMechanisms(Proof<ContractFixture> proof) {
        proof.flaw(
                "has a name of two words",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public String name() {
                        return "a mock";
                    }
                }),
                "baton_mechanism_has_one_oid_and_a_name");
        proof.flaw(
                "reads each exported name as one",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public GSSName name(byte[] name, Oid nameType) throws GSSException {
                        return GSSName.NT_EXPORT_NAME.equals(nameType)
                                ? MockFixture.name("carol")
                                : super.name(name, nameType);
                    }
                }),
                "rfc2743_3_2_exported_name_reads_back");
        proof.flaw(
                "takes any type of name",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public GSSName name(String name, Oid nameType) throws GSSException {
                        return super.name(name, null);
                    }
                }),
                "rfc2743_2_4_5_unknown_name_type_is_refused",
                "baton_refusal_shows_its_text");
        proof.flaw(
                "casts the credential",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public MechanismContext acceptor(AcceptorRequest request, Environment environment)
                            throws GSSException {
                        SecretCredential credential = (SecretCredential) request.credential();
                        return super.acceptor(new AcceptorRequest(credential, request.channelBinding()), environment);
                    }
                }),
                "baton_foreign_credential_is_refused",
                "baton_refusal_shows_its_text");
        proof.flaw(
                "casts the name",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public MechanismContext initiator(InitiatorRequest request, Environment environment)
                            throws GSSException {
                        return super.initiator(
                                with((TextName) request.target(), request.flags(), request), environment);
                    }
                }),
                "baton_foreign_name_is_refused",
                "baton_refusal_shows_its_text");
        proof.flaw(
                "refuses without a word",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void verifyMIC(
                            byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
                            throws GSSException {
                        try {
                            super.verifyMIC(token, offset, length, message, from, size, prop);
                        } catch (GSSException e) {
                            throw new GSSException(e.getMajor());
                        }
                    }
                }),
                "baton_refusal_shows_its_text");
        proof.flaw(
                "hides its text behind the minor code 0",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public GSSName name(String name, Oid nameType) throws GSSException {
                        try {
                            return super.name(name, nameType);
                        } catch (GSSException e) {
                            throw new GSSException(e.getMajor(), 0, e.getMinorString());
                        }
                    }
                }),
                "baton_refusal_shows_its_text");
    }

    private static InitiatorRequest with(GSSName target, Set<ContextFlag> flags, InitiatorRequest request) {
        return new InitiatorRequest(target, request.credential(), request.lifetime(), flags, request.channelBinding());
    }

    // The exchange

    private static void addExchanges(Proof<ContractFixture> proof) {
        proof.flaw(
                "does not look at channel bindings",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public MechanismContext initiator(InitiatorRequest request, Environment environment)
                            throws GSSException {
                        return super.initiator(
                                new InitiatorRequest(
                                        request.target(),
                                        request.credential(),
                                        request.lifetime(),
                                        request.flags(),
                                        null),
                                environment);
                    }

                    @Override
                    public MechanismContext acceptor(AcceptorRequest request, Environment environment)
                            throws GSSException {
                        return super.acceptor(new AcceptorRequest(request.credential(), null), environment);
                    }
                }),
                "rfc2743_1_1_6_different_channel_bindings_do_not_establish");
        proof.flaw(
                "refuses channel bindings with another status",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public MechanismContext initiator(InitiatorRequest request, Environment environment)
                            throws GSSException {
                        if (request.channelBinding() != null) {
                            throw new GSSException(GSSException.UNAVAILABLE);
                        }
                        return super.initiator(request, environment);
                    }
                }),
                "rfc2743_1_1_6_different_channel_bindings_do_not_establish",
                "rfc2743_1_1_6_equal_channel_bindings_establish_or_are_refused");
        proof.flaw(
                "establishes whatever the last token is",
                contexts(TakesAnyLastToken::new),
                "rfc2743_2_2_1_truncated_tokens_establish_nothing",
                "rfc2743_2_2_1_changed_tokens_establish_nothing_else");
        proof.flaw(
                "takes its end from an octet that nothing protects",
                contexts(SendsItsEndUnprotected::new),
                "rfc2743_2_2_1_changed_tokens_establish_nothing_else");
        proof.flaw(
                "delegates without being asked",
                () -> MockFixture.delegating(
                        new DelegatingMechanism() {
                            @Override
                            public MechanismContext initiator(InitiatorRequest request, Environment environment)
                                    throws GSSException {
                                Set<ContextFlag> flags = EnumSet.of(ContextFlag.DELEG);
                                flags.addAll(request.flags());
                                return super.initiator(with(request.target(), flags, request), environment);
                            }
                        },
                        new DelegatingExporter()),
                "rfc2743_2_2_1_credential_is_delegated_if_asked_for");
        proof.flaw(
                "uses one nonce for all contexts",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public MechanismContext initiator(InitiatorRequest request, Environment environment)
                            throws GSSException {
                        return super.initiator(request, withoutRandomness(environment));
                    }

                    @Override
                    public MechanismContext acceptor(AcceptorRequest request, Environment environment)
                            throws GSSException {
                        return super.acceptor(request, withoutRandomness(environment));
                    }
                }),
                "baton_message_of_another_context_is_refused");
    }

    private static Environment withoutRandomness(Environment environment) {
        SecureRandom zero = new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] octets) {
                Arrays.fill(octets, (byte) 0);
            }
        };
        return new Environment(environment.clock(), zero, environment.claims());
    }

    private static final class TakesAnyLastToken extends ForwardingContext {
        private int steps;
        private boolean careless;

        TakesAnyLastToken(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] step(byte[] token, int offset, int length) throws GSSException {
            steps++;
            try {
                return super.step(token, offset, length);
            } catch (GSSException e) {
                if (isInitiator() || steps == 1) {
                    throw e;
                }
                careless = true;
                return null;
            }
        }

        @Override
        public boolean isEstablished() {
            return careless || super.isEstablished();
        }

        @Override
        public boolean isProtectionReady() {
            return isEstablished();
        }
    }

    private static final class SendsItsEndUnprotected extends ForwardingContext {
        private int steps;
        private int hours;

        SendsItsEndUnprotected(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] step(byte[] token, int offset, int length) throws GSSException {
            steps++;
            if (isInitiator() && steps == 2) {
                byte[] last = super.step(token, offset, length);
                return Arrays.copyOf(last, last.length + 1);
            }
            if (!isInitiator() && steps == 2 && length > 0) {
                hours = token[offset + length - 1];
                return super.step(token, offset, length - 1);
            }
            return super.step(token, offset, length);
        }

        @Override
        public Instant expiry() {
            return super.expiry().plus(Duration.ofHours(hours));
        }
    }

    // What is told of a context

    private static void addFacts(Proof<ContractFixture> proof) {
        proof.flaw(
                "tells the other role",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public boolean isInitiator() {
                        return !super.isInitiator();
                    }
                }),
                "rfc2743_2_2_1_both_sides_establish");
        proof.flaw(
                "calls both sides by one name",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public GSSName sourceName() {
                        return targetName();
                    }
                }),
                "rfc2743_2_2_6_both_sides_tell_both_names");
        proof.flaw(
                "keeps silent about a service",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public Set<ContextFlag> flags() {
                        return without(super.flags(), ContextFlag.SEQUENCE);
                    }
                }),
                "rfc2743_2_2_1_services_asked_for_are_granted");
        proof.flaw(
                "tells the acceptor of a service more",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public Set<ContextFlag> flags() {
                        return isInitiator() ? super.flags() : with(super.flags(), ContextFlag.DELEG_POLICY);
                    }
                }),
                "rfc2743_1_2_1_2_both_sides_tell_the_same_services");
        proof.flaw(
                "claims to detect always",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public Set<ContextFlag> flags() {
                        return with(with(super.flags(), ContextFlag.SEQUENCE), ContextFlag.REPLAY);
                    }
                }),
                "rfc2743_1_2_3_detection_is_granted_only_if_asked_for");
        proof.flaw(
                "puts off its end",
                () -> wrong(new ForwardingMechanism() {
                    @Override
                    public MechanismContext initiator(InitiatorRequest request, Environment environment)
                            throws GSSException {
                        return new ForwardingContext(super.initiator(request, environment)) {
                            @Override
                            public Instant expiry() {
                                return environment.clock().instant().plusSeconds(3600);
                            }
                        };
                    }
                }),
                "baton_end_of_a_context_does_not_move");
    }

    private static Set<ContextFlag> without(Set<ContextFlag> flags, ContextFlag flag) {
        Set<ContextFlag> fewer = new HashSet<>(flags);
        fewer.remove(flag);
        return fewer;
    }

    private static Set<ContextFlag> with(Set<ContextFlag> flags, ContextFlag flag) {
        Set<ContextFlag> more = new HashSet<>(flags);
        more.add(flag);
        return more;
    }

    // Messages

    private static void addMessages(Proof<ContractFixture> proof) {
        proof.flaw(
                "cuts long messages",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
                        return super.wrap(message, offset, Math.min(length, 0xFFFF), prop);
                    }
                }),
                "rfc2743_2_3_3_wrapped_messages_arrive");
        proof.flaw(
                "makes a wrong MIC of long messages",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
                        return super.getMIC(message, offset, Math.min(length, 0xFFFF), prop);
                    }
                }),
                "rfc2743_2_3_1_mics_verify");
        proof.flaw(
                "makes MICs of the beginning",
                contexts(MakesMicsOfTheBeginning::new),
                "rfc2743_2_3_2_mic_of_another_message_is_refused");
        proof.flaw(
                "does not tell the receiver of encryption",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        byte[] message = super.unwrap(token, offset, length, prop);
                        prop.setPrivacy(false);
                        return message;
                    }
                }),
                "rfc2743_2_3_4_confidentiality_is_told");
        proof.flaw(
                "says that it encrypts, and does not",
                contexts(SaysThatItEncrypts::new),
                "rfc2743_2_3_3_encrypted_message_is_not_to_be_seen");
        proof.flaw(
                "begins at the beginning of the array",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
                        return super.wrap(message, 0, length, prop);
                    }
                }),
                "rfc8353_offsets_and_lengths_are_kept_to");
        proof.flaw(
                "unwraps in place",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        byte[] message = super.unwrap(token, offset, length, prop);
                        Arrays.fill(token, offset, offset + length, (byte) 0);
                        return message;
                    }
                }),
                "baton_arrays_of_the_caller_are_not_changed",
                "rfc2743_1_2_3_duplicate_is_reported",
                "rfc2743_1_2_3_nothing_is_reported_without_detection");
        proof.flaw(
                "leaves a buffer's position where it was",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void wrap(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
                        super.wrap(message.duplicate(), token, prop);
                    }
                }),
                "baton_buffers_are_read_and_written_from_their_position");
        proof.flaw(
                "wraps before it looks for room",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void wrap(ByteBuffer message, ByteBuffer token, MessageProp prop) throws GSSException {
                        byte[] octets = new byte[message.remaining()];
                        message.get(octets);
                        token.put(wrap(octets, 0, octets.length, prop));
                    }
                }),
                "baton_message_that_does_not_fit_its_buffer_is_not_sent");
        proof.flaw(
                "unwraps before it looks for room",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void unwrap(ByteBuffer token, ByteBuffer message, MessageProp prop) throws GSSException {
                        byte[] octets = new byte[token.remaining()];
                        token.get(octets);
                        message.put(unwrap(octets, 0, octets.length, prop));
                    }
                }),
                "baton_token_that_does_not_fit_its_buffer_is_not_received");
        proof.flaw(
                "uses one array for both directions",
                contexts(UsesOneArray::new),
                "baton_one_sends_while_one_receives");
    }

    private static final class MakesMicsOfTheBeginning extends ForwardingContext {
        private static final int BEGINNING = 100;

        MakesMicsOfTheBeginning(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
            return super.getMIC(message, offset, Math.min(length, BEGINNING), prop);
        }

        @Override
        public void verifyMIC(
                byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
                throws GSSException {
            super.verifyMIC(token, offset, length, message, from, Math.min(size, BEGINNING), prop);
        }
    }

    private static final class SaysThatItEncrypts extends ForwardingContext {
        private static final byte SAID = 4;

        SaysThatItEncrypts(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
            byte[] token = super.wrap(message, offset, length, new MessageProp(prop.getQOP(), false));
            if (prop.getPrivacy()) {
                token[TYPE_POS] = SAID;
            }
            return token;
        }

        @Override
        public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
            boolean said = length > TYPE_POS && token[offset + TYPE_POS] == SAID;
            byte[] real = Arrays.copyOfRange(token, offset, offset + length);
            if (said) {
                real[TYPE_POS] = CLEAR;
            }
            byte[] message = super.unwrap(real, 0, length, prop);
            prop.setPrivacy(said);
            return message;
        }
    }

    private static final class UsesOneArray extends ForwardingContext {
        private byte[] array = new byte[256];

        UsesOneArray(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
            return super.wrap(inArray(message, offset, length), 0, length, prop);
        }

        @Override
        public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
            return super.unwrap(inArray(token, offset, length), 0, length, prop);
        }

        private byte[] inArray(byte[] octets, int offset, int length) {
            if (length > array.length) {
                array = new byte[length];
            }
            System.arraycopy(octets, offset, array, 0, length);
            LockSupport.parkNanos(1);
            return array;
        }
    }

    // Sizes and qualities

    private static void addSizes(Proof<ContractFixture> proof) {
        proof.flaw(
                "tells a wrap token an octet longer",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
                        return super.wrapSize(messageLength, prop) + 1;
                    }
                }),
                "rfc2743_2_2_7_wrap_size_is_exact",
                "baton_message_that_does_not_fit_its_buffer_is_not_sent");
        proof.flaw(
                "tells long messages short tokens",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
                        return super.wrapSize(messageLength, prop) % 0x8000;
                    }
                }),
                "rfc2743_2_2_7_wrap_size_limit_is_the_longest_that_fits");
        proof.flaw(
                "tells a MIC an octet longer",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public int micSize(MessageProp prop) throws GSSException {
                        return super.micSize(prop) + 1;
                    }
                }),
                "baton_mic_size_is_exact",
                "baton_message_that_does_not_fit_its_buffer_is_not_sent");
        proof.flaw(
                "takes any QOP for the default",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
                        return super.getMIC(message, offset, length, new MessageProp(0, false));
                    }
                }),
                "rfc2743_1_2_4_unknown_qop_is_refused_and_nothing_sent");
    }

    // Duplicates and disorder

    private static void addDetection(Proof<ContractFixture> proof) {
        proof.flaw(
                "reports no duplicates of wrapped messages",
                contexts(context -> reporting(context, prop -> prop.isDuplicateToken() ? none() : prop)),
                "rfc2743_1_2_3_duplicate_is_reported");
        proof.flaw(
                "reports no duplicates of MICs",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void verifyMIC(
                            byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
                            throws GSSException {
                        super.verifyMIC(token, offset, length, message, from, size, prop);
                        copy(none(), prop, null);
                    }
                }),
                "rfc2743_1_2_3_duplicate_of_a_mic_is_reported");
        proof.flaw(
                "reports no gaps",
                contexts(context -> reporting(context, prop -> prop.isGapToken() ? none() : prop)),
                "rfc2743_1_2_3_gap_is_reported");
        proof.flaw(
                "reports no disorder",
                contexts(context -> reporting(context, prop -> prop.isUnseqToken() ? none() : prop)),
                "rfc2743_1_2_3_unsequenced_is_reported");
        proof.flaw(
                "reports old messages as disordered",
                contexts(context -> reporting(context, prop -> {
                    MessageProp report = none();
                    report.setSupplementaryStates(
                            prop.isDuplicateToken(),
                            false,
                            prop.isUnseqToken() || prop.isOldToken(),
                            prop.isGapToken(),
                            0,
                            "a report");
                    return report;
                })),
                "rfc2743_1_2_3_old_is_reported");
        proof.flaw(
                "reports without a text",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        byte[] message = super.unwrap(token, offset, length, prop);
                        copy(prop, prop, null);
                        return message;
                    }
                }),
                "rfc8353_report_has_a_text");
        proof.flaw(
                "detects without being asked",
                () -> wrong(new Detects(ContextFlag.REPLAY, asked -> true)),
                "rfc2743_1_2_3_nothing_is_reported_without_detection");
        proof.flaw(
                "detects disorder where only replay was asked for",
                () -> wrong(new Detects(ContextFlag.SEQUENCE, asked -> asked.contains(ContextFlag.REPLAY))),
                "rfc2743_1_2_3_order_is_not_reported_with_replay_detection_alone");
    }

    /** Changes what is reported of wrapped messages. */
    private static MechanismContext reporting(MechanismContext context, UnaryOperator<MessageProp> change) {
        return new ForwardingContext(context) {
            @Override
            public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                byte[] message = super.unwrap(token, offset, length, prop);
                copy(change.apply(prop), prop, "a report");
                return message;
            }
        };
    }

    private static MessageProp none() {
        return new MessageProp(0, false);
    }

    private static void copy(MessageProp from, MessageProp to, String text) {
        to.setSupplementaryStates(
                from.isDuplicateToken(), from.isOldToken(), from.isUnseqToken(), from.isGapToken(), 0, text);
    }

    /** Adds a service to what is asked for, and hides that on both sides. */
    private static final class Detects extends ForwardingMechanism {
        private final ContextFlag added;
        private final Predicate<Set<ContextFlag>> where;
        private volatile boolean hiding;

        Detects(ContextFlag added, Predicate<Set<ContextFlag>> where) {
            this.added = added;
            this.where = where;
        }

        @Override
        public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
            hiding = where.test(request.flags()) && !request.flags().contains(added);
            Set<ContextFlag> flags = hiding ? MechanismContractTest.with(request.flags(), added) : request.flags();
            return hiding(super.initiator(with(request.target(), flags, request), environment));
        }

        @Override
        public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
            return hiding(super.acceptor(request, environment));
        }

        private MechanismContext hiding(MechanismContext context) {
            return hiding
                    ? new ForwardingContext(context) {
                        @Override
                        public Set<ContextFlag> flags() {
                            return without(super.flags(), added);
                        }
                    }
                    : context;
        }
    }

    // Verification

    private static void addVerification(Proof<ContractFixture> proof) {
        proof.flaw(
                "reads the header of a token without one",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        ByteBuffer.wrap(token, offset, length).slice().getLong(NUMBER_POS);
                        return super.unwrap(token, offset, length, prop);
                    }
                }),
                "rfc2743_2_3_4_truncated_token_is_refused");
        proof.flaw(
                "overlooks an octet behind a token",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        try {
                            return super.unwrap(token, offset, length, prop);
                        } catch (GSSException e) {
                            return super.unwrap(token, offset, Math.max(0, length - 1), prop);
                        }
                    }
                }),
                "rfc2743_2_3_4_token_with_a_trailing_octet_is_refused");
        proof.flaw(
                "gives out another message for a bit of the type",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        boolean changed = length > 0 && (token[offset] & 0x40) != 0;
                        byte[] real = Arrays.copyOfRange(token, offset, offset + length);
                        if (changed) {
                            real[0] &= (byte) ~0x40;
                        }
                        byte[] message = super.unwrap(real, 0, length, prop);
                        if (changed) {
                            message[0] ^= 1;
                        }
                        return message;
                    }
                }),
                "rfc2743_2_3_4_changed_token_gives_out_nothing_else");
        proof.flaw(
                "makes room for what a token might say",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
                        byte[] room =
                                new byte[length > NUMBER_POS && token[offset + NUMBER_POS] != 0 ? 1 << 20 : length];
                        System.arraycopy(token, offset, room, 0, length);
                        return super.unwrap(room, 0, length, prop);
                    }
                }),
                "baton_no_message_makes_its_receiver_allocate_much");
        proof.flaw(
                "overlooks an octet behind a MIC",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void verifyMIC(
                            byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
                            throws GSSException {
                        super.verifyMIC(
                                token, offset, Math.min(length, HEADER_SIZE + TAG_SIZE), message, from, size, prop);
                    }
                }),
                "rfc2743_2_3_2_truncated_mic_is_refused");
        proof.flaw(
                "overlooks a bit of a MIC",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void verifyMIC(
                            byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
                            throws GSSException {
                        byte[] real = Arrays.copyOfRange(token, offset, offset + length);
                        if (length > 0) {
                            real[0] &= (byte) ~0x40;
                        }
                        super.verifyMIC(real, 0, length, message, from, size, prop);
                    }
                }),
                "rfc2743_2_3_2_changed_mic_is_refused");
        proof.flaw(
                "remembers a number before it is verified",
                contexts(RemembersTooEarly::new),
                "baton_refused_token_leaves_the_window_as_it_was");
        proof.flaw(
                "takes a wrap token for a MIC",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void verifyMIC(
                            byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
                            throws GSSException {
                        if (length > TYPE_POS && isWrapToken(token[offset + TYPE_POS])) {
                            unwrap(token, offset, length, prop);
                        } else {
                            super.verifyMIC(token, offset, length, message, from, size, prop);
                        }
                    }
                }),
                "baton_wrap_and_mic_tokens_are_told_apart");
        proof.flaw(
                "takes its own messages", contexts(TakesItsOwnMessages::new), "baton_own_message_sent_back_is_refused");
    }

    private static boolean isWrapToken(byte type) {
        return type == CLEAR || type == ENCRYPTED;
    }

    private static final class RemembersTooEarly extends ForwardingContext {
        private final Set<Long> refused = new HashSet<>();

        RemembersTooEarly(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
            long number = length < HEADER_SIZE
                    ? -1
                    : ByteBuffer.wrap(token, offset, length).slice().getLong(NUMBER_POS);
            try {
                byte[] message = super.unwrap(token, offset, length, prop);
                if (refused.contains(number)) {
                    prop.setSupplementaryStates(true, false, false, false, 0, "seen before");
                }
                return message;
            } catch (GSSException e) {
                refused.add(number);
                throw e;
            }
        }
    }

    private static final class TakesItsOwnMessages extends ForwardingContext {
        private final Set<ByteBuffer> sent = ConcurrentHashMap.newKeySet();

        TakesItsOwnMessages(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
            byte[] token = super.wrap(message, offset, length, prop);
            sent.add(ByteBuffer.wrap(token.clone()));
            return token;
        }

        @Override
        public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
            if (sent.contains(ByteBuffer.wrap(token, offset, length))) {
                return new byte[0];
            }
            return super.unwrap(token, offset, length, prop);
        }
    }

    // The end

    private static void addErasure(Proof<ContractFixture> proof) {
        proof.flaw(
                "erases nothing once established",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void erase() {
                        if (!isEstablished()) {
                            super.erase();
                        }
                    }
                }),
                "baton_dispose_erases_every_secret");
        proof.flaw(
                "erases nothing before it is established",
                contexts(context -> new ForwardingContext(context) {
                    @Override
                    public void erase() {
                        if (isEstablished()) {
                            super.erase();
                        }
                    }
                }),
                "baton_failed_exchange_erases_every_secret");
        proof.flaw(
                "keeps its keys where nobody finds them",
                contexts(MechanismContractTest::hidden),
                "baton_dispose_erases_every_secret");
        proof.flaw(
                "keeps its cipher",
                contexts(KeepsItsCipher::new),
                "baton_dispose_erases_every_secret",
                "baton_failed_exchange_erases_every_secret");
        proof.flaw(
                "cannot be erased twice",
                contexts(context -> new ForwardingContext(context) {
                    private boolean erased;

                    @Override
                    public void erase() {
                        if (erased) {
                            throw new IllegalStateException("erased before");
                        }
                        erased = true;
                        super.erase();
                    }
                }),
                "baton_erasing_twice_is_harmless");
    }

    /** Stands before a context and has no field of its own that leads there, as if keys were in plain arrays. */
    private static MechanismContext hidden(MechanismContext context) {
        Class<?>[] types = {MechanismContext.class};
        return (MechanismContext) Proxy.newProxyInstance(
                MechanismContractTest.class.getClassLoader(), types, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static final class KeepsItsCipher extends ForwardingContext {
        private final List<Cipher> ciphers = new ArrayList<>();

        KeepsItsCipher(MechanismContext inner) {
            super(inner);
        }

        @Override
        public byte[] step(byte[] token, int offset, int length) throws GSSException {
            try {
                ciphers.add(Cipher.getInstance("AES/GCM/NoPadding"));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            return super.step(token, offset, length);
        }
    }
}
