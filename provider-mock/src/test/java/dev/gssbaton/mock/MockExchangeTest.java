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
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the contracts cannot ask of every mechanism. */
class MockExchangeTest {
    private static final byte[] NOTHING = {};
    private static final Pattern COMMENT = Pattern.compile("\\s*(//|/?\\*).*");
    private static final Pattern STATEMENT = Pattern.compile("(?!import |package ).*;( //.*)?");
    private static final int MAX_STATEMENTS = 300;

    private final MockMechanism mechanism = new MockMechanism();
    private final Environment environment = new Environment(
            Clock.systemUTC(), new SecureRandom(), new ProcessClaims(new SecureRandom(), Clock.systemUTC()));

    @Test
    void sides_with_different_secrets_do_not_establish() throws GSSException {
        MockName bob = new MockName("bob");
        byte[] other = "a secret that one side made up".getBytes(StandardCharsets.UTF_8);
        assertRefused(new MockCredential(bob, SecretBytes.take(other)), GSSException.BAD_MIC);
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
        assertThrows(
                IllegalArgumentException.class,
                () -> new MockCredential(new MockName("bob"), SecretBytes.take(new byte[15])));
    }

    @Test
    void names_have_one_encoding() throws GSSException {
        for (String text : List.of("", "x".repeat(256), "ä".repeat(128), "\uD800")) {
            assertStatus(GSSException.BAD_NAME, () -> mechanism.name(text, null));
        }
        assertEquals(255, mechanism.name("x".repeat(255), GSSName.NT_USER_NAME).octets().length);
        byte[] malformed = {(byte) 0xC3};
        assertStatus(GSSException.BAD_NAME, () -> mechanism.name(malformed, null));
        byte[] exported = new MockName("alice").export();
        for (int length = 0; length < exported.length; length++) {
            byte[] cut = Arrays.copyOf(exported, length);
            assertStatus(GSSException.BAD_NAME, () -> mechanism.name(cut, GSSName.NT_EXPORT_NAME));
        }
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
        MechanismContext last = withNextNumber(Long.MAX_VALUE - 1);
        assertArrayEquals(
                new byte[] {3, 0x7F, -1, -1, -1, -1, -1, -1, -2},
                Arrays.copyOf(last.wrap(NOTHING, 0, 0, new MessageProp(true)), 9));
        assertStatus(GSSException.FAILURE, () -> last.wrap(NOTHING, 0, 0, new MessageProp(true)));
        assertStatus(GSSException.FAILURE, () -> last.getMIC(NOTHING, 0, 0, new MessageProp(true)));
        last.erase();
    }

    @Test
    void mechanism_has_fewer_than_three_hundred_statements() throws IOException {
        long statements;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            statements = files.filter(Files::isRegularFile)
                    .flatMap(MockExchangeTest::lines)
                    .filter(line -> !COMMENT.matcher(line).matches())
                    .filter(line -> STATEMENT.matcher(line).matches())
                    .count();
        }
        assertTrue(0 < statements && statements < MAX_STATEMENTS, statements + " statements");
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
                        new MockName("bob"), credential, lifetime, EnumSet.noneOf(ContextFlag.class), null),
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
