package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest.Flag;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.GssSampleClient;
import dev.gssbaton.peers.GssSampleClient.Protection;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.Received;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code baton serve} with the JDK's own JGSS as its clients, and with those who are no clients at all. */
@Timeout(300)
final class ServeTest {
    private static final EmbeddedKdc KDC = EmbeddedKdc.shared();
    private static final Account SERVICE = KDC.account("host/localhost");
    private static final Account ALICE = KDC.account("alice");

    /** For those who need nothing of their own. */
    private static Serving shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void serve(@TempDir Path folder) throws Exception {
        shared = Serving.start(folder, SERVICE);
    }

    @AfterAll
    static void end() throws IOException {
        shared.close();
    }

    @Test
    void anAcceptedContextIsOneLine() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1");
                GssSampleClient client = serving.connect(Login.initiator(ALICE))) {
            client.exchange(text("hello"));
            client.exchange(text("hello again"));
            serving.process()
                    .await("^" + ALICE.principal()
                            + " \\(127\\.0\\.0\\.1:\\d+\\): accepted, aes256-cts-hmac-sha1-96, worker 1$");
            serving.process().awaitCount(1, "accepted");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AES128_CTS_HMAC_SHA1_96", "AES256_CTS_HMAC_SHA1_96"})
    void everyCombinationOfFlagsIsServed(Enctype enctype) throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared(enctype);
        Subject alice = Login.initiator(kdc.account("alice"));
        try (Serving serving = Serving.start(folder, kdc.account("host/localhost"), "--workers", "1")) {
            List<Flag> all = List.of(Flag.MUTUAL, Flag.REPLAY, Flag.SEQUENCE, Flag.CONFIDENTIALITY);
            for (int bits = 0; bits < 16; bits++) {
                Set<Flag> flags = EnumSet.noneOf(Flag.class);
                for (int i = 0; i < all.size(); i++) {
                    if ((bits & 1 << i) != 0) {
                        flags.add(all.get(i));
                    }
                }
                try (GssSampleClient client = serving.connect(serving.initiator(alice, flags.toArray(Flag[]::new)))) {
                    everyProtection(client, flags.contains(Flag.CONFIDENTIALITY));
                } catch (IOException e) {
                    throw new AssertionError(
                            flags + ": " + String.join("\n", serving.process().lines()), e);
                }
            }
            serving.process().awaitCount(16, ": accepted, " + enctype.registeredName() + ", worker ");
        }
    }

    /** What gss-client sends without options, and with {@code -nx}, {@code -nw}, {@code -nm} in all combinations. */
    private static void everyProtection(GssSampleClient client, boolean confidential) throws Exception {
        List<Protection> all = new ArrayList<>(List.of(Protection.WRAP, Protection.ANSWER_MIC));
        if (confidential) {
            all.add(Protection.ENCRYPT);
        }
        for (int bits = 0; bits < 1 << all.size(); bits++) {
            List<Protection> some = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if ((bits & 1 << i) != 0) {
                    some.add(all.get(i));
                }
            }
            client.send(text("message " + bits), some.toArray(Protection[]::new));
            Received mic = client.awaitAnswer();
            if (some.contains(Protection.ANSWER_MIC)) {
                assertTrue(mic.inSequence(), () -> some + ": " + mic);
            } else {
                assertNull(mic);
            }
        }
    }

    /** The dispatcher exports before it has read a message, so all of these are under way while the context moves. */
    @Test
    void messagesInFlightArriveOnceAndInOrder() throws Exception {
        int contexts = Scale.times(20, 200);
        Subject alice = Login.initiator(ALICE);
        Random sizes = new Random(20);
        for (int i = 0; i < contexts; i++) {
            try (GssSampleClient client = shared.connect(alice)) {
                int messages = 1 + sizes.nextInt(30);
                for (int number = 0; number < messages; number++) {
                    byte[] message = new byte[sizes.nextInt(2000)];
                    sizes.nextBytes(message);
                    client.send(message, Protection.values());
                }
                for (int number = 0; number < messages; number++) {
                    // The MIC is of exactly this message, and of the next number in the acceptor's sequence.
                    Received mic = client.awaitAnswer();
                    assertTrue(mic.inSequence(), () -> "" + mic);
                }
                client.exchange(text("and one more"));
            }
        }
    }

    @Test
    void manyClientsAtTheSameTime() throws Exception {
        int clients = 20;
        Subject alice = Login.initiator(ALICE);
        int before = shared.process().lines().size();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<Void>> conversations = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                Callable<Void> conversation = () -> {
                    try (GssSampleClient client = shared.connect(alice)) {
                        for (int message = 0; message < 25; message++) {
                            client.exchange(text("client " + number + " message " + message));
                        }
                    }
                    return null;
                };
                conversations.add(threads.submit(conversation));
            }
            for (Future<Void> conversation : conversations) {
                conversation.get();
            }
            // Clients that other tests have had may be told of late.
            BatonProcess.await("all are told of", () -> acceptedSince(before, "") >= clients);
            for (int worker = 1; worker <= 2; worker++) {
                assertTrue(acceptedSince(before, ", worker " + worker) > 0, "worker " + worker);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long acceptedSince(int line, String by) {
        return shared.process().lines().stream()
                .skip(line)
                .filter(each -> each.contains(": accepted, ") && each.endsWith(by))
                .count();
    }

    @Test
    void aLargeMessageArrives() throws Exception {
        try (GssSampleClient client = shared.connect(Login.initiator(ALICE))) {
            byte[] message = new byte[1_000_000];
            new Random(1).nextBytes(message);
            client.exchange(message);
            client.exchange(text("small"));
        }
    }

    @Test
    void whoHangsUpBeforeItIsLetInHindersNobody() throws Exception {
        String said = "cannot take a connection: its client hung up before it was let in";
        long before = shared.process().count(said);
        long dispatcher = shared.process().handle().pid();
        signal("-STOP", dispatcher);
        try {
            for (int i = 0; i < 3; i++) {
                Socket socket = shared.silent();
                socket.setSoLinger(true, 0);
                socket.close();
            }
        } finally {
            signal("-CONT", dispatcher);
        }
        BatonProcess.await(said, () -> shared.process().count(said) >= before + 3);
        shared.connect(Login.initiator(ALICE)).close();
    }

    private static void signal(String signal, long pid) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor());
    }

    @Test
    void whoSaysNothingIsClosedAndHindersNobody() throws Exception {
        Subject alice = Login.initiator(ALICE);
        List<Socket> silent = new ArrayList<>();
        try (Serving serving =
                Serving.start(folder, SERVICE, "--workers", "1", "--connections", "8", "--handshake", "5")) {
            try (GssSampleClient early = serving.connectWhenThereIsRoom(alice)) {
                early.exchange(text("before"));
                for (int i = 0; i < 30; i++) {
                    silent.add(serving.silent());
                }
                // More of them than there is room for, and still there is room for who authenticates.
                try (GssSampleClient late = serving.connect(alice)) {
                    late.exchange(text("beside them"));
                    early.exchange(text("still here"));
                }
                for (Socket socket : silent) {
                    assertEquals(-1, readOrReset(socket));
                }
                early.exchange(text("after them"));
            }
            serving.process().await("refused, it did not authenticate within 5 s");
            serving.process().await("refused, it had to make room");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void whoIsAuthenticatedIsNotPushedOut() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1", "--connections", "2");
                GssSampleClient first = serving.connect(alice)) {
            GssSampleClient second = serving.connect(alice);
            first.exchange(text("one"));
            second.exchange(text("one"));
            assertThrows(Exception.class, () -> serving.connect(alice).close());
            serving.process().await("refused, all 2 connections are in use");
            first.exchange(text("two"));
            second.exchange(text("two"));
            second.close();
            // Its place is free once its worker has seen the end.
            serving.connectWhenThereIsRoom(alice).close();
            first.exchange(text("three"));
        }
    }

    @Test
    void whoSendsAnOctetNowAndThenIsClosedInTimeToo() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1", "--handshake", "1");
                Socket slow = serving.silent()) {
            long start = System.nanoTime();
            slow.getOutputStream().write(new byte[] {17, 0, 0, 0, 0, 2, 0, 0, 127, 127});
            try {
                while (System.nanoTime() - start < 20_000_000_000L) {
                    slow.getOutputStream().write(0);
                    Thread.sleep(50);
                }
                throw new AssertionError("it was served for 20 s");
            } catch (IOException e) {
                serving.process().await("refused, it did not authenticate within 1 s");
            }
        }
    }

    @Test
    void garbageIsRefusedAndSaid() throws Exception {
        garbage(
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "this is not gss-client|is this gss-client");
        garbage(new byte[] {17, 127, 0, 0, 0}, "a frame of 2130706432 octets");
        garbage(new byte[] {17, -1, -1, -1, -1}, "a frame of 4294967295 octets");
        garbage(new byte[] {4, 0, 0, 0, 0}, "its first frame has flags 4");
        garbage(new byte[] {1, 0, 0, 0, 0}, "does not want to authenticate");
        garbage(new byte[] {17, 0, 0, 0, 0, 4, 0, 0, 0, 0}, "flags 4 where a token");
        garbage(new byte[] {17, 0, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3}, "DEFECTIVE_TOKEN");
        garbage(new byte[] {17, 0, 0, 0, 0, 2, 0, 0, 0, 0}, "DEFECTIVE_TOKEN");
        garbage(new byte[] {17, 0, 0}, "ended in the middle of a frame");
        Random random = new Random(7);
        for (int i = 0; i < Scale.times(30, 3000); i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            try (Socket socket = shared.silent()) {
                socket.getOutputStream().write(noise);
                socket.shutdownOutput();
                readOrReset(socket);
            }
        }
        try (GssSampleClient client = shared.connect(Login.initiator(ALICE))) {
            client.exchange(text("and it still serves"));
        }
    }

    /** The sockets of clients who are gone are closed in all processes. */
    @Test
    void noDescriptorsAreLeftBehind() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1")) {
            serveSome(serving, alice, 3);
            long before = sockets(serving);
            serveSome(serving, alice, 10);
            BatonProcess.await("sockets are closed", () -> sockets(serving) <= before);
        }
    }

    private static void serveSome(Serving serving, Subject alice, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (GssSampleClient client = serving.connect(alice)) {
                client.exchange(text("one"));
            }
            serving.silent().close();
        }
    }

    private static long sockets(Serving serving) {
        long count = 0;
        List<ProcessHandle> processes = new ArrayList<>(serving.process().descendants());
        processes.add(serving.process().handle());
        for (ProcessHandle process : processes) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc", "" + process.pid(), "fd"))) {
                for (Path each : all) {
                    count += isSocket(each) ? 1 : 0;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return count;
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private static void garbage(byte[] octets, String said) throws Exception {
        try (Socket socket = shared.silent()) {
            socket.getOutputStream().write(octets);
            socket.shutdownOutput();
            readOrReset(socket);
            shared.process().await(socket.getLocalPort() + ": refused, .*(" + said + ")");
        }
    }

    @Test
    void aConversationThatStandsStillIsClosed() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1", "--idle", "5")) {
            GssSampleClient client = serving.connect(Login.initiator(ALICE));
            client.exchange(text("one"));
            serving.process().await("closed, nothing moved for 5 s");
            assertFalse(lives(client));
            hangUp(client);
        }
    }

    @Test
    void aClientThatDoesNotReadHindersNobodyAndIsClosedInTheEnd() throws Exception {
        Subject alice = Login.initiator(ALICE);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1", "--idle", "10");
                SocketChannel greedy = serving.connectChannel(serving.initiator(alice))) {
            // It sends until nothing between it and its worker takes any more, since nobody takes the answers.
            AtomicLong sent = new AtomicLong();
            Future<Void> sending = threads.submit(() -> {
                while (true) {
                    new Frame(Frame.DATA | Frame.SEND_MIC, new byte[10]).write(greedy);
                    sent.incrementAndGet();
                }
            });
            long before = -1;
            while (sent.get() != before) {
                before = sent.get();
                Thread.sleep(500);
            }
            try (GssSampleClient client = serving.connect(alice)) {
                for (int message = 0; message < 10; message++) {
                    client.exchange(text("message " + message));
                }
            }
            assertFalse(sending.isDone(), "it was to be stuck after " + before + " messages");
            serving.process().await("closed, nothing moved for 10 s");
            ExecutionException closed = assertThrows(ExecutionException.class, sending::get);
            assertInstanceOf(IOException.class, closed.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aWorkerThatDiesTakesItsOwnClientsAloneAndIsReplaced() throws Exception {
        Subject alice = Login.initiator(ALICE);
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "2")) {
            GssSampleClient first = serving.connect(alice);
            GssSampleClient second = serving.connect(alice);
            first.exchange(text("one"));
            second.exchange(text("one"));
            String port = serving.process()
                    .await(":(\\d+)\\): accepted, [^,]*, worker 1")
                    .group(1);
            long victim = serving.workers().get(0);
            assertTrue(ProcessHandle.of(victim).orElseThrow().destroyForcibly());
            serving.process().await(port + "\\): closed, its worker died");
            serving.process().await("worker 1 \\(pid " + victim + "\\) died with exit code 137");
            serving.process().await("worker 1 is pid \\d+ now");
            boolean firstLives = lives(first);
            boolean secondLives = lives(second);
            assertTrue(firstLives ^ secondLives, "one conversation goes on, the other has ended");
            hangUp(first);
            hangUp(second);
            for (int i = 0; i < 2; i++) {
                try (GssSampleClient client = serving.connect(alice)) {
                    client.exchange(text("served again"));
                }
            }
        }
    }

    /** Closes a client that may have lost its server, to which it cannot say goodbye then. */
    private static void hangUp(GssSampleClient client) {
        try {
            client.close();
        } catch (IOException e) {
            // That is what happened.
        }
    }

    private static boolean lives(GssSampleClient client) throws Exception {
        try {
            client.exchange(text("still there?"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void sigtermEndsItWithItsWorkersAndLeavesNothing() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "2")) {
            GssSampleClient client = serving.connect(Login.initiator(ALICE));
            client.exchange(text("one"));
            List<ProcessHandle> workers = serving.process().descendants();
            assertEquals(2, workers.size());
            assertEquals(143, serving.process().terminate());
            for (ProcessHandle worker : workers) {
                assertFalse(worker.isAlive());
            }
            assertEquals(List.of(), serving.process().temporaryFiles());
            assertTrue(
                    serving.process().lines().stream()
                            .noneMatch(line -> line.contains("died") || line.contains("closed")),
                    () -> String.join("\n", serving.process().lines()));
            assertFalse(lives(client));
            hangUp(client);
        }
    }

    @Test
    void theDispatcherGoneIsTheEndOfItsWorkersAndTheirSockets() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "2")) {
            List<ProcessHandle> workers = serving.process().descendants();
            assertEquals(2, workers.size());
            assertTrue(serving.process().handle().destroyForcibly());
            for (ProcessHandle worker : workers) {
                BatonProcess.await(worker + " ends", () -> !worker.isAlive());
            }
            assertEquals(List.of(), serving.process().temporaryFiles());
        }
    }

    private static int readOrReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return -1; // reset, since what was sent was not read
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
