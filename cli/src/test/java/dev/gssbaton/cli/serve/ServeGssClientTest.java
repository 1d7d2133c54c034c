package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.GssClientProcess;
import dev.gssbaton.peers.GssSample;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.ProgramResult;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code baton serve} with MIT's own KDC and its own unmodified {@code gss-client}. */
@Requires({NativePeer.MIT, NativePeer.GSS_SAMPLE})
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class ServeGssClientTest {
    private static final int CONTEXTS = 20;

    private static final Duration LIMIT = Duration.ofMinutes(10);

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

    /** One server, with a keytab of a service for each. */
    private static Serving shared;

    private static Map<Enctype, Account> services;

    @TempDir
    private Path folder;

    @BeforeAll
    static void serve(@TempDir Path folder) throws Exception {
        MitKdc kdc = MitKdc.shared();
        services = new EnumMap<>(Enctype.class);
        for (Enctype enctype : Enctype.values()) {
            if (!enctype.name().startsWith("RC4")) {
                services.put(enctype, kdc.account("e" + enctype.number() + "/localhost", enctype));
            }
        }
        Account[] all = services.values().toArray(Account[]::new);
        shared = Serving.start(folder, all[0], kdc.keytab(all));
    }

    @AfterAll
    static void end() throws IOException {
        shared.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "RC4.*")
    void everyOptionOfGssClientIsServed(Enctype enctype) throws Exception {
        assertEquals(CONTEXTS, OPTIONS.size());
        Account alice = MitKdc.shared().account("alice");
        String accepted = "^" + alice.principal() + " .*: accepted, " + enctype.registeredName() + ", worker ";
        long before = shared.process().count(accepted);
        int linesBefore = shared.process().lines().size();
        for (int round = 0; round < Scale.times(1, 10); round++) {
            for (String options : OPTIONS) {
                assertServed(shared, alice, services.get(enctype), options);
            }
        }
        shared.process().awaitCount(before + (long) CONTEXTS * Scale.times(1, 10), accepted);
        assertTrue(
                shared.process().lines().stream()
                        .skip(linesBefore)
                        .noneMatch(line -> line.contains("ended") || line.contains("refused")),
                () -> String.join("\n", shared.process().lines()));
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
        Account alice = MitKdc.shared().account("alice");
        Account service = services.get(Enctype.AES256_CTS_HMAC_SHA384_192);
        String accepted = "^" + alice.principal() + " .*: accepted, ";
        long before = shared.process().count(accepted);
        ProgramResult result = GssSample.client(alice, service, shared.port(), "again", "-ccount", "5", "-mcount", "3");
        assertEquals(0, result.exitCode(), result.output());
        assertEquals(
                15,
                result.output()
                        .lines()
                        .filter(line -> line.startsWith("Signature verified"))
                        .count());
        shared.process().awaitCount(before + 5, accepted);
    }

    @Test
    void manyClientsAtTheSameTime() throws Exception {
        Account alice = MitKdc.shared().account("alice");
        Account service = services.get(Enctype.AES256_CTS_HMAC_SHA384_192);
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            List<Future<ProgramResult>> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String message = "message of client " + i;
                clients.add(threads.submit(
                        () -> GssSample.client(alice, service, shared.port(), message, "-mcount", "10", "-seq")));
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

    /** Each has one connection, which is there before the first takeover, and is talking still after the last. */
    @Test
    void noClientThatSendsWithoutPauseNoticesATakeover() throws Exception {
        int count = Scale.times(8, 200);
        int takeovers = Scale.times(1, 10);
        MitKdc kdc = MitKdc.shared();
        Account alice = kdc.account("alice");
        Account service = kdc.account("many/localhost");
        List<GssClientProcess> clients = new ArrayList<>();
        long begin = System.nanoTime();
        Serving serving = Serving.start(folder, service);
        // A takeover takes about as long as this did, and a while for each ten clients.
        Duration takeover = Duration.ofNanos(System.nanoTime() - begin).plusSeconds(1 + count / 10);
        int messages = GssClientProcess.most(takeover.multipliedBy(takeovers)) + GssClientProcess.HELD_BACK;
        try {
            BatonProcess first = serving.process();
            for (int i = 0; i < count; i++) {
                // Some messages are longer than what a worker reads at once.
                String message = "on and on ".repeat(1 + 150 * (i % 8));
                clients.add(GssSample.startClient(alice, service, serving.port(), message, messages, options(i)));
            }
            awaitMore(clients);
            first.awaitCount(count, ": accepted, ");
            for (int i = 0; i < takeovers; i++) {
                BatonProcess before = serving.process();
                serving = serving.takeOver(folder);
                before.await("took over, with " + count + " sessions$");
                serving.process().await("^took over " + count + " sessions");
                awaitMore(clients);
            }
            long held = clients.stream().filter(GssClientProcess::isHeld).count();
            for (GssClientProcess client : clients) {
                client.release();
            }
            for (GssClientProcess client : clients) {
                ProgramResult result = client.finish(LIMIT);
                assertEquals(0, result.exitCode(), result.output());
                assertEquals(messages, client.verified(), result.output());
            }
            serving.process().awaitCount(0, "accepted|ended|closed|died");
            System.out.printf(
                    "%d gss-clients, %d takeovers: %d messages verified on each connection; %d were stopped before their end%n",
                    count, takeovers, messages, held);
        } finally {
            clients.forEach(GssClientProcess::close);
            serving.close();
        }
    }

    private static String[] options(int client) {
        return client % 2 == 0 ? new String[] {"-seq"} : new String[0];
    }

    /** Waits until each has verified more answers, or is kept from its end. */
    private static void awaitMore(List<GssClientProcess> clients) throws InterruptedException {
        int[] before = clients.stream().mapToInt(GssClientProcess::verified).toArray();
        for (int i = 0; i < before.length; i++) {
            GssClientProcess client = clients.get(i);
            int known = before[i];
            BatonProcess.await(
                    "a client's messages go on",
                    () -> !client.isTalking() || client.isHeld() || client.verified() > known);
            assertTrue(client.isTalking(), () -> finished(client));
        }
    }

    private static String finished(GssClientProcess client) {
        try {
            return "it has ended: " + client.finish(LIMIT);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aClientThatDoesNotWantToAuthenticateIsRefusedAndTold() throws Exception {
        Account service = services.get(Enctype.AES256_CTS_HMAC_SHA384_192);
        ProgramResult result = GssSample.client(
                MitKdc.shared().account("alice"), service, shared.port(), "no context", "-na", "-nw", "-nx", "-nm");
        assertTrue(result.output().contains("reading token"), result.output());
        shared.process().await("refused, it does not want to authenticate");
    }
}
