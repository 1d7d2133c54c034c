package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.GssSampleClient;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
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

    @TempDir
    private Path folder;

    @Test
    void clientsThatSendWithoutPauseNoticeNothing() throws Exception {
        int clients = Scale.times(6, 200);
        int takeovers = Scale.times(2, 10);
        Subject alice = Login.initiator(ALICE);
        AtomicBoolean through = new AtomicBoolean();
        AtomicLong messages = new AtomicLong();
        LongAccumulator longest = new LongAccumulator(Math::max, 0);
        AtomicLong connected = new AtomicLong();
        ExecutorService threads = Executors.newCachedThreadPool();
        Serving serving = Serving.start(folder, SERVICE);
        try {
            Serving first = serving;
            List<Future<Void>> talking = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                GssSampleClient client = first.connect(alice);
                talking.add(threads.submit(() -> {
                    try (client) {
                        while (!through.get()) {
                            long begin = System.nanoTime();
                            client.exchange(text("message " + messages.incrementAndGet()));
                            longest.accumulate(System.nanoTime() - begin);
                        }
                    }
                    return null;
                }));
            }
            // Others come and go all the time.
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
                long before = messages.get();
                BatonProcess.await("messages go on", () -> messages.get() > before + clients);
                serving = serving.takeOver(folder);
            }
            long before = messages.get();
            BatonProcess.await("messages go on", () -> messages.get() > before + clients);
            through.set(true);
            for (Future<Void> each : talking) {
                each.get();
            }
            System.out.printf(
                    "%d clients, %d takeovers: %d messages, the longest answered after %d ms; %d connections made%n",
                    clients, takeovers, messages.get(), longest.get() / 1_000_000, connected.get());
        } finally {
            through.set(true);
            threads.shutdownNow();
            serving.close();
        }
    }

    @Test
    void anApReqThatTheOldGenerationHasSeenIsRefusedByTheNew() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving old = Serving.start(folder, SERVICE)) {
            byte[] apReq;
            try (PeerContext initiator = old.initiator(alice, Flag.MUTUAL);
                    SocketChannel client = connect(old.port())) {
                apReq = initiator.step(new byte[0]);
                sendFirst(client, apReq);
                assertEquals(Frame.CONTEXT, Frame.read(client, 65536).flags());
                old.process().await(": accepted, ");
                try (Serving next = old.takeOver(folder);
                        SocketChannel replaying = connect(next.port())) {
                    sendFirst(replaying, apReq);
                    String said = next.process().await("refused, (.*)").group(1);
                    assertTrue(said.startsWith("DUPLICATE_TOKEN") || said.contains("REPEAT"), said);
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
        try (Serving serving = Serving.start(folder, SERVICE);
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
        Serving first = Serving.start(folder, SERVICE);
        assertTrue(first.process().handle().destroyForcibly());
        first.process().awaitExit();
        try (first;
                BatonProcess next = first.follow(folder)) {
            next.await("^nobody to take over from: begins afresh$");
            next.await("^workers ");
            try (GssSampleClient client = first.in(next).connect(Login.initiator(ALICE))) {
                client.exchange(text("one"));
            }
        }
    }

    @Test
    void aTakeoverThatStopsBeforeItHasBegunChangesNothing() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE);
                GssSampleClient client = serving.connect(Login.initiator(ALICE))) {
            Path place = folder.resolve("home").resolve("serve-127.0.0.1-" + serving.port());
            for (String line :
                    List.of("hello", "takeover 2", "takeover 1\nworker /nowhere\nready", "takeover 1\nready")) {
                try (ControlConnection control =
                        new ControlConnection(AFUNIXSocketChannel.open(AFUNIXSocketAddress.of(place)))) {
                    control.send(line);
                    assertThrows(IOException.class, () -> {
                        control.expect("listener");
                        control.expect("released");
                    });
                }
                serving.process().await("^not taken over: ");
            }
            client.exchange(text("one"));
            serving.connect(Login.initiator(ALICE)).close();
            try (Serving next = serving.takeOver(folder)) {
                client.exchange(text("two"));
                assertFalse(serving.process().handle().isAlive());
                next.connect(Login.initiator(ALICE)).close();
            }
        }
    }

    /** One worker of the old generation stands still, so that the takeover is in the middle for as long as it does. */
    @Test
    void theNewGenerationGoneInTheMiddleTakesNoMoreThanItWasGiven() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE)) {
            List<GssSampleClient> clients = twoAtEach(serving, alice);
            long stopped = serving.workers().get(0);
            signal("-STOP", stopped);
            try (BatonProcess next = serving.follow(folder)) {
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
            try (Serving next = serving.takeOver(folder);
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
            try (BatonProcess next = serving.follow(folder)) {
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
