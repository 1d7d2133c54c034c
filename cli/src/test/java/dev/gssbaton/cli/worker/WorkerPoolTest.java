package dev.gssbaton.cli.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.MockPair;
import dev.gssbaton.cli.dispatch.Listening;
import dev.gssbaton.cli.process.Closing;
import dev.gssbaton.cli.process.PrivateFolder;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.handoff.Parcel;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class WorkerPoolTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> JVM_OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    @TempDir
    private Path temp;

    private final BlockingQueue<String> journal = new LinkedBlockingQueue<>();
    private final Closing closing = Closing.atExit();
    private Stores stores;
    private BatonManager manager;
    private PrivateFolder folder;
    private int pools;

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

    /** A client, and the session that it has in the dispatcher before it is given to a worker. */
    private final class Session implements AutoCloseable {
        private final MockPair pair;
        private final SessionNote note = new SessionNote(SessionNote.newId(), "alice");
        private final SocketChannel client;
        private final SocketChannel server;

        Session() throws Exception {
            this(GSSContext.INDEFINITE_LIFETIME);
        }

        Session(int lifetime) throws Exception {
            pair = MockPair.establish(manager, lifetime);
            try (Listening listening = Listening.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                client = SocketChannel.open(listening.address());
                server = listening.accept();
            }
        }

        Parcel parcel() {
            return Parcel.of(pair.acceptor(), server);
        }

        String giveTo(WorkerPool pool) throws Exception {
            return pool.give(parcel(), note);
        }

        Frame ask(String text) throws Exception {
            new Frame(Frame.DATA | Frame.WRAPPED, wrap(pair.initiator(), text)).write(client);
            return Frame.read(client, 1000);
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    @Test
    void theWorkerThatTookAContextGoesOnWithItsConversation() throws Exception {
        WorkerPool pool = pool(2, Answers.ECHO);
        try (Session session = new Session()) {
            MockPair pair = session.pair;
            // One message is answered here, before the move; one has been read, one and a half are under way.
            assertEquals("first", unwrap(pair.acceptor(), wrap(pair.initiator(), "first")));
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (String text : List.of("second", "third", "fourth")) {
                new Frame(Frame.DATA | Frame.WRAPPED, wrap(pair.initiator(), text)).write(Channels.newChannel(sent));
            }
            byte[] octets = sent.toByteArray();
            int read = octets.length / 2;
            session.client.write(ByteBuffer.wrap(octets, read, octets.length - read - 3));
            String worker = pool.give(session.parcel().withUnread(Arrays.copyOf(octets, read)), session.note);
            session.client.write(ByteBuffer.wrap(octets, octets.length - 3, 3));
            for (String text : List.of("second", "third", "fourth")) {
                Frame answer = Frame.read(session.client, 1000);
                assertEquals(Answers.echo(text, worker), unwrap(pair.initiator(), answer.body()));
            }
            Frame.empty(Frame.NOOP).write(session.client);
            assertEquals(-1, session.client.read(ByteBuffer.allocate(1)));
            assertEquals("ended alice: ", nextLine());
        }
    }

    @Test
    void whatWasNotWrittenGoesBeforeAllAnswers() throws Exception {
        WorkerPool pool = pool(1, Answers.ECHO);
        try (Session session = new Session()) {
            byte[] unwritten = wrap(session.pair.acceptor(), "an answer of before");
            pool.give(session.parcel().withUnwritten(unwritten), session.note);
            ByteBuffer first = ByteBuffer.allocate(unwritten.length);
            while (first.hasRemaining()) {
                assertTrue(session.client.read(first) >= 0);
            }
            assertEquals("an answer of before", unwrap(session.pair.initiator(), first.array()));
            Frame answer = session.ask("next");
            assertEquals(Answers.echo("next", "worker 1"), unwrap(session.pair.initiator(), answer.body()));
        }
    }

    @Test
    void whatGssServerAnswersIsAnswered() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        try (Session session = new Session()) {
            BatonContext initiator = session.pair.initiator();
            byte[] text = "text".getBytes(StandardCharsets.UTF_8);
            session.giveTo(pool);
            // As gss-client asks without options, with -nw, with -nm, and with -nw -nx -nm.
            new Frame(Frame.DATA | Frame.WRAPPED | Frame.ENCRYPTED | Frame.SEND_MIC, wrap(initiator, "text"))
                    .write(session.client);
            new Frame(Frame.DATA | Frame.SEND_MIC, text).write(session.client);
            new Frame(Frame.DATA | Frame.WRAPPED, wrap(initiator, "text")).write(session.client);
            new Frame(Frame.DATA, text).write(session.client);
            for (int i = 0; i < 2; i++) {
                Frame mic = Frame.read(session.client, 1000);
                assertEquals(Frame.MIC, mic.flags());
                MessageProp prop = new MessageProp(false);
                initiator.verifyMIC(mic.body(), 0, mic.body().length, text, 0, text.length, prop);
                assertFalse(prop.isGapToken() || prop.isDuplicateToken() || prop.isUnseqToken() || prop.isOldToken());
            }
            for (int i = 0; i < 2; i++) {
                Frame nothing = Frame.read(session.client, 1000);
                assertEquals(Frame.NOOP, nothing.flags());
                assertEquals(0, nothing.body().length);
            }
        }
    }

    @Test
    void whoEndsAfterItsMessagesGetsItsAnswersFirst() throws Exception {
        WorkerPool pool = pool(1, Answers.ECHO);
        try (Session session = new Session()) {
            int count = 2000;
            for (int i = 0; i < count; i++) {
                new Frame(Frame.DATA, new byte[500]).write(session.client);
                if (i == 0) {
                    session.giveTo(pool);
                }
            }
            session.client.shutdownOutput();
            for (int i = 0; i < count; i++) {
                String answer = unwrap(
                        session.pair.initiator(),
                        Frame.read(session.client, 1000).body());
                assertTrue(answer.endsWith("worker 1"));
            }
            assertEquals(-1, session.client.read(ByteBuffer.allocate(1)));
            assertEquals("ended alice: ", nextLine());
        }
    }

    @Test
    void whatStandsStillIsClosed() throws Exception {
        WorkerPool pool =
                pool(new WorkerSettings(WorkerMain.class, 1, JVM_OPTIONS, stores, Answers.MIC, Duration.ofSeconds(1)));
        try (Session session = new Session()) {
            session.giveTo(pool);
            assertEquals(Frame.NOOP, session.ask("one").flags());
            assertEquals(-1, session.client.read(ByteBuffer.allocate(1)));
            assertEquals("ended alice: closed, nothing moved for 1 s", nextLine());
        }
    }

    @Test
    void aContextThatNoWorkerMayHaveStaysAsItIs() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        try (Session session = new Session()) {
            Parcel parcel = Parcel.of(session.pair.initiator(), session.server);
            IOException failed = assertThrows(IOException.class, () -> pool.give(parcel, session.note));
            assertTrue(failed.getMessage().contains(TransferFault.UNEXPECTED_CONTEXT.text()), failed.getMessage());
            assertEquals("still here", unwrap(session.pair.acceptor(), wrap(session.pair.initiator(), "still here")));
        }
    }

    @Test
    void aMessageOutOfOrderEndsTheConversationAndIsSaid() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        try (Session session = new Session()) {
            byte[] message = wrap(session.pair.initiator(), "once");
            session.giveTo(pool);
            new Frame(Frame.DATA | Frame.WRAPPED, message).write(session.client);
            assertEquals(Frame.NOOP, Frame.read(session.client, 1000).flags());
            new Frame(Frame.DATA | Frame.WRAPPED, message).write(session.client);
            assertEquals(-1, session.client.read(ByteBuffer.allocate(1)));
        }
        assertEquals("ended alice: conversation ended: DUPLICATE_TOKEN: a message came a second time", nextLine());
    }

    @Test
    void garbageEndsItsOwnConversationAlone() throws Exception {
        WorkerPool pool = pool(1, Answers.MIC);
        try (Session good = new Session()) {
            good.giveTo(pool);
            for (byte[] garbage : new byte[][] {
                {4, 127, 127, 127, 127}, {Frame.MIC, 0, 0, 0, 0}, {(byte) 228, 0, 0, 0, 3, 1, 2, 3}, {4, 0, 0}
            }) {
                try (Session bad = new Session()) {
                    bad.giveTo(pool);
                    bad.client.write(ByteBuffer.wrap(garbage));
                    bad.client.shutdownOutput();
                    assertEquals(-1, bad.client.read(ByteBuffer.allocate(1)));
                }
                assertTrue(nextLine().startsWith("ended alice: conversation ended: "));
            }
            assertEquals(Frame.NOOP, good.ask("still here").flags());
        }
    }

    @Test
    void aWorkerThatDiesIsReplacedAndSaidSo() throws Exception {
        WorkerPool pool = pool(2, Answers.MIC);
        try (Session first = new Session();
                Session second = new Session()) {
            String worker = first.giveTo(pool);
            assertNotEquals(worker, second.giveTo(pool));
            assertEquals(Frame.NOOP, first.ask("one").flags());
            long victim = pids(pool).get(worker.equals("worker 1") ? 0 : 1);
            assertTrue(ProcessHandle.of(victim).orElseThrow().destroyForcibly());
            assertEquals(-1, first.client.read(ByteBuffer.allocate(1)));
            // The other worker goes on, whoever's turn it is.
            for (int i = 0; i < 2; i++) {
                try (Session other = new Session()) {
                    other.giveTo(pool);
                    assertEquals(Frame.NOOP, other.ask("one").flags());
                    Frame.empty(Frame.NOOP).write(other.client);
                }
            }
            assertEquals(Frame.NOOP, second.ask("one").flags());
            // What the two say comes in any order; what one says, in this.
            List<String> said = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                said.add(nextLine());
            }
            assertEquals(2, said.stream().filter("ended alice: "::equals).count(), said::toString);
            said.removeIf("ended alice: "::equals);
            assertEquals("ended alice: closed, its worker died", said.get(0));
            assertEquals(
                    worker + " (pid " + victim + ") died with exit code 137; its connections are closed", said.get(1));
            Matcher replaced = Pattern.compile(worker + " is pid (\\d+) now").matcher(said.get(2));
            assertTrue(replaced.matches(), said::toString);
            assertNotEquals(victim, Long.parseLong(replaced.group(1)));
        }
    }

    @Test
    void aWorkerThatDoesNotAnswerIsPassedOver() throws Exception {
        WorkerPool pool = pool(2, Answers.MIC);
        long stopped = pids(pool).get(0);
        signal("-STOP", stopped);
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Session> sessions = new ArrayList<>();
        try {
            List<Future<String>> given = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Session session = new Session();
                sessions.add(session);
                given.add(threads.submit(() -> session.giveTo(pool)));
            }
            for (Future<String> each : given) {
                assertEquals("worker 2", each.get());
            }
            for (Session session : sessions) {
                assertEquals(Frame.NOOP, session.ask("one").flags());
            }
        } finally {
            threads.shutdownNow();
            signal("-CONT", stopped);
            for (Session session : sessions) {
                session.close();
            }
        }
    }

    private static void signal(String signal, long pid) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor());
    }

    @Test
    void allSessionsMoveToOtherWorkersInTheMiddleOfWhatIsSaid() throws Exception {
        WorkerPool old = pool(2, Answers.ECHO);
        WorkerPool next = pool(1, Answers.ECHO);
        List<Session> sessions = new ArrayList<>();
        try {
            int count = 40;
            List<byte[]> rests = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Session session = new Session();
                sessions.add(session);
                session.giveTo(old);
                ByteArrayOutputStream message = new ByteArrayOutputStream();
                new Frame(Frame.DATA | Frame.WRAPPED, wrap(session.pair.initiator(), "message " + i))
                        .write(Channels.newChannel(message));
                byte[] octets = message.toByteArray();
                int first = i % octets.length;
                session.client.write(ByteBuffer.wrap(octets, 0, first));
                rests.add(Arrays.copyOfRange(octets, first, octets.length));
            }
            assertEquals("", old.giveAll(next.sockets(), () -> false));
            for (int i = 0; i < count; i++) {
                Session session = sessions.get(i);
                session.client.write(ByteBuffer.wrap(rests.get(i)));
                Frame answer = Frame.read(session.client, 1000);
                assertEquals(Answers.echo("message " + i, "worker 1"), unwrap(session.pair.initiator(), answer.body()));
            }
            List<String> said = new ArrayList<>();
            for (int i = 0; i < 2 * count; i++) {
                said.add(nextLine());
            }
            assertEquals(count, said.stream().filter("moved alice"::equals).count());
            assertEquals(count, said.stream().filter("adopted alice"::equals).count());
            old.close();
            assertEquals(
                    Answers.echo("after", "worker 1"),
                    unwrap(
                            sessions.get(0).pair.initiator(),
                            sessions.get(0).ask("after").body()));
        } finally {
            for (Session session : sessions) {
                session.close();
            }
        }
    }

    /** Such as one whose context has expired, or whose client is hanging up. */
    @Test
    void whatCannotBeGivenKeepsNothingElseBack() throws Exception {
        WorkerPool old = pool(1, Answers.ECHO);
        WorkerPool next = pool(1, Answers.ECHO);
        List<Session> sessions = new ArrayList<>();
        try (Session expired = givenAndExpired(old)) {
            for (int i = 0; i < 20; i++) {
                Session session = new Session();
                sessions.add(session);
                session.giveTo(old);
            }
            assertEquals("it could not be offered", old.giveAll(next.sockets(), () -> false));
            for (int i = 0; i < 20; i++) {
                assertTrue(Set.of("moved alice", "adopted alice").contains(nextLine()));
                assertTrue(Set.of("moved alice", "adopted alice").contains(nextLine()));
            }
            old.close();
            for (Session session : sessions) {
                assertEquals(
                        Answers.echo("after", "worker 1"),
                        unwrap(session.pair.initiator(), session.ask("after").body()));
            }
            assertEquals(-1, expired.client.read(ByteBuffer.allocate(1)), "it stayed, and has ended with its worker");
        } finally {
            for (Session session : sessions) {
                session.close();
            }
        }
    }

    /** Returns a session that a worker has, and whose context has expired there. */
    private Session givenAndExpired(WorkerPool pool) throws Exception {
        for (int seconds = 1; ; seconds *= 2) {
            Session session = new Session(seconds);
            long made = System.nanoTime();
            try {
                session.giveTo(pool);
            } catch (GSSException | IOException e) {
                session.close();
                continue; // it was not given in time
            }
            while (System.nanoTime() - made < Duration.ofSeconds(seconds + 1).toNanos()) {
                Thread.sleep(100);
            }
            return session;
        }
    }

    @Test
    void whatNobodyTakesGoesOnWhereItIs() throws Exception {
        WorkerPool pool = pool(1, Answers.ECHO);
        try (Session session = new Session()) {
            session.giveTo(pool);
            String why = pool.giveAll(List.of(folder.resolve("nobody.sock")), () -> false);
            assertTrue(why.contains("nobody listens"), why);
            assertEquals(
                    Answers.echo("still here", "worker 1"),
                    unwrap(session.pair.initiator(), session.ask("still here").body()));
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
        return pool(new WorkerSettings(WorkerMain.class, count, JVM_OPTIONS, stores, answers, Duration.ofSeconds(60)));
    }

    private WorkerPool pool(WorkerSettings settings) throws Exception {
        SessionListener sessions = new SessionListener() {
            @Override
            public void adopted(SessionNote session) {
                journal.add("adopted " + session.client());
            }

            @Override
            public void moved(SessionNote session) {
                journal.add("moved " + session.client());
            }

            @Override
            public void ended(SessionNote session, String why) {
                journal.add("ended " + session.client() + ": " + why);
            }
        };
        Path own = Files.createDirectory(
                folder.resolve("pool-" + pools++),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return WorkerPool.start(settings, own, journal::add, sessions, closing.add(new Watchdog()), closing);
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
