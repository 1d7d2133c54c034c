package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.peers.ForkedJvm;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of another process group and of another account, each a {@link Visitor}. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class VisitorTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int NOBODY = 65534;
    private static final String[] AS_NOBODY = {
        "setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"
    };
    /** One octet: refused. */
    private static final String REFUSED = "0000000102";

    @TempDir
    Path directory;

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord each) {
            logged.add(new SimpleFormatter().formatMessage(each));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final Logger log = Logger.getLogger("dev.gssbaton.handoff");

    @BeforeEach
    void listenToTheLog() {
        log.addHandler(handler);
    }

    @AfterEach
    void leaveTheLog() {
        log.removeHandler(handler);
    }

    /** Waits until it is logged, which comes after the peer is told. */
    private void awaitLogged(String text) throws InterruptedException {
        while (logged.stream().noneMatch(line -> line.contains(text))) {
            Thread.sleep(5);
        }
    }

    private static String ask(ForkedJvm visitor, String command) {
        visitor.println(command);
        return visitor.readLine();
    }

    private static BlockingQueue<HandoffChannel> accepting(HandoffListener listener) {
        BlockingQueue<HandoffChannel> accepted = new LinkedBlockingQueue<>();
        TwoEnds.THREADS.execute(() -> {
            try {
                while (true) {
                    accepted.add(listener.accept());
                }
            } catch (IOException e) {
                // It is closed.
            }
        });
        return accepted;
    }

    @Test
    void a_process_of_another_group_is_refused_and_one_of_this_group_is_let_in() throws Exception {
        Path claims = directory.resolve("claims");
        Path path = directory.resolve("private").resolve("socket");
        HandoffOptions options = HandoffOptions.of(
                        BatonManager.builder().claims(HostClaims.in(claims)).build())
                .withPolicy(PeerPolicy.sameProcessGroup());
        ForkedJvm.Builder inside = ForkedJvm.running(Visitor.class).timeLimit(LIMIT);
        ForkedJvm.Builder outside =
                ForkedJvm.running(Visitor.class).by("setsid").timeLimit(LIMIT);
        try (HandoffListener listener = HandoffListener.bind(path, options);
                ForkedJvm foreign = outside.start();
                ForkedJvm ours = inside.start()) {
            BlockingQueue<HandoffChannel> accepted = accepting(listener);
            String refused = ask(foreign, "connect " + path + " " + claims);
            long group = ProcessStatus.of(foreign.handle().pid()).processGroup();
            assertEquals(foreign.handle().pid(), group, "it leads a group of its own");
            assertTrue(refused.startsWith("HandoffRefusedException"), refused);
            awaitLogged("process group " + group);
            assertTrue(ask(ours, "connect " + path + " " + claims).startsWith("connected"));
            try (HandoffChannel channel = accepted.poll(20, TimeUnit.SECONDS)) {
                assertEquals(ours.handle().pid(), channel.peer().pid());
                assertEquals(ProcessStatus.self().processGroup(), channel.peer().processGroup());
            }
            assertNull(accepted.poll());
        }
    }

    @Test
    @EnabledIf("mayBecomeAnother")
    void a_process_of_another_account_is_refused_unless_it_is_to_be_let_in_and_then_it_goes_on_with_the_client()
            throws Exception {
        // In a place that root alone can change, and that the other account can reach.
        Path place = Files.createTempDirectory(Path.of("/var/lib"), "baton-test");
        try {
            Files.setAttribute(place, "unix:mode", 0755);
            Path claims = place.resolve("claims");
            makeSharedClaims(claims);
            Path sockets = Files.createDirectory(place.resolve("sockets"));
            Files.setAttribute(sockets, "unix:gid", NOBODY);
            Files.setAttribute(sockets, "unix:mode", 01770);
            Path path = sockets.resolve("socket");
            Path ownTemporary = Files.createDirectory(place.resolve("tmp"));
            Files.setAttribute(ownTemporary, "unix:uid", NOBODY);
            try (ForkedJvm visitor = ForkedJvm.running(Visitor.class)
                    .by(AS_NOBODY)
                    .classPath(copyOfClassPath(place.resolve("classes")))
                    .jvm("-Djava.io.tmpdir=" + ownTemporary)
                    .timeLimit(LIMIT)
                    .start()) {
                visit(visitor, place, path, claims);
            }
        } finally {
            delete(place);
        }
    }

    private void visit(ForkedJvm visitor, Path place, Path path, Path claims) throws Exception {
        BatonManager manager =
                BatonManager.builder().claims(HostClaims.shared(claims)).build();
        HandoffOptions options = HandoffOptions.of(manager);
        String connect = "connect-shared " + path + " " + claims;
        Pairs pair = Pairs.establish(manager);
        try (HandoffListener listener = HandoffListener.bind(path, options)) {
            BlockingQueue<HandoffChannel> accepted = accepting(listener);
            String refused = ask(visitor, connect);
            assertTrue(refused.startsWith("HandoffRefusedException"), refused);
            assertEquals("heard " + REFUSED, ask(visitor, "listen " + path), "it learns nothing else");
            assertNull(accepted.poll());
            awaitLogged("account " + NOBODY + " is not this process's");
        }
        assertEquals("here", Pairs.unwrap(pair.client(), Pairs.wrap(pair.server(), "here")), "nothing is lost");
        try (HandoffListener listener = HandoffListener.bind(path, options.withPolicy(PeerPolicy.account(NOBODY)))) {
            BlockingQueue<HandoffChannel> accepted = accepting(listener);
            assertEquals("connected as " + NOBODY, ask(visitor, connect));
            try (HandoffChannel channel = accepted.poll(20, TimeUnit.SECONDS)) {
                assertEquals(NOBODY, channel.peer().uid());
                handOver(pair, channel, visitor);
            }
            // The socket's directory, and the claims', each made in another way than they must be.
            Path loose = Files.createDirectory(place.resolve("loose"));
            Files.setAttribute(loose, "unix:mode", 0770);
            Files.setAttribute(loose, "unix:gid", NOBODY);
            assertInstructed(
                    "directory " + loose + " belongs to user 0, and this process runs as user " + NOBODY
                            + ": use one that belongs to this account",
                    ask(visitor, "connect-shared " + loose.resolve("socket") + " " + claims));
            assertInstructed(
                    "install -d -o root -g GROUP -m 1770 " + loose,
                    ask(visitor, "connect-shared " + path + " " + loose));
            assertInstructed("use one that belongs to this account", ask(visitor, "connect " + path + " " + claims));
            assertNull(accepted.poll());
        }
    }

    /** The client's message is on its way already when its context and its socket go to the other account. */
    private static void handOver(Pairs pair, HandoffChannel channel, ForkedJvm visitor) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                SocketChannel accepted = server.accept();
                byte[] message = Pairs.wrap(pair.client(), "to whoever has it");
                client.write(ByteBuffer.allocate(4 + message.length)
                        .putInt(message.length)
                        .put(message)
                        .flip());
                visitor.println("serve");
                assertEquals(
                        Offer.State.GIVEN,
                        channel.give(Parcel.of(pair.server(), accepted)).state());
                assertEquals("served to whoever has it", visitor.readLine());
                byte[] answer = client.socket().getInputStream().readAllBytes();
                assertEquals(
                        "to whoever has it", Pairs.unwrap(pair.client(), Arrays.copyOfRange(answer, 4, answer.length)));
            }
        }
    }

    private static void assertInstructed(String instruction, String answer) {
        assertTrue(answer.contains(instruction), answer);
    }

    static boolean mayBecomeAnother() throws Exception {
        String why = null;
        if (ProcessStatus.self().uid() != 0) {
            why = "this is not root";
        } else {
            List<String> line = new ArrayList<>(List.of(AS_NOBODY));
            line.addAll(List.of("test", "-x", System.getProperty("java.home") + "/bin/java"));
            try {
                why = new ProcessBuilder(line).start().waitFor() == 0 ? null : "account " + NOBODY + " cannot run java";
            } catch (IOException e) {
                why = e.getMessage();
            }
        }
        if (why != null) {
            System.err.println("Tests with a process of another account are skipped: " + why);
        }
        return why == null;
    }

    /** Makes claims for both accounts as they say that root does. */
    private static void makeSharedClaims(Path claims) throws Exception {
        String said = assertThrows(
                        GSSException.class, () -> HostClaims.shared(claims).id())
                .getMessage();
        String commands = said.substring(said.indexOf("install -d"), said.lastIndexOf("/store") + "/store".length())
                .replace("GROUP", "" + NOBODY);
        Process made = new ProcessBuilder("bash", "-c", commands).inheritIO().start();
        assertEquals(0, made.waitFor(), commands);
    }

    /** Copies what a visitor needs of this JVM's class path to where anybody can read it. */
    private static Path[] copyOfClassPath(Path to) throws IOException {
        Files.createDirectory(to);
        List<Path> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            String name = from.getFileName().toString();
            boolean needed = Files.isDirectory(from)
                    || Stream.of("baton-", "bcprov-", "junixsocket-").anyMatch(name::startsWith);
            if (needed && Files.exists(from)) {
                Path copy = to.resolve(copies.size() + "-" + name);
                copy(from, copy);
                copies.add(copy);
            }
        }
        return copies.toArray(Path[]::new);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Path copy = to.resolve(from.relativize(each).toString());
                Files.copy(each, copy, StandardCopyOption.REPLACE_EXISTING);
                Files.setAttribute(copy, "unix:mode", Files.isDirectory(copy) ? 0755 : 0644);
            }
        }
    }

    private static void delete(Path place) throws IOException {
        Files.walkFileTree(place, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
