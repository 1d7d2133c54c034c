package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.GssSampleClient;
import dev.gssbaton.peers.GssSampleClient.Protection;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Received;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/** {@code baton serve --takeover}, with the JDK's own JGSS as clients. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class TakeoverTest {
    private static final EmbeddedKdc KDC = EmbeddedKdc.shared();
    private static final Account SERVICE = KDC.account("host/localhost");
    private static final Account ALICE = KDC.account("alice");

    private static final String LOOPBACK_OF_IPV6 = "::1%lo";

    /** Between two messages of a client and the next two. */
    private static final long PAUSE_MILLIS = 50;

    @TempDir
    private Path folder;

    /** As gss-client cannot: each has two messages under way, and another connects meanwhile, again and again. */
    @Test
    void messagesUnderWayAreAnsweredInOrderAndWhoConnectsIsServed() throws Exception {
        int clients = Scale.times(6, 200);
        int takeovers = Scale.times(1, 10);
        Subject alice = Login.initiator(ALICE);
        AtomicBoolean through = new AtomicBoolean();
        AtomicLong connected = new AtomicLong();
        List<AnswerTimes> times = new ArrayList<>();
        List<Future<Void>> talking = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        Pauses pauses = new Pauses(times);
        Serving serving = Serving.start(folder, SERVICE);
        try {
            Serving first = serving;
            for (int i = 0; i < clients; i++) {
                GssSampleClient client = first.connect(alice);
                AnswerTimes answers = new AnswerTimes();
                times.add(answers);
                talking.add(threads.submit(() -> {
                    try (client) {
                        while (!through.get()) {
                            exchangeTwo(client, answers);
                        }
                    }
                    return null;
                }));
            }
            talking.add(threads.submit(() -> {
                while (!through.get()) {
                    try (GssSampleClient client = first.connect(alice)) {
                        client.exchange(text("new"));
                        connected.incrementAndGet();
                    }
                }
                return null;
            }));
            for (int i = 0; i < takeovers; i++) {
                awaitOneMore(connected);
                pauses.rest();
                serving = serving.takeOver(folder, pauses);
            }
            awaitOneMore(connected);
            through.set(true);
            for (Future<Void> each : talking) {
                each.get();
            }
            System.out.printf(
                    "%d clients, %d takeovers, %d connections made meanwhile; the longest time between two answers on a"
                            + " connection, median / 99th percentile / greatest: %s%n",
                    clients, takeovers, connected.get(), pauses);
        } finally {
            through.set(true);
            threads.shutdownNow();
            serving.close();
        }
    }

    private static void exchangeTwo(GssSampleClient client, AnswerTimes answers) throws Exception {
        client.send(text("one"), Protection.values());
        client.send(text("the other"), Protection.values());
        for (int i = 0; i < 2; i++) {
            Received mic = client.awaitAnswer();
            assertTrue(mic.inSequence(), () -> "" + mic);
            answers.add(System.nanoTime());
        }
        Thread.sleep(PAUSE_MILLIS);
    }

    private static void awaitOneMore(AtomicLong connected) throws InterruptedException {
        long before = connected.get();
        BatonProcess.await("one more connects", () -> connected.get() > before);
    }

    /** What clients wait in the time of a takeover, and in as much time without one. */
    private static final class Pauses implements Serving.Progress {
        private final List<AnswerTimes> connections;
        private final List<Duration> without = new ArrayList<>();
        private final List<Duration> starting = new ArrayList<>();
        private final List<Duration> taking = new ArrayList<>();
        private long begin;
        private long released;
        private long taken = Duration.ofSeconds(1).toNanos();

        Pauses(List<AnswerTimes> connections) {
            this.connections = connections;
        }

        /** Waits as long as the last takeover took. */
        void rest() throws InterruptedException {
            long from = System.nanoTime();
            Thread.sleep(Duration.ofNanos(taken - begin).toMillis());
            add(without, from, System.nanoTime());
        }

        @Override
        public void starts() {
            begin = System.nanoTime();
        }

        @Override
        public void isReleased() {
            released = System.nanoTime();
        }

        @Override
        public void hasTaken() throws InterruptedException {
            Thread.sleep(10 * PAUSE_MILLIS);
            taken = System.nanoTime();
            add(starting, begin, released);
            add(taking, released, taken);
        }

        private void add(List<Duration> to, long from, long until) {
            connections.forEach(each -> to.add(each.longest(from, until)));
        }

        @Override
        public String toString() {
            return "%s without a takeover, %s while the new generation starts, %s while it takes over"
                    .formatted(
                            AnswerTimes.summary(without), AnswerTimes.summary(starting), AnswerTimes.summary(taking));
        }
    }

    @Test
    void anApReqThatTheOldGenerationHasSeenIsRefusedByTheNew() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving old = Serving.start(folder, SERVICE, "--workers", "1")) {
            byte[] apReq;
            try (PeerContext initiator = old.initiator(alice, Flag.MUTUAL);
                    SocketChannel client = connect(old.port())) {
                apReq = initiator.step(new byte[0]);
                sendFirst(client, apReq);
                assertEquals(Frame.CONTEXT, Frame.read(client, 65536).flags());
                old.process().await(": accepted, ");
                try (Serving next = old.takeOver(folder, "--workers", "1");
                        SocketChannel replaying = connect(next.port())) {
                    sendFirst(replaying, apReq);
                    String said = next.process().await("refused, (.*)").group(1);
                    assertTrue(said.startsWith("DUPLICATE_TOKEN"), said);
                    next.connect(alice).close(); // what it has not seen, it takes
                }
            }
        }
    }

    private static SocketChannel connect(int port) throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static void sendFirst(SocketChannel client, byte[] token) throws IOException {
        Frame.empty(Frame.NOOP | Frame.CONTEXT_NEXT).write(client);
        new Frame(Frame.CONTEXT, token).write(client);
    }

    @Test
    void whoHasAnotherDirectoryIsRefusedAndNobodyNotices() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1");
                GssSampleClient client = serving.connect(alice)) {
            client.exchange(text("one"));
            Path elsewhere = folder.resolve("elsewhere");
            try (BatonProcess foreign = serving.follow(folder, "--directory", elsewhere.toString())) {
                assertEquals(1, foreign.awaitExit());
                foreign.await("cannot listen on 127.0.0.1 port " + serving.port() + ".*keeps keys elsewhere");
            }
            // The place of the running one, looked at through a link: still another directory's.
            String place = "serve-127.0.0.1-" + serving.port();
            Files.createSymbolicLink(
                    elsewhere.resolve(place), folder.resolve("home").resolve(place));
            try (BatonProcess foreign = serving.follow(folder, "--directory", elsewhere.toString())) {
                assertEquals(1, foreign.awaitExit());
                foreign.await("is a symbolic link");
            }
            client.exchange(text("two"));
        }
    }

    @Test
    void whereNobodyServesItBeginsAfresh() throws Exception {
        Serving first = Serving.start(folder, SERVICE, "--workers", "1");
        assertTrue(first.process().handle().destroyForcibly());
        first.process().awaitExit();
        try (first;
                BatonProcess next = first.follow(folder, "--workers", "1")) {
            next.await("^nobody to take over from: begins afresh$");
            next.await("^workers ");
            try (GssSampleClient client = first.in(next).connect(Login.initiator(ALICE))) {
                client.exchange(text("one"));
            }
        }
    }

    @Test
    void aTakeoverThatStopsBeforeItHasBegunChangesNothing() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1");
                GssSampleClient client = serving.connect(Login.initiator(ALICE))) {
            Path place = folder.resolve("home").resolve("serve-127.0.0.1-" + serving.port());
            for (String line : List.of(
                    "hello",
                    "takeover 2",
                    "takeover 1\nworker \0\nready",
                    "takeover 1\nworker /nowhere\nready",
                    "takeover 1\nready")) {
                try (ControlConnection control =
                        new ControlConnection(AFUNIXSocketChannel.open(AFUNIXSocketAddress.of(place)))) {
                    control.send(line);
                    assertThrows(IOException.class, () -> {
                        control.expect("listener");
                        control.expect("released");
                    });
                }
            }
            serving.process().awaitCount(5, "^not taken over: ");
            descriptors(serving, 3);
            try (ControlConnection waiting =
                    new ControlConnection(AFUNIXSocketChannel.open(AFUNIXSocketAddress.of(place)))) {
                assertEquals(serving.process().handle().pid(), waiting.pid());
                serving.process().await("^cannot be taken over at the moment: ");
            } finally {
                descriptors(serving, 1024);
            }
            client.exchange(text("one"));
            serving.connect(Login.initiator(ALICE)).close();
            try (Serving next = serving.takeOver(folder, "--workers", "1")) {
                client.exchange(text("two"));
                assertFalse(serving.process().handle().isAlive());
                next.connect(Login.initiator(ALICE)).close();
            }
        }
    }

    /** Limits how many descriptors a server may have; those that it has stay. */
    private static void descriptors(Serving serving, int limit) throws Exception {
        long pid = serving.process().handle().pid();
        assertEquals(
                0,
                new ProcessBuilder("prlimit", "--pid", "" + pid, "--nofile=" + limit + ":")
                        .start()
                        .waitFor());
    }

    /** As with an address that stands for all of a host, the system calls this one by another name. */
    @Test
    void whoListensAtAnAddressOfAnotherNameIsFoundByThatName() throws Exception {
        assumeTrue(isThere(LOOPBACK_OF_IPV6), "this host has no " + LOOPBACK_OF_IPV6);
        List<String> serve = List.of(
                "serve",
                "--workers",
                "1",
                "--listen",
                LOOPBACK_OF_IPV6,
                "--keytab",
                SERVICE.keytab().toString());
        try (BatonProcess old = BatonProcess.start(folder, with(serve, "--port", "0"))) {
            String port = old.await("^listening on .* port (\\d+) as ").group(1);
            try (BatonProcess next = BatonProcess.start(folder, with(serve, "--port", port, "--takeover"))) {
                next.await("^took over 0 sessions from process " + old.handle().pid() + "$");
                assertEquals(0, old.awaitExit());
            }
        }
    }

    private static boolean isThere(String address) {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String[] with(List<String> some, String... others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }

    /** One worker of the old generation stands still, so that the takeover is in the middle for as long as it does. */
    @Test
    void theNewGenerationGoneInTheMiddleTakesNoMoreThanItWasGiven() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE)) {
            List<GssSampleClient> clients = twoAtEach(serving, alice);
            long stopped = serving.workers().get(0);
            signal("-STOP", stopped);
            try (BatonProcess next = serving.follow(folder, "--workers", "1")) {
                next.await("^workers ");
                assertTrue(next.handle().destroyForcibly());
                next.awaitExit();
            } finally {
                signal("-CONT", stopped);
            }
            String lost = serving.process()
                    .await("ended in the middle of its takeover, and (\\d+) sessions with it")
                    .group(1);
            assertEquals(4 - Integer.parseInt(lost), living(clients));
            assertTrue(Integer.parseInt(lost) <= 2, lost);
            try (GssSampleClient client = serving.connectWhenThereIsRoom(alice)) {
                client.exchange(text("served again"));
            }
            try (Serving next = serving.takeOver(folder, "--workers", "1");
                    GssSampleClient client = next.connect(alice)) {
                client.exchange(text("and taken over"));
                assertEquals(4 - Integer.parseInt(lost), living(clients));
            }
        }
    }

    @Test
    void theOldGenerationGoneInTheMiddleLeavesWhatItHasGiven() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE)) {
            List<GssSampleClient> clients = twoAtEach(serving, alice);
            long stopped = serving.workers().get(0);
            signal("-STOP", stopped);
            try (BatonProcess next = serving.follow(folder, "--workers", "1")) {
                try {
                    next.await("^workers ");
                    Thread.sleep(500);
                    assertTrue(serving.process().handle().destroyForcibly());
                    serving.process().awaitExit();
                } finally {
                    signal("-CONT", stopped);
                }
                next.await("ended in the middle of the takeover .*: what it had not given has ended with it");
                BatonProcess.await("its workers end", () -> ProcessHandle.of(stopped)
                        .map(worker -> !worker.isAlive())
                        .orElse(true));
                assertTrue(living(clients) <= 2, "those of the worker that stood still are gone");
                try (GssSampleClient client = serving.in(next).connect(alice)) {
                    client.exchange(text("served by the new one"));
                }
            }
        }
    }

    /** Two workers have two clients each. */
    private static List<GssSampleClient> twoAtEach(Serving serving, Subject alice) throws Exception {
        List<GssSampleClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            GssSampleClient client = serving.connect(alice);
            client.exchange(text("one"));
            clients.add(client);
        }
        return clients;
    }

    private static int living(List<GssSampleClient> clients) throws Exception {
        int living = 0;
        for (GssSampleClient client : clients) {
            try {
                client.exchange(text("still there?"));
                living++;
            } catch (IOException e) {
                // Its process is gone.
            }
        }
        return living;
    }

    private static void signal(String signal, long pid) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
