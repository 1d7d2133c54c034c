package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where listeners stand: two at once, one that has ended, one that does not accept; and how a socket's descriptor is found. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class PlacesTest {
    @TempDir
    Path directory;

    private HandoffOptions options;
    private Path home;

    @BeforeEach
    void places() throws IOException {
        options = HandoffOptions.of(BatonManager.builder()
                        .claims(HostClaims.in(directory.resolve("claims")))
                        .build())
                .withLimit(Duration.ofMillis(300));
        home = Files.createDirectory(
                directory.resolve("private"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void leaveADeadOne(Path path) throws IOException {
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(path));
        dead.close();
    }

    private CompletableFuture<Optional<HandoffListener>> binding(Path path, CyclicBarrier start) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        start.await();
                        return Optional.of(HandoffListener.bind(path, options));
                    } catch (IOException e) {
                        return Optional.empty();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                TwoEnds.THREADS);
    }

    @Test
    void of_two_that_bind_at_once_one_listens_whatever_was_left_there() throws Exception {
        for (int i = 0; i < Scale.times(20, 1000); i++) {
            Path path = home.resolve("s" + i);
            if (i % 2 == 0) {
                leaveADeadOne(path);
            }
            CyclicBarrier start = new CyclicBarrier(2);
            List<HandoffListener> bound = new ArrayList<>();
            for (CompletableFuture<Optional<HandoffListener>> each :
                    List.of(binding(path, start), binding(path, start))) {
                each.get().ifPresent(bound::add);
            }
            assertEquals(1, bound.size(), "listeners in round " + i);
            try (SocketChannel reached = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                assertTrue(reached.isConnected());
            }
            bound.get(0).close();
            assertFalse(Files.exists(path));
        }
        try (Stream<Path> left = Files.list(home)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void a_lock_that_is_a_link_is_refused_and_what_it_leads_to_is_not_made() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");
        Path lock = home.resolve(".socket.lock");
        Files.createSymbolicLink(lock, elsewhere);
        IOException refused =
                assertThrows(IOException.class, () -> HandoffListener.bind(home.resolve("socket"), options));
        assertTrue(refused.getMessage().contains(lock + " is a link"), refused::getMessage);
        assertFalse(Files.exists(elsewhere));
        Files.delete(lock);
        HandoffListener.bind(home.resolve("socket"), options).close();
    }

    @Test
    void a_listener_that_is_closed_twice_leaves_its_successors_file_alone() throws Exception {
        Path path = home.resolve("socket");
        HandoffListener first = HandoffListener.bind(path, options);
        first.close();
        try (HandoffListener second = HandoffListener.bind(path, options)) {
            first.close();
            assertTrue(Files.exists(path), second::toString);
        }
        assertFalse(Files.exists(path));
    }

    /** As a process that is stopped: its queue fills, and connecting would wait for room. */
    @Test
    void a_listener_that_does_not_accept_holds_nobody_up_and_is_none_that_has_ended() throws Exception {
        Path path = home.resolve("socket");
        try (ServerSocketChannel stopped = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stopped.bind(UnixDomainSocketAddress.of(path), 1);
            List<SocketChannel> queue = new ArrayList<>();
            IOException full = null;
            for (int i = 0; full == null; i++) {
                assertNotEquals(16, i, "the queue has no end");
                IOException e = assertThrows(IOException.class, () -> HandoffChannel.connect(path, options));
                full = e.getMessage().contains("queue") ? e : null;
                SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.configureBlocking(false);
                queue.add(waiting);
                if (full == null) {
                    try {
                        waiting.connect(UnixDomainSocketAddress.of(path));
                    } catch (IOException none) {
                        // The queue is full already.
                    }
                }
            }
            IOException taken = assertThrows(IOException.class, () -> HandoffListener.bind(path, options));
            assertTrue(taken.getMessage().contains("another process listens"), taken::getMessage);
            for (SocketChannel each : queue) {
                each.close();
            }
        }
    }

    @Test
    void a_socket_that_was_connected_after_the_list_was_read_is_found_too() throws Exception {
        SocketTable table = new SocketTable();
        try (Tcp first = Tcp.open();
                PassedSocket found = table.find(first.server());
                Tcp second = Tcp.open();
                PassedSocket later = table.find(second.server())) {
            assertNotEquals(found.inode(), later.inode());
            assertEquals(new SocketTable().find(second.server()).inode(), later.inode());
        }
    }

    @Test
    void ancestors_are_those_that_can_be_looked_at() throws Exception {
        long none = 5_000_000; // Linux counts to four million.
        assertEquals(List.of(none), new ProcessStatus(1, none, 1, 0).ancestors());
    }
}
