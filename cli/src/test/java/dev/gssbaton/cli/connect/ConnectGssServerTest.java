package dev.gssbaton.cli.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.Run;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.GssSample;
import dev.gssbaton.peers.GssSampleServer;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code baton connect} with MIT's own KDC and its own unmodified {@code gss-server}. */
@Requires({NativePeer.MIT, NativePeer.GSS_SAMPLE})
@Timeout(300)
final class ConnectGssServerTest {
    private static final Pattern RECEIVED = Pattern.compile("Received message: \"message (\\d+) of baton connect\"");

    private static MitKdc kdc;
    private static Account alice;
    private static Account service;

    @TempDir
    private Path folder;

    @BeforeAll
    static void accounts() {
        kdc = MitKdc.shared();
        alice = kdc.account("alice");
        service = kdc.account("connect/localhost");
    }

    /** The JDK, which gets the tickets, does not know Camellia; and instead of RC4 the two negotiate AES. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "AES.*")
    void everyEnctypeIsHandedOver(Enctype enctype) {
        Account own = kdc.account("connect" + enctype.number() + "/localhost", enctype);
        int messages = Scale.times(30, 1000);
        try (GssSampleServer server = GssSample.server(own)) {
            Run run = Connecting.run(folder, alice, server.port(), own, "--messages", "" + messages, "--ahead", "1");
            Connecting.assertAnswered(run, messages, messages / 2 - 1);
            assertTrue(
                    run.lines().get(0).endsWith(" with " + own.principal() + ", " + enctype.registeredName()),
                    run.out());
            assertReceived(messages, server.log());
        }
    }

    /** The last column says how many of the first process' messages are unanswered when the context moves. */
    @ParameterizedTest
    @CsvSource({
        "--handover 0 --no-conf, 10, 0, 0",
        "--handover 9 --ahead 1 --delegate, 10, 8, 1",
        "--messages 40 --handover 20 --ahead 20, 40, 0, 20",
        "--messages 1 --no-wrap, 1, 0, 0",
        "--no-mutual --no-sequence --no-replay, 10, 1, 4",
        "--no-sequence --no-mic, 10, 1, 4",
        "--no-wrap --no-mic --no-mutual, 10, 1, 4"
    })
    void everyOption(String options, int messages, int here, int unanswered) {
        try (GssSampleServer server = GssSample.server(service)) {
            Run run = Connecting.run(folder, alice, server.port(), service, options.split(" "));
            Connecting.assertAnswered(run, messages, here);
            assertTrue(run.lines().get(1).endsWith(" messages, " + unanswered + " of them unanswered"), run.out());
            String log = server.log();
            assertReceived(messages, log);
            assertEquals(!options.contains("--no-mutual"), log.contains("GSS_C_MUTUAL_FLAG"), log);
            assertEquals(!options.contains("--no-replay"), log.contains("GSS_C_REPLAY_FLAG"), log);
            assertEquals(!options.contains("--no-sequence"), log.contains("GSS_C_SEQUENCE_FLAG"), log);
            assertEquals(options.contains("--delegate"), log.contains("GSS_C_DELEG_FLAG"), log);
        }
    }

    @Test
    void bothSidesMove() {
        try (GssSampleServer server = GssSample.server(service, "-export")) {
            Run run = Connecting.run(folder, alice, server.port(), service);
            Connecting.assertAnswered(run, 10, 1);
            assertTrue(server.log().contains("Exported context"), server::log);
        }
    }

    @Test
    void theTicketsOfKinitAreTaken() throws Exception {
        Path cache = folder.resolve("cache");
        List<String> environment = List.of("env", "KRB5_CONFIG=" + kdc.krb5Conf(), "KRB5CCNAME=FILE:" + cache);
        assertEquals(0, run(environment, "kinit", "-k", "-t", alice.keytab().toString(), alice.principal()));
        try (GssSampleServer server = GssSample.server(service);
                // By host and service alone, as gss-client is told.
                BatonProcess connect = BatonProcess.start(
                        environment, folder, "connect", "localhost:" + server.port(), "connect@localhost")) {
            assertEquals(0, connect.awaitExit(), () -> String.join("\n", connect.lines()));
            assertEquals(
                    "context of " + alice.principal() + " with " + service.principal() + ", aes256-cts-hmac-sha1-96",
                    connect.lines().get(0));
            assertReceived(10, server.log());
            assertEquals(List.of(), connect.temporaryFiles());
        }
    }

    @Test
    void withoutTicketsItSaysWhatToDo() throws Exception {
        for (String cache : List.of("FILE:" + folder.resolve("none"), "KCM:1")) {
            List<String> environment = List.of("env", "KRB5_CONFIG=" + kdc.krb5Conf(), "KRB5CCNAME=" + cache);
            try (BatonProcess connect =
                    BatonProcess.start(environment, folder, "connect", "localhost:1", "connect@localhost")) {
                assertEquals(1, connect.awaitExit());
                assertEquals(1, connect.lines().size(), () -> String.join("\n", connect.lines()));
                String said = connect.lines().get(0);
                assertTrue(said.startsWith("baton connect: ") && said.contains(cache), said);
                assertTrue(said.contains("run kinit, or give --keytab and --principal"), said);
            }
        }
    }

    @Test
    void aServerWithoutThatKey() {
        Account other = kdc.account("other-connect/localhost");
        try (GssSampleServer server = GssSample.server(other)) {
            Run run = Connecting.run(folder, alice, server.port(), service);
            assertEquals(1, run.exitCode());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().startsWith("baton connect: "), run.err());
            assertFalse(run.out().contains("answered"), run.out());
        }
    }

    /** Each message once and in order. */
    private static void assertReceived(int messages, String log) {
        assertEquals(
                IntStream.rangeClosed(1, messages).mapToObj(String::valueOf).toList(),
                RECEIVED.matcher(log).results().map(found -> found.group(1)).toList());
    }

    private static int run(List<String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(environment));
        builder.command().addAll(List.of(command));
        return builder.inheritIO().start().waitFor();
    }
}
