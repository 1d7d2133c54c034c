package dev.gssbaton.mock;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.mock.provider.MockContextExporter;
import dev.gssbaton.mock.provider.MockMechanism;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import dev.gssbaton.testkit.UnsealedExporterContract;
import dev.gssbaton.testkit.UnsealedExporterFixture;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Supplier;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule of {@link UnsealedExporterContract} catches the exporter that breaks it. */
class UnsealedExporterContractTest {
    private static final byte[] NOTHING = {};
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Environment ENVIRONMENT =
            new Environment(Clock.systemUTC(), RANDOM, new ProcessClaims(RANDOM, Clock.systemUTC()));

    static final class Subject extends UnsealedExporterContract {
        private static Supplier<UnsealedExporterFixture> fixture;

        @Override
        protected UnsealedExporterFixture fixture() {
            return fixture.get();
        }
    }

    @TestFactory
    List<DynamicTest> each_rule_catches_the_exporter_that_breaks_it() throws GSSException {
        List<byte[]> tokens = tokens();
        return new Proof<UnsealedExporterFixture>(Subject.class, fixture -> Subject.fixture = fixture)
                .flaw(
                        "calls its format as that of sealed states is called",
                        () -> fixture(new NamesTheSealedFormat(), tokens),
                        "baton_format_is_not_that_of_sealed_states")
                .flaw(
                        "recognises what it can read to the end",
                        () -> fixture(new RecognisesByReading(), tokens),
                        "baton_token_is_recognised_by_its_first_octets")
                .flaw(
                        "recognises anything",
                        () -> fixture(new RecognisesAnything(), tokens),
                        "baton_token_of_another_format_is_not_recognised")
                .flaw(
                        "does not look behind the state",
                        () -> fixture(new TakesTrailingOctets(), tokens),
                        "baton_every_truncation_and_every_trailing_octet_is_refused")
                .flaw(
                        "sends a message with each reading",
                        () -> fixture(new CountsReadings(), tokens),
                        "baton_what_is_written_is_recognised_and_read_as_the_same_state")
                .flaw(
                        "sends a message with each writing",
                        () -> fixture(new CountsWritings(), tokens),
                        "baton_writing_changes_nothing")
                .flaw(
                        "gives all contexts one identity",
                        () -> fixture(new HasOneIdentity(), tokens),
                        "baton_identity_is_another_one_when_a_message_was_sent",
                        "baton_identity_is_that_of_the_state")
                .flaw(
                        "draws an identity",
                        () -> fixture(new DrawsAnIdentity(), tokens),
                        "baton_identity_is_that_of_the_state",
                        "baton_what_is_written_is_recognised_and_read_as_the_same_state",
                        "baton_writing_changes_nothing")
                .flaw(
                        "leaves the number of the next message out of the identity",
                        () -> fixture(new ForgetsTheNumber(), tokens),
                        "baton_identity_is_another_one_when_a_message_was_sent")
                .flaw(
                        "knows nothing of keystreams",
                        () -> fixture(new KnowsNoKeystream(), tokens),
                        "baton_shared_keystream_is_said")
                .right(() -> fixture(new ClearExporter(), tokens));
    }

    private static UnsealedExporterFixture fixture(UnsealedExporter exporter, List<byte[]> tokens) {
        byte[] other = tokens.get(0).clone();
        other[0]++;
        return new UnsealedExporterFixture(exporter, tokens, List.of(other, new byte[1]));
    }

    /** Tokens of both sides of one context. */
    private static List<byte[]> tokens() throws GSSException {
        MockMechanism mechanism = new MockMechanism();
        MechanismContext initiator = mechanism.initiator(
                new InitiatorRequest(
                        MockFixture.name("bob"),
                        MockFixture.party("alice").credential(),
                        GSSContext.INDEFINITE_LIFETIME,
                        EnumSet.noneOf(ContextFlag.class),
                        null),
                ENVIRONMENT);
        MechanismContext acceptor =
                mechanism.acceptor(new AcceptorRequest(MockFixture.party("bob").credential(), null), ENVIRONMENT);
        byte[] hello = initiator.step(NOTHING, 0, 0);
        byte[] answer = acceptor.step(hello, 0, hello.length);
        byte[] proof = initiator.step(answer, 0, answer.length);
        acceptor.step(proof, 0, proof.length);
        return List.of(token(initiator), token(acceptor));
    }

    private static byte[] token(MechanismContext context) throws GSSException {
        try (StateWriter out = new StateWriter(0, 256)) {
            new ClearExporter().write(context, Delegation.DROP, out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private static void send(MechanismContext context) throws GSSException {
        context.getMIC(NOTHING, 0, 0, new MessageProp(0, false));
    }

    private static final class NamesTheSealedFormat extends ClearExporter {
        @Override
        public String format() {
            return ContextExporter.BATON;
        }
    }

    private static final class RecognisesByReading extends ClearExporter {
        @Override
        public boolean recognises(byte[] token) {
            try {
                read(new StateReader(token, 0, token.length), Delegation.DROP, ENVIRONMENT)
                        .erase();
                return true;
            } catch (GSSException e) {
                return false;
            }
        }
    }

    private static final class RecognisesAnything extends ClearExporter {
        @Override
        public boolean recognises(byte[] token) {
            return true;
        }
    }

    private static final class TakesTrailingOctets extends ClearExporter {
        @Override
        public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                throws GSSException {
            in.int32("magic");
            return new MockContextExporter().read(in, delegation, environment);
        }
    }

    private static final class CountsReadings extends ClearExporter {
        @Override
        public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                throws GSSException {
            MechanismContext context = super.read(in, delegation, environment);
            send(context);
            return context;
        }
    }

    private static final class CountsWritings extends ClearExporter {
        @Override
        public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
            send(context);
            super.write(context, delegation, out);
        }
    }

    private static final class HasOneIdentity extends ClearExporter {
        @Override
        public void writeIdentity(MechanismContext context, StateWriter out) {
            out.int32(1);
        }
    }

    private static final class DrawsAnIdentity extends ClearExporter {
        @Override
        public void writeIdentity(MechanismContext context, StateWriter out) {
            out.int64(RANDOM.nextLong());
        }
    }

    private static final class ForgetsTheNumber extends ClearExporter {
        /** From the end of a state: the number, 25 octets of window, and 64 of keys behind their length. */
        private static final int FROM_THE_END = Long.BYTES + 25 + Short.BYTES + 64;

        @Override
        public void writeIdentity(MechanismContext context, StateWriter out) throws GSSException {
            super.writeIdentity(context, out);
            ByteBuffer.wrap(out.array()).putLong(out.position() - FROM_THE_END, 0);
        }
    }

    private static final class KnowsNoKeystream extends ClearExporter {
        @Override
        public boolean sharesKeystream(MechanismContext context) {
            return false;
        }
    }
}
