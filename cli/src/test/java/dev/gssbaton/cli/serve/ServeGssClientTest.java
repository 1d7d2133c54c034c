package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.GssSample;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.ProgramResult;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code baton serve} with MIT's own KDC and its own unmodified {@code gss-client}. */
@Requires({NativePeer.MIT, NativePeer.GSS_SAMPLE})
@Timeout(300)
final class ServeGssClientTest {
    private static final int CONTEXTS = 20;

    /** With and without mutual authentication, replay and sequence detection, wrapping, confidentiality, MIC. */
    private static final List<String> OPTIONS = List.of(
            "",
            "-seq",
            "-noreplay",
            "-noreplay -seq",
            "-nomutual",
            "-nomutual -seq",
            "-nomutual -noreplay",
            "-nomutual -noreplay -seq",
            "-nx",
            "-nx -seq -nomutual",
            "-nw",
            "-nm",
            "-nx -nm",
            "-nw -nx -nm",
            "-nomutual -nw -nx -nm",
            "-d",
            "-d -nomutual -seq",
            "-mcount 7 -seq",
            "-mcount 7 -seq -nomutual -nx",
            "-mcount 7 -nm");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "RC4.*")
    void everyOptionOfGssClientIsServed(Enctype enctype) throws Exception {
        assertEquals(CONTEXTS, OPTIONS.size());
        MitKdc kdc = MitKdc.shared();
        Account alice = kdc.account("alice");
        Account service = kdc.account("e" + enctype.number() + "/localhost", enctype);
        try (Serving serving = Serving.start(folder, service)) {
            for (int round = 0; round < Scale.times(1, 10); round++) {
                for (String options : OPTIONS) {
                    assertServed(serving, alice, service, options);
                }
            }
            serving.process()
                    .awaitCount(
                            (long) CONTEXTS * Scale.times(1, 10),
                            "^" + alice.principal() + " .*: accepted, " + enctype.registeredName() + ", worker ");
            assertTrue(
                    serving.process().lines().stream()
                            .noneMatch(line -> line.contains("ended") || line.contains("refused")),
                    () -> String.join("\n", serving.process().lines()));
        }
    }

    private static void assertServed(Serving serving, Account alice, Account service, String options) {
        String[] words = options.isEmpty() ? new String[0] : options.split(" ");
        ProgramResult result = GssSample.client(alice, service, serving.port(), "a message of gss-client", words);
        String all = options + "\n" + result.output()
                + String.join("\n", serving.process().lines());
        assertEquals(0, result.exitCode(), all);
        List<String> wanted = Arrays.asList(words);
        int messages = wanted.contains("-mcount") ? 7 : 1;
        String answer = wanted.contains("-nm") ? "response received" : "signature verified";
        assertEquals(
                messages,
                result.output()
                        .lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(answer))
                        .count(),
                all);
    }

    @Test
    void severalCallsOfOneClient() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account alice = kdc.account("alice");
        Account service = kdc.account("calls/localhost");
        try (Serving serving = Serving.start(folder, service)) {
            ProgramResult result =
                    GssSample.client(alice, service, serving.port(), "again", "-ccount", "5", "-mcount", "3");
            assertEquals(0, result.exitCode(), result.output());
            assertEquals(
                    15,
                    result.output()
                            .lines()
                            .filter(line -> line.startsWith("Signature verified"))
                            .count());
            serving.process().awaitCount(5, ": accepted, ");
        }
    }

    @Test
    void manyClientsAtTheSameTime() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account alice = kdc.account("alice");
        Account service = kdc.account("many/localhost");
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try (Serving serving = Serving.start(folder, service, "--workers", "3")) {
            List<Future<ProgramResult>> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String message = "message of client " + i;
                clients.add(threads.submit(
                        () -> GssSample.client(alice, service, serving.port(), message, "-mcount", "10", "-seq")));
            }
            for (Future<ProgramResult> client : clients) {
                String output = client.get().output();
                assertEquals(0, client.get().exitCode(), output);
                assertEquals(
                        10,
                        output.lines()
                                .filter(line -> line.startsWith("Signature verified"))
                                .count(),
                        output);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void noClientNoticesATakeover() throws Exception {
        int messages = 200;
        MitKdc kdc = MitKdc.shared();
        Account alice = kdc.account("alice");
        Account service = kdc.account("many/localhost");
        AtomicBoolean through = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        Serving serving = Serving.start(folder, service);
        try {
            int port = serving.port();
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                clients.add(threads.submit(() -> {
                    int runs = 0;
                    while (!through.get()) {
                        ProgramResult result =
                                GssSample.client(alice, service, port, "on and on", "-seq", "-mcount", "" + messages);
                        assertEquals(0, result.exitCode(), result.output());
                        assertEquals(
                                messages,
                                result.output()
                                        .lines()
                                        .filter(line -> line.startsWith("Signature verified"))
                                        .count(),
                                result.output());
                        runs++;
                    }
                    return runs;
                }));
            }
            serving.process().await(": accepted, ");
            for (int i = 0; i < Scale.times(2, 10); i++) {
                serving = serving.takeOver(folder);
                serving.process().await(": accepted, ");
            }
            through.set(true);
            for (Future<Integer> client : clients) {
                assertTrue(client.get() > 0);
            }
        } finally {
            through.set(true);
            threads.shutdownNow();
            serving.close();
        }
    }

    @Test
    void aClientThatDoesNotWantToAuthenticateIsRefusedAndTold() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account service = kdc.account("calls/localhost");
        try (Serving serving = Serving.start(folder, service)) {
            ProgramResult result = GssSample.client(
                    kdc.account("alice"), service, serving.port(), "no context", "-na", "-nw", "-nx", "-nm");
            assertTrue(result.output().contains("reading token"), result.output());
            serving.process().await("refused, it does not want to authenticate");
        }
    }
}
