package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.Offer;
import dev.gssbaton.OfferOptions;
import dev.gssbaton.TransferSession;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, when and where: policies, silent peers, a stolen token, a place that is not private. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class PeerTest {
    @TempDir
    Path directory;

    private BatonManager manager;
    private HandoffOptions options;
    private Path path;

    @BeforeEach
    void places() {
        manager = BatonManager.builder()
                .claims(HostClaims.in(directory.resolve("claims")))
                .build();
        options = HandoffOptions.of(manager).withLimit(Duration.ofSeconds(5));
        path = directory.resolve("private").resolve("socket");
    }

    /** Accepts in the background, and tells what came of it. */
    private static BlockingQueue<Object> accepting(HandoffListener listener) {
        BlockingQueue<Object> accepted = new LinkedBlockingQueue<>();
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    accepted.add(listener.accept());
                }
            } catch (IOException e) {
                accepted.add(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return accepted;
    }

    private static Optional<String> refusal(PeerPolicy policy, Peer peer) throws IOException {
        return policy.refusal(peer);
    }

    private static Peer self() throws IOException {
        ProcessStatus status = ProcessStatus.self();
        return new Peer(status.pid(), status.uid(), 0, status.processGroup(), status.ancestors());
    }

    @Test
    void policies_ask_the_account_the_group_and_the_ancestors() throws Exception {
        Peer self = self();
        Peer other = new Peer(1, self.uid() + 1, 0, self.processGroup() + 1, List.of());
        assertEquals(Optional.empty(), refusal(PeerPolicy.sameAccount(), self));
        assertTrue(refusal(PeerPolicy.sameAccount(), other).isPresent());
        assertEquals(Optional.empty(), refusal(PeerPolicy.account(self.uid()), self));
        assertTrue(refusal(PeerPolicy.account(self.uid() + 1), self).isPresent());
        assertEquals(Optional.empty(), refusal(PeerPolicy.sameProcessGroup(), self));
        assertTrue(refusal(PeerPolicy.sameProcessGroup(), new Peer(self.pid(), self.uid(), 0, 1, List.of()))
                .isPresent());
        assertTrue(
                refusal(
                                PeerPolicy.sameProcessGroup(),
                                new Peer(self.pid(), self.uid() + 1, 0, self.processGroup(), List.of()))
                        .isPresent(),
                "a foreign account in the same group");
        assertTrue(refusal(PeerPolicy.ownChildren(), self).isPresent());
        assertEquals(
                Optional.empty(), refusal(PeerPolicy.ownChildren(), new Peer(9, 9, 9, 9, List.of(5L, self.pid()))));
        long parent = self.ancestors().get(0);
        assertEquals(Optional.empty(), refusal(PeerPolicy.ownParent(), new Peer(parent, 0, 0, 0, List.of())));
        assertTrue(refusal(PeerPolicy.ownParent(), self).isPresent());
    }

    @Test
    void a_child_is_known_by_its_parents() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessStatus status = ProcessStatus.of(child.pid());
            assertEquals(ProcessHandle.current().pid(), status.parent());
            assertEquals(ProcessHandle.current().pid(), status.ancestors().get(0));
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void a_peer_that_does_not_pass_is_told_so_and_learns_nothing() throws Exception {
        PeerPolicy nobody = peer -> Optional.of("a secret reason of this process's");
        try (HandoffListener listener = HandoffListener.bind(path, options.withPolicy(nobody))) {
            BlockingQueue<Object> accepted = accepting(listener);
            HandoffRefusedException refused =
                    assertThrows(HandoffRefusedException.class, () -> HandoffChannel.connect(path, options));
            assertFalse(refused.getMessage().contains("secret"), refused::getMessage);
            assertEquals(0, accepted.size(), "the listener goes on");
            // A plain client of the JDK's sees all that is sent: one frame of one octet, and the end.
            try (SocketChannel plain = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                plain.connect(UnixDomainSocketAddress.of(path));
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                ByteBuffer in = ByteBuffer.allocate(100);
                while (plain.read(in) >= 0) {
                    all.write(in.array(), 0, in.position());
                    in.clear();
                }
                assertEquals("0000000102", HexFormat.of().formatHex(all.toByteArray()));
            }
        }
    }

    @Test
    void a_peer_that_says_nothing_is_given_up_and_the_next_one_is_let_in() throws Exception {
        try (HandoffListener listener = HandoffListener.bind(path, options.withLimit(Duration.ofSeconds(1)))) {
            BlockingQueue<Object> accepted = accepting(listener);
            try (SocketChannel silent = silent()) {
                expectEnd(silent);
            }
            while (accepted.isEmpty()) {
                try {
                    HandoffChannel.connect(path, options).close();
                    assertTrue(accepted.poll(20, TimeUnit.SECONDS) instanceof HandoffChannel);
                    return;
                } catch (IOException e) {
                    // This process was too slow for so short a limit.
                }
            }
        }
    }

    /** Connects and says nothing. */
    private SocketChannel silent() throws IOException {
        SocketChannel silent = SocketChannel.open(StandardProtocolFamily.UNIX);
        silent.connect(UnixDomainSocketAddress.of(path));
        return silent;
    }

    /** Waits for the first frame: that peer is being greeted. */
    private static void expectHello(SocketChannel silent) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(5);
        while (in.hasRemaining()) {
            assertTrue(silent.read(in) >= 0, "it is not refused");
        }
        assertEquals(FrameType.HELLO.number(), in.get(4));
    }

    private static void expectEnd(SocketChannel peer) {
        ByteBuffer in = ByteBuffer.allocate(100);
        try {
            while (peer.read(in.clear()) >= 0) {}
        } catch (IOException e) {
            // A reset is an end too.
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException(e.getMessage());
        }
    }

    private static CompletableFuture<HandoffChannel> connecting(Path to, HandoffOptions options) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return HandoffChannel.connect(to, options);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                TwoEnds.THREADS);
    }

    @Test
    void silent_peers_keep_no_other_waiting() throws Exception {
        HandoffOptions forEver = options.withLimit(Duration.ofHours(1));
        List<SocketChannel> silent = new ArrayList<>();
        try (HandoffListener listener = HandoffListener.bind(path, forEver)) {
            BlockingQueue<Object> accepted = accepting(listener);
            for (int i = 0; i < 5; i++) {
                silent.add(silent());
                expectHello(silent.get(i));
            }
            // One that is slow, since its own policy has not decided yet, and then one that is not.
            CountDownLatch decided = new CountDownLatch(1);
            CompletableFuture<HandoffChannel> slow = connecting(path, forEver.withPolicy(peer -> {
                await(decided);
                return Optional.empty();
            }));
            try (HandoffChannel next = HandoffChannel.connect(path, options)) {
                assertTrue(accepted.poll(20, TimeUnit.SECONDS) instanceof HandoffChannel, next::toString);
                assertFalse(slow.isDone());
                decided.countDown();
                assertTrue(accepted.poll(20, TimeUnit.SECONDS) instanceof HandoffChannel, next::toString);
                slow.join().close();
            }
            for (SocketChannel each : silent) {
                each.configureBlocking(false);
                assertTrue(each.read(ByteBuffer.allocate(1000)) >= 0, "it may still greet");
            }
        } finally {
            for (SocketChannel each : silent) {
                each.close();
            }
        }
    }

    @Test
    void no_more_than_sixteen_are_greeted_at_a_time_and_the_others_wait() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore decided = new Semaphore(0);
        BlockingQueue<Peer> looked = new LinkedBlockingQueue<>();
        PeerPolicy counting = peer -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            looked.add(peer);
            decided.acquireUninterruptibly();
            now.decrementAndGet();
            return Optional.of("enough");
        };
        List<SocketChannel> peers = new ArrayList<>();
        try (HandoffListener listener = HandoffListener.bind(path, options.withPolicy(counting))) {
            accepting(listener);
            for (int i = 0; i < 20; i++) {
                peers.add(silent());
            }
            for (int i = 0; i < 16; i++) {
                assertNotNull(looked.poll(20, TimeUnit.SECONDS));
            }
            assertNull(looked.poll(50, TimeUnit.MILLISECONDS));
            decided.release(20);
            for (SocketChannel each : peers) {
                expectEnd(each);
                each.close();
            }
            assertEquals(4, looked.size(), "those that waited");
            assertEquals(16, most.get());
        }
    }

    @Test
    void closing_ends_what_is_under_way() throws Exception {
        HandoffListener listener = HandoffListener.bind(
                path, options.withLimit(Duration.ofHours(1)).withPolicy(together(2)));
        // One thread asks, and two peers are greeted for it: the other is left over.
        CompletableFuture<HandoffChannel> asked = asking(listener);
        CompletableFuture<HandoffChannel> one = connecting(path, options);
        CompletableFuture<HandoffChannel> other = connecting(path, options);
        HandoffChannel returned = asked.get();
        one.join();
        other.join();
        BlockingQueue<Object> accepted = accepting(listener);
        assertTrue(accepted.poll(20, TimeUnit.SECONDS) instanceof HandoffChannel, "the one that was left over");
        try (SocketChannel silent = silent();
                SocketChannel second = silent()) {
            expectHello(silent);
            expectHello(second);
            listener.close();
            assertTrue(accepted.poll(20, TimeUnit.SECONDS) instanceof ClosedChannelException);
            expectEnd(silent);
            expectEnd(second);
            assertThrows(ClosedChannelException.class, listener::accept);
            assertFalse(Files.exists(path));
        }
        awaitNoThread();
        assertEquals(Optional.empty(), returned.take(Duration.ofMillis(1)), "a channel that was returned stays");
        returned.close();
        one.join().close();
        other.join().close();
    }

    @Test
    void closing_ends_what_was_greeted_and_not_asked_for() throws Exception {
        HandoffListener listener = HandoffListener.bind(path, options.withPolicy(together(2)));
        CompletableFuture<HandoffChannel> asked = asking(listener);
        CompletableFuture<HandoffChannel> first = connecting(path, options);
        CompletableFuture<HandoffChannel> second = connecting(path, options);
        HandoffChannel returned = asked.join();
        HandoffChannel one = first.join();
        HandoffChannel other = second.join();
        listener.close();
        awaitNoThread();
        // It is not said which of them came first.
        HandoffChannel ended = hasEnded(one, other) ? one : other;
        HandoffChannel left = ended == one ? other : one;
        assertEquals(Optional.empty(), left.take(Duration.ofMillis(1)));
        for (HandoffChannel each : List.of(returned, one, other)) {
            each.close();
        }
    }

    /** Waits for the end of one of two. */
    private static boolean hasEnded(HandoffChannel one, HandoffChannel other) throws IOException {
        while (true) {
            try {
                one.take(Duration.ofMillis(5));
            } catch (EOFException e) {
                return true;
            }
            try {
                other.take(Duration.ofMillis(5));
            } catch (EOFException e) {
                return false;
            }
        }
    }

    /** A policy that allows so many peers, once they are all there. */
    private static PeerPolicy together(int number) {
        CountDownLatch all = new CountDownLatch(number);
        return peer -> {
            all.countDown();
            await(all);
            return Optional.empty();
        };
    }

    private static CompletableFuture<HandoffChannel> asking(HandoffListener listener) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return listener.accept();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                TwoEnds.THREADS);
    }

    /** Waits for the end of the threads of all listeners. */
    private static void awaitNoThread() throws InterruptedException {
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("baton-handoff-listener")
                        || thread.getName().equals("baton-handoff-greeting"))) {
            Thread.sleep(5);
        }
    }

    @Test
    void several_threads_accept() throws Exception {
        try (HandoffListener listener = HandoffListener.bind(path, options)) {
            List<BlockingQueue<Object>> accepted =
                    List.of(accepting(listener), accepting(listener), accepting(listener));
            for (int i = 0; i < 6; i++) {
                HandoffChannel.connect(path, options).close();
            }
            for (int i = 0; i < 6; i++) {
                while (accepted.stream().noneMatch(each -> each.poll() instanceof HandoffChannel)) {
                    Thread.sleep(5);
                }
            }
        }
    }

    @Test
    void a_peer_that_sends_an_octet_now_and_then_is_given_up_too() throws Exception {
        try (HandoffListener listener = HandoffListener.bind(path, options.withLimit(Duration.ofMillis(300)));
                SocketChannel slow = silent()) {
            accepting(listener);
            // The length of a frame that is allowed, and then its octets, each well within the limit.
            ByteBuffer length = ByteBuffer.allocate(4).putInt(0, 1 << 20);
            slow.write(length);
            assertThrows(IOException.class, () -> {
                while (true) {
                    slow.write(ByteBuffer.allocate(1));
                    Thread.sleep(20);
                }
            });
        }
    }

    @Test
    void the_one_that_connects_has_a_policy_too() throws Exception {
        try (HandoffListener listener = HandoffListener.bind(path, options)) {
            BlockingQueue<Object> accepted = accepting(listener);
            PeerPolicy nobody = peer -> Optional.of("not me");
            HandoffRefusedException refused = assertThrows(
                    HandoffRefusedException.class, () -> HandoffChannel.connect(path, options.withPolicy(nobody)));
            assertTrue(refused.getMessage().contains("not me"));
            PeerPolicy broken = peer -> {
                throw new IOException("no idea");
            };
            assertThrows(HandoffRefusedException.class, () -> HandoffChannel.connect(path, options.withPolicy(broken)));
            assertEquals(0, accepted.size());
        }
    }

    @Test
    void a_directory_that_is_not_private_is_refused_with_what_to_do() throws Exception {
        Path writable = Files.createDirectory(directory.resolve("writable"));
        Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(writable.resolve("socket"), "chmod 700");
        Path link = Files.createSymbolicLink(
                directory.resolve("link"),
                Files.createDirectory(
                        directory.resolve("real"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
        assertRefused(link.resolve("socket"), "symbolic link");
        assertRefused(directory.resolve("nowhere").resolve("else").resolve("socket"), "make that one first");
        Path file = Files.createFile(directory.resolve("real").resolve("file"));
        IOException notASocket = assertThrows(IOException.class, () -> HandoffListener.bind(file, options));
        assertTrue(notASocket.getMessage().contains("is not a socket"));
    }

    @Test
    @EnabledIf("isRoot")
    void a_directory_of_roots_that_a_group_shares_lets_its_group_connect() throws Exception {
        Path shared = Files.createTempDirectory(Path.of("/var/lib"), "baton-test");
        try {
            Files.setAttribute(shared, "unix:mode", 01770);
            Path there = shared.resolve("socket");
            try (TwoEnds ends = TwoEnds.connect(there, options, options)) {
                assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(there)));
                assertEquals(ProcessStatus.self().uid(), ends.giver().peer().uid());
            }
            Files.setAttribute(shared, "unix:mode", 0770);
            assertRefused(there, "chmod 700");
        } finally {
            Files.delete(shared);
        }
    }

    static boolean isRoot() throws IOException {
        return ProcessStatus.self().uid() == 0;
    }

    private void assertRefused(Path at, String text) {
        IOException binding = assertThrows(IOException.class, () -> HandoffListener.bind(at, options));
        assertTrue(binding.getMessage().contains(text), binding::getMessage);
        assertThrows(IOException.class, () -> HandoffChannel.connect(at, options));
    }

    @Test
    void one_listener_at_a_time_and_what_a_dead_one_left_is_taken_over() throws Exception {
        HandoffListener first = HandoffListener.bind(path, options);
        accepting(first);
        IOException taken = assertThrows(IOException.class, () -> HandoffListener.bind(path, options));
        assertTrue(taken.getMessage().contains("another process listens"), taken::getMessage);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        first.close();
        assertFalse(Files.exists(path));
        assertThrows(IOException.class, () -> HandoffChannel.connect(path, options));
        // A listener that was killed leaves its file.
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(path));
        dead.close();
        assertTrue(Files.exists(path));
        try (HandoffListener second = HandoffListener.bind(path, options)) {
            assertEquals(path, second.path());
        }
    }

    @Test
    void another_claim_store_is_refused_before_anything_is_frozen() throws Exception {
        BatonManager elsewhere =
                BatonManager.builder().claims(ProcessClaims.ofProcess()).build();
        try (HandoffListener listener = HandoffListener.bind(path, options)) {
            accepting(listener);
            IOException refused =
                    assertThrows(IOException.class, () -> HandoffChannel.connect(path, HandoffOptions.of(elsewhere)));
            assertTrue(refused.getMessage().contains("claim store"), refused::getMessage);
        }
    }

    /** What goes over a channel is sealed for its other end: the account's keys do not open it. */
    @Test
    void a_stolen_token_opens_nothing_and_the_context_is_kept() throws Exception {
        Pairs pair = Pairs.establish(manager);
        try (SessionKeyPair one = SessionKeyPair.draw(new SecureRandom());
                SessionKeyPair two = SessionKeyPair.draw(new SecureRandom());
                RecipientKeys keys = one.encapsulate(two.publicKey());
                TransferSession session = manager.session(keys);
                TransferSession accounts = manager.session(AccountKeys.ofUser())) {
            Offer offer = session.offer(pair.server(), OfferOptions.defaults());
            byte[] stolen = offer.token().octets().clone();
            GSSException refused =
                    assertThrows(GSSException.class, () -> accounts.prepare(stolen, ImportOptions.any()));
            assertEquals(Optional.of(TransferFault.KEY_NOT_HELD), TransferFault.of(refused));
            assertThrows(GSSException.class, () -> manager.createContext(stolen));
            assertEquals(Offer.State.KEPT, offer.rescue());
            assertEquals("mine", Pairs.unwrap(pair.client(), Pairs.wrap(pair.server(), "mine")));
        }
    }
}
