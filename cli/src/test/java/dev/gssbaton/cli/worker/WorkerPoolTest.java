package dev.gssbaton.cli.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.MockPair;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.PrivateFolder;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class WorkerPoolTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path temp;

    private final BlockingQueue<String> journal = new LinkedBlockingQueue<>();
    private final Closing closing = Closing.atExit();
    private Stores stores;
    private BatonManager manager;
    private PrivateFolder folder;

    @BeforeEach
    void prepare() throws IOException, GSSException {
        stores = new Stores(temp.resolve("baton"), "pool test");
        stores.prepare();
        manager = stores.manager().build();
        folder = closing.add(PrivateFolder.create());
    }

    @AfterEach
    void end() {
        closing.close();
    }

    @Test
    void theWorkerThatTookAContextGoesOnWithItsConversation() throws Exception {
        WorkerPool pool = pool(2, Answers.ECHO);
        MockPair pair = MockPair.establish(manager);
        // One message is answered here, before the move.
        assertEquals("first", unwrap(pair.acceptor(), wrap(pair.initiator(), "first")));
        Outcome outcome = pool.offer(pair.acceptor().export());
        assertTrue(outcome.taken(), () -> outcome.reply().reason());
        try (SocketChannel worker = outcome.connection().channel()) {
            for (String text : List.of("second", "third")) {
                new Frame(Frame.DATA | Frame.WRAPPED, wrap(pair.initiator(), text)).write(worker);
                Frame answer = Frame.read(worker, 1000);
                assertEquals(Answers.echo(text, "worker " + outcome.worker()), unwrap(pair.initiator(), answer.body()));
            }
            Frame.empty(Frame.NOOP).write(worker);
            assertEquals(-1, worker.read(ByteBuffer.allocate(1)));
        }
        assertFalse(outcome.connection().workerDied());
    }

    @Test
    void whatGssServerAnswersIsAnswered() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        MockPair pair = MockPair.establish(manager);
        BatonContext initiator = pair.initiator();
        byte[] text = "text".getBytes(StandardCharsets.UTF_8);
        try (SocketChannel worker =
                pool.offer(pair.acceptor().export()).connection().channel()) {
            // As gss-client asks without options, with -nw, with -nm, and with -nw -nx -nm.
            new Frame(Frame.DATA | Frame.WRAPPED | Frame.ENCRYPTED | Frame.SEND_MIC, wrap(initiator, "text"))
                    .write(worker);
            new Frame(Frame.DATA | Frame.SEND_MIC, text).write(worker);
            new Frame(Frame.DATA | Frame.WRAPPED, wrap(initiator, "text")).write(worker);
            new Frame(Frame.DATA, text).write(worker);
            for (int i = 0; i < 2; i++) {
                Frame mic = Frame.read(worker, 1000);
                assertEquals(Frame.MIC, mic.flags());
                MessageProp prop = new MessageProp(false);
                initiator.verifyMIC(mic.body(), 0, mic.body().length, text, 0, text.length, prop);
                assertFalse(prop.isGapToken() || prop.isDuplicateToken() || prop.isUnseqToken() || prop.isOldToken());
            }
            for (int i = 0; i < 2; i++) {
                Frame nothing = Frame.read(worker, 1000);
                assertEquals(Frame.NOOP, nothing.flags());
                assertEquals(0, nothing.body().length);
            }
        }
    }

    @Test
    void aTokenIsTakenOnceAndEveryRefusalIsTold() throws Exception {
        WorkerPool pool = pool(2, Answers.MIC);
        byte[] token = MockPair.establish(manager).acceptor().export();
        byte[] broken = token.clone();
        broken[broken.length - 1] ^= 1;
        assertRefused(TransferFault.SEAL_BROKEN, pool.offerTo(1, broken));
        assertRefused(TransferFault.TOKEN_TOO_SHORT, pool.offerTo(1, new byte[3]));
        assertRefused(TransferFault.TOKEN_EMPTY, pool.offerTo(1, new byte[0]));
        assertRefused(
                TransferFault.UNEXPECTED_CONTEXT,
                pool.offerTo(1, MockPair.establish(manager).initiator().export()));

        Outcome first = pool.offerTo(1, token);
        assertTrue(first.taken());
        assertRefused(TransferFault.ALREADY_TAKEN, pool.offerTo(2, token));
        assertRefused(TransferFault.ALREADY_TAKEN, pool.offerTo(1, token));
        first.connection().close();
    }

    @Test
    void aMessageOutOfOrderEndsTheConversationAndIsSaid() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        MockPair pair = MockPair.establish(manager);
        byte[] message = wrap(pair.initiator(), "once");
        try (SocketChannel worker =
                pool.offer(pair.acceptor().export()).connection().channel()) {
            new Frame(Frame.DATA | Frame.WRAPPED, message).write(worker);
            assertEquals(Frame.NOOP, Frame.read(worker, 1000).flags());
            new Frame(Frame.DATA | Frame.WRAPPED, message).write(worker);
            assertEquals(-1, worker.read(ByteBuffer.allocate(1)));
        }
        assertEquals("worker 1: alice: conversation ended: DUPLICATE_TOKEN: a message came a second time", nextLine());
    }

    @Test
    void garbageEndsItsOwnConversationAlone() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        MockPair good = MockPair.establish(manager);
        try (SocketChannel worker =
                pool.offer(good.acceptor().export()).connection().channel()) {
            for (byte[] garbage : new byte[][] {
                {4, 127, 127, 127, 127}, {Frame.MIC, 0, 0, 0, 0}, {(byte) 228, 0, 0, 0, 3, 1, 2, 3}, {4, 0, 0}
            }) {
                MockPair bad = MockPair.establish(manager);
                try (SocketChannel other =
                        pool.offer(bad.acceptor().export()).connection().channel()) {
                    other.write(ByteBuffer.wrap(garbage));
                    other.shutdownOutput();
                    assertEquals(-1, other.read(ByteBuffer.allocate(1)));
                }
                assertTrue(nextLine().startsWith("worker 1: alice: conversation ended: "));
            }
            new Frame(Frame.DATA | Frame.WRAPPED, wrap(good.initiator(), "still here")).write(worker);
            assertEquals(Frame.NOOP, Frame.read(worker, 1000).flags());
        }
    }

    @Test
    void aWorkerThatDiesIsReplacedAndSaidSo() throws Exception {
        WorkerPool pool = pool(2, Answers.MIC);
        long victim = pids(pool).get(0);
        MockPair pair = MockPair.establish(manager);
        Outcome outcome = pool.offerTo(1, pair.acceptor().export());
        assertTrue(ProcessHandle.of(victim).orElseThrow().destroyForcibly());
        try (WorkerConnection connection = outcome.connection()) {
            assertEquals(-1, connection.channel().read(ByteBuffer.allocate(1)));
            assertTrue(connection.workerDied());
        }
        // The other worker goes on, whoever's turn it is.
        for (int i = 0; i < 2; i++) {
            Outcome other = pool.offer(MockPair.establish(manager).acceptor().export());
            assertTrue(other.taken());
            other.connection().close();
        }
        assertEquals("worker 1 (pid " + victim + ") died with exit code 137; its connections are closed", nextLine());
        Matcher replaced = Pattern.compile("worker 1 is pid (\\d+) now").matcher(nextLine());
        assertTrue(replaced.matches());
        assertNotEquals(victim, Long.parseLong(replaced.group(1)));
        Outcome after = pool.offerTo(1, MockPair.establish(manager).acceptor().export());
        assertTrue(after.taken());
        after.connection().close();
    }

    @Test
    void aWorkerThatDoesNotReplyIsPassedOver() throws Exception {
        WorkerPool pool = pool(2, Answers.MIC);
        long stopped = pids(pool).get(0);
        assertEquals(
                0,
                new ProcessBuilder("kill", "-STOP", String.valueOf(stopped))
                        .start()
                        .waitFor());
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            // More than the system keeps for a process that does not accept them: even connecting waits then.
            List<Future<Outcome>> inVain = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                inVain.add(threads.submit(() -> pool.offerTo(1, new byte[100])));
            }
            Outcome outcome = pool.offer(MockPair.establish(manager).acceptor().export());
            assertTrue(outcome.taken(), () -> outcome.reply().reason());
            assertEquals(2, outcome.worker());
            outcome.connection().close();
            for (Future<Outcome> each : inVain) {
                ExecutionException failed = assertThrows(ExecutionException.class, each::get);
                assertInstanceOf(IOException.class, failed.getCause());
            }
        } finally {
            threads.shutdownNow();
            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-CONT", String.valueOf(stopped))
                            .start()
                            .waitFor());
        }
    }

    @Test
    void theEndOfThePoolIsTheEndOfItsProcessesAndSockets() throws Exception {
        WorkerPool pool = pool(3, Answers.MIC);
        List<Long> pids = pids(pool);
        assertEquals(3, pids.size());
        pool.close();
        for (long pid : pids) {
            assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "pid " + pid);
        }
        folder.close();
        try (Stream<Path> left = Files.list(folder.path().getParent())) {
            assertFalse(left.anyMatch(folder.path()::equals));
        }
        assertEquals(List.of(), List.copyOf(journal));
    }

    private WorkerPool pool(int count, Answers answers) throws Exception {
        WorkerSettings settings =
                new WorkerSettings(count, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), stores, answers);
        return WorkerPool.start(settings, folder.path(), journal::add, closing.add(new Watchdog()), closing);
    }

    private String nextLine() throws InterruptedException {
        String line = journal.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertTrue(line != null, "nothing was said");
        return line;
    }

    private static List<Long> pids(WorkerPool pool) {
        return Pattern.compile("pid (\\d+)")
                .matcher(pool.describe())
                .results()
                .map(found -> Long.parseLong(found.group(1)))
                .toList();
    }

    private static void assertRefused(TransferFault fault, Outcome outcome) {
        assertFalse(outcome.taken());
        Reply reply = outcome.reply();
        assertArrayEquals(new int[] {fault.majorCode(), fault.minorCode()}, new int[] {reply.major(), reply.minor()});
        assertTrue(reply.text().startsWith(fault.text()), reply.text());
    }

    private static byte[] wrap(BatonContext context, String text) throws GSSException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return context.wrap(octets, 0, octets.length, new MessageProp(true));
    }

    private static String unwrap(BatonContext context, byte[] token) throws GSSException {
        MessageProp prop = new MessageProp(true);
        String text = new String(context.unwrap(token, 0, token.length, prop), StandardCharsets.UTF_8);
        assertFalse(prop.isGapToken() || prop.isDuplicateToken() || prop.isUnseqToken() || prop.isOldToken());
        return text;
    }
}
