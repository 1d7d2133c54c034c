package dev.gssbaton.mock;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.mock.provider.MockContextExporter;
import dev.gssbaton.mock.provider.MockMechanism;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the contracts cannot ask of every mechanism. */
class MockExchangeTest {
    private static final byte[] NOTHING = {};
    /** A blank line, a comment, or the name of something elsewhere. */
    private static final Pattern NO_CODE = Pattern.compile("\\s*((//|/?\\*|import |package ).*)?");

    private static final int MAX_LINES = 300;

    private final MockMechanism mechanism = new MockMechanism();
    private final Environment environment = new Environment(
            Clock.systemUTC(), new SecureRandom(), new ProcessClaims(new SecureRandom(), Clock.systemUTC()));

    @Test
    void sides_with_different_secrets_do_not_establish() throws GSSException {
        byte[] other = "a secret that one side made up".getBytes(StandardCharsets.UTF_8);
        assertRefused(new SecretCredential(MockFixture.name("bob"), SecretBytes.take(other)), GSSException.BAD_MIC);
    }

    @Test
    void acceptor_of_another_name_does_not_establish() throws GSSException {
        assertRefused(MockFixture.party("carol").credential(), GSSException.BAD_MIC);
    }

    @Test
    void first_token_of_another_mechanism_is_defective() throws GSSException {
        byte[] other = {0x60, 6, 6, 4, 0x2A, 3, 4, 5};
        MechanismContext acceptor = acceptor(MockFixture.party("bob").credential());
        assertStatus(GSSException.DEFECTIVE_TOKEN, () -> acceptor.step(other, 0, other.length));
        acceptor.erase();
    }

    @Test
    void first_token_that_is_sent_again_establishes_nothing() throws GSSException {
        MechanismContext initiator = initiator(GSSContext.INDEFINITE_LIFETIME);
        byte[] hello = initiator.step(NOTHING, 0, 0);
        MechanismContext first = acceptor(MockFixture.party("bob").credential());
        byte[] answer = first.step(hello, 0, hello.length);
        byte[] proof = initiator.step(answer, 0, answer.length);
        MechanismContext second = acceptor(MockFixture.party("bob").credential());
        second.step(hello, 0, hello.length);
        assertStatus(GSSException.BAD_MIC, () -> second.step(proof, 0, proof.length));
    }

    @Test
    void credential_that_was_disposed_of_is_no_credential() throws GSSException {
        GSSCredential credential = MockFixture.party("bob").credential();
        credential.dispose();
        assertStatus(GSSException.NO_CRED, () -> acceptor(credential));
        assertStatus(GSSException.NO_CRED, () -> mechanism.credential(null, 0, GSSCredential.ACCEPT_ONLY));
    }

    @Test
    void secret_is_not_short() {
        SecretBytes secret = SecretBytes.take(new byte[15]);
        assertStatus(GSSException.NO_CRED, () -> acceptor(new SecretCredential(MockFixture.name("bob"), secret)));
    }

    @Test
    void context_without_lifetime_has_no_end() throws GSSException {
        assertEquals(
                Instant.MAX, established(GSSContext.INDEFINITE_LIFETIME).get(0).expiry());
        assertEquals(
                Instant.MAX, established(GSSContext.DEFAULT_LIFETIME).get(1).expiry());
    }

    @Test
    void baton_no_number_left_refuses_to_send() throws GSSException {
        MechanismContext last = withNextNumber(-2);
        assertArrayEquals(
                new byte[] {0, 0, 0, 3, -1, -1, -1, -1, -1, -1, -1, -2},
                Arrays.copyOf(last.wrap(NOTHING, 0, 0, new MessageProp(true)), 12));
        assertStatus(GSSException.FAILURE, () -> last.wrap(NOTHING, 0, 0, new MessageProp(true)));
        assertStatus(GSSException.FAILURE, () -> last.getMIC(NOTHING, 0, 0, new MessageProp(true)));
        last.erase();
    }

    @Test
    void mechanism_has_fewer_than_three_hundred_lines_of_code() throws IOException {
        long lines;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            lines = files.filter(Files::isRegularFile)
                    .flatMap(MockExchangeTest::lines)
                    .filter(line -> !NO_CODE.matcher(line).matches())
                    .count();
        }
        assertTrue(0 < lines && lines < MAX_LINES, lines + " lines of code");
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertRefused(GSSCredential credential, int status) throws GSSException {
        MechanismContext initiator = initiator(GSSContext.INDEFINITE_LIFETIME);
        MechanismContext acceptor = acceptor(credential);
        byte[] hello = initiator.step(NOTHING, 0, 0);
        byte[] answer = acceptor.step(hello, 0, hello.length);
        assertStatus(status, () -> initiator.step(answer, 0, answer.length));
        initiator.erase();
        acceptor.erase();
    }

    private MechanismContext initiator(int lifetime) throws GSSException {
        GSSCredential credential = MockFixture.party("alice").credential();
        return mechanism.initiator(
                new InitiatorRequest(
                        MockFixture.name("bob"), credential, lifetime, EnumSet.noneOf(ContextFlag.class), null),
                environment);
    }

    private MechanismContext acceptor(GSSCredential credential) throws GSSException {
        return mechanism.acceptor(new AcceptorRequest(credential, null), environment);
    }

    private List<MechanismContext> established(int lifetime) throws GSSException {
        MechanismContext initiator = initiator(lifetime);
        MechanismContext acceptor = acceptor(MockFixture.party("bob").credential());
        byte[] hello = initiator.step(NOTHING, 0, 0);
        byte[] answer = acceptor.step(hello, 0, hello.length);
        byte[] proof = initiator.step(answer, 0, answer.length);
        acceptor.step(proof, 0, proof.length);
        return List.of(initiator, acceptor);
    }

    private MechanismContext withNextNumber(long number) throws GSSException {
        MockContextExporter exporter = new MockContextExporter();
        try (StateWriter out = new StateWriter(0, 256)) {
            exporter.write(established(GSSContext.INDEFINITE_LIFETIME).get(0), Delegation.DROP, out);
            ByteBuffer.wrap(out.array()).putLong(1 + 1 + 4 + 8 + 2 + "alice".length() + 2 + "bob".length(), number);
            return exporter.read(new StateReader(out.array(), 0, out.position()), Delegation.DROP, environment);
        }
    }

    private static void assertStatus(int status, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(status, refusal.getMajor(), refusal::toString);
    }
}
