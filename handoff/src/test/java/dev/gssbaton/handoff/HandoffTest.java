package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.Offer;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;

/** Contexts and their sockets over a channel, both ends in this process. */
@Timeout(60)
class HandoffTest {
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

    private static CompletableFuture<Handoff> taking(HandoffChannel channel) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return channel.take();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                TwoEnds.THREADS);
    }

    /** A client and a server of TCP on this host. */
    private record Tcp(SocketChannel client, SocketChannel server) implements AutoCloseable {
        static Tcp open() throws Exception {
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                client.socket().setTcpNoDelay(true);
                return new Tcp(client, listener.accept());
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    private static void send(SocketChannel to, byte[] message) throws Exception {
        ByteBuffer out = ByteBuffer.allocate(4 + message.length)
                .putInt(message.length)
                .put(message)
                .flip();
        while (out.hasRemaining()) {
            to.write(out);
        }
    }

    private static byte[] receive(SocketChannel from) throws Exception {
        return read(from, read(from, 4).getInt()).array();
    }

    private static ByteBuffer read(SocketChannel from, int count) throws Exception {
        ByteBuffer in = ByteBuffer.allocate(count);
        while (in.hasRemaining()) {
            assertTrue(from.read(in) >= 0, "end of file");
        }
        return in.flip();
    }

    /** As a process that is stopped: it has greeted, and does not read any more. */
    @Test
    void a_peer_that_does_not_read_gets_nothing_and_holds_nobody_up() throws Exception {
        HandoffOptions hasty = options.withLimit(Duration.ofSeconds(1)).withWindow(64);
        SocketPlace place = SocketPlace.of(path);
        try (AFUNIXServerSocketChannel listener = place.bind()) {
            CompletableFuture<Connection> accepted =
                    CompletableFuture.supplyAsync(() -> greeting(listener), TwoEnds.THREADS);
            try (HandoffChannel giver = HandoffChannel.connect(path, hasty);
                    Connection silent = accepted.get()) {
                List<Pairs> pairs = new ArrayList<>();
                List<Parcel> parcels = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    Pairs pair = Pairs.establish(manager);
                    pairs.add(pair);
                    parcels.add(Parcel.of(pair.server(), null).withUnread(new byte[Parcel.MAX_OCTETS]));
                }
                for (Gift gift : giver.giveAll(parcels, gift -> {})) {
                    assertEquals(Offer.State.KEPT, gift.state(), () -> "" + gift.reason());
                }
                for (Pairs pair : pairs) {
                    assertEquals("on it goes", Pairs.unwrap(pair.server(), Pairs.wrap(pair.client(), "on it goes")));
                }
                assertThrows(IOException.class, () -> giver.give(parcels.get(0)), silent::toString);
            }
        }
    }

    private Connection greeting(AFUNIXServerSocketChannel listener) {
        try {
            Connection connection = new Connection(listener.accept(), options.limit());
            new Greeting(connection, connection.peer(), options)
                    .exchange(Greeting.End.ACCEPTED, manager.claimStoreId())
                    .close();
            return connection;
        } catch (IOException | GSSException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_context_moves_with_its_socket_and_all_that_belongs_to_it() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, options, options);
                Tcp tcp = Tcp.open()) {
            Pairs pair = Pairs.establish(manager);
            send(tcp.client(), Pairs.wrap(pair.client(), "before"));
            assertEquals("before", Pairs.unwrap(pair.server(), receive(tcp.server())));
            byte[] read = Pairs.wrap(pair.client(), "read and not processed");
            byte[] produced = Pairs.wrap(pair.server(), "produced and not written");
            byte[] note = "of the application".getBytes(StandardCharsets.UTF_8);

            CompletableFuture<Handoff> taking = taking(ends.taker());
            Gift gift = ends.giver()
                    .give(Parcel.of(pair.server(), tcp.server())
                            .withUnread(read)
                            .withUnwritten(produced)
                            .withNote(note));
            Handoff taken = taking.get();

            assertEquals(Offer.State.GIVEN, gift.state());
            assertEquals(gift.id(), taken.token());
            assertFalse(tcp.server().isOpen(), "the giver closes its copy");
            assertThrows(GSSException.class, () -> Pairs.wrap(pair.server(), "dead"));
            assertArrayEquals(note, taken.note());
            assertEquals("read and not processed", Pairs.unwrap(taken.context(), taken.unread()));
            send(taken.socket(), taken.unwritten());
            assertEquals("produced and not written", Pairs.unwrap(pair.client(), receive(tcp.client())));
            send(tcp.client(), Pairs.wrap(pair.client(), "after"));
            assertEquals("after", Pairs.unwrap(taken.context(), receive(taken.socket())));
            send(taken.socket(), Pairs.wrap(taken.context(), "answer"));
            assertEquals("answer", Pairs.unwrap(pair.client(), receive(tcp.client())));
            taken.socket().close();
            assertEquals(
                    -1, tcp.client().read(ByteBuffer.allocate(1)), "the receiver's closing is the connection's end");
        }
    }

    @Test
    void either_end_gives_and_a_context_comes_back() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, options, options);
                Tcp tcp = Tcp.open()) {
            Pairs pair = Pairs.establish(manager);
            CompletableFuture<Handoff> there = taking(ends.taker());
            ends.giver().give(pair.server(), tcp.server(), new byte[0], new byte[0]);
            Handoff away = there.get();
            CompletableFuture<Handoff> back = taking(ends.giver());
            ends.taker().give(away.context(), away.socket(), new byte[0], new byte[0]);
            Handoff home = back.get();
            send(home.socket(), Pairs.wrap(home.context(), "home again"));
            assertEquals("home again", Pairs.unwrap(pair.client(), receive(tcp.client())));
            home.socket().close();
        }
    }

    @Test
    void a_context_without_a_socket_moves_too() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, options, options)) {
            Pairs pair = Pairs.establish(manager);
            CompletableFuture<Handoff> taking = taking(ends.taker());
            ends.giver().give(pair.server(), null, new byte[0], new byte[0]);
            assertEquals(null, taking.get().socket());
            assertEquals(
                    "hello", Pairs.unwrap(pair.client(), Pairs.wrap(taking.get().context(), "hello")));
        }
    }

    @Test
    void a_socket_that_a_selector_still_has_is_refused_and_nothing_is_frozen() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, options, options);
                Tcp tcp = Tcp.open();
                Selector selector = Selector.open()) {
            Pairs pair = Pairs.establish(manager);
            tcp.server().configureBlocking(false);
            SelectionKey key = tcp.server().register(selector, SelectionKey.OP_READ);
            Parcel parcel = Parcel.of(pair.server(), tcp.server());
            assertThrows(IllegalStateException.class, () -> ends.giver().give(parcel));
            key.cancel();
            assertThrows(IllegalStateException.class, () -> ends.giver().giveAll(List.of(parcel), gift -> {}));
            assertEquals("still here", Pairs.unwrap(pair.client(), Pairs.wrap(pair.server(), "still here")));
        }
    }

    /** The check 6: closing a registered channel would send a FIN. */
    @Test
    void a_hundred_connections_move_while_their_exporter_closes_first_and_no_client_sees_an_end() throws Exception {
        int count = 100;
        try (TwoEnds ends = TwoEnds.connect(path, options, options);
                ServerSocketChannel listener = ServerSocketChannel.open();
                Selector selector = Selector.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), count);
            List<SocketChannel> clients = new ArrayList<>();
            List<Pairs> pairs = new ArrayList<>();
            Map<SocketChannel, Pairs> served = new HashMap<>();
            for (int i = 0; i < count; i++) {
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                SocketChannel server = listener.accept();
                server.configureBlocking(false);
                Pairs pair = Pairs.establish(manager);
                server.register(selector, SelectionKey.OP_READ);
                clients.add(client);
                pairs.add(pair);
                served.put(server, pair);
            }
            // What the clients say before and while they are moved waits in the socket.
            for (int i = 0; i < count; i++) {
                send(clients.get(i), Pairs.wrap(pairs.get(i).client(), "message " + i));
            }
            assertTrue(selector.select(5000) > 0);
            selector.keys().forEach(SelectionKey::cancel);
            selector.selectNow();
            List<Parcel> parcels = new ArrayList<>();
            served.forEach((server, pair) -> parcels.add(Parcel.of(pair.server(), server)));
            CompletableFuture<List<Handoff>> taking = CompletableFuture.supplyAsync(
                    () -> {
                        List<Handoff> all = new ArrayList<>();
                        try {
                            while (all.size() < count) {
                                all.add(ends.taker().take());
                            }
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                        return all;
                    },
                    TwoEnds.THREADS);
            List<Gift> settled = new ArrayList<>();
            List<Gift> gifts = ends.giver().giveAll(parcels, settled::add);
            assertEquals(count, gifts.size());
            assertEquals(gifts, settled, "progress is told of each, in order");
            for (Gift gift : gifts) {
                assertEquals(Offer.State.GIVEN, gift.state(), () -> gift + " " + gift.reason());
                assertFalse(gift.parcel().socket().isOpen());
            }
            List<Handoff> taken = taking.get();
            serveWithSelector(taken);
            for (int i = 0; i < count; i++) {
                assertEquals("echo of message " + i, Pairs.unwrap(pairs.get(i).client(), receive(clients.get(i))));
            }
            for (Handoff each : taken) {
                each.socket().close();
            }
            for (SocketChannel client : clients) {
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
                client.close();
            }
        }
    }

    /** Answers one message on each, with the selector that the sockets' provider has. */
    private static void serveWithSelector(List<Handoff> taken) throws Exception {
        try (Selector selector = taken.get(0).socket().provider().openSelector()) {
            for (Handoff each : taken) {
                assertFalse(each.socket().isBlocking(), "it comes in the mode in which it was");
                each.socket().register(selector, SelectionKey.OP_READ, each);
            }
            int answered = 0;
            while (answered < taken.size()) {
                assertTrue(selector.select(5000) > 0);
                for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
                    selector.selectedKeys().remove(key);
                    Handoff each = (Handoff) key.attachment();
                    key.cancel();
                    String message = Pairs.unwrap(each.context(), receive(each.socket()));
                    send(each.socket(), Pairs.wrap(each.context(), "echo of " + message));
                    answered++;
                }
                selector.selectNow();
            }
        }
    }

    @Test
    void what_the_peer_never_takes_is_kept_and_goes_on() throws Exception {
        HandoffOptions hasty = options.withLimit(Duration.ofMillis(200));
        try (TwoEnds ends = TwoEnds.connect(path, hasty, options);
                Tcp tcp = Tcp.open()) {
            Pairs pair = Pairs.establish(manager);
            Gift gift = ends.giver().give(Parcel.of(pair.server(), tcp.server()));
            assertEquals(Offer.State.KEPT, gift.state());
            assertEquals(Optional.of("no answer within PT0.2S"), gift.reason());
            send(tcp.server(), Pairs.wrap(pair.server(), "still here"));
            assertEquals("still here", Pairs.unwrap(pair.client(), receive(tcp.client())));
            // Too late: the exporter has taken its token back.
            assertEquals(Optional.empty(), ends.taker().take(Duration.ofMillis(500)));
        }
    }

    @Test
    void what_is_not_what_was_expected_is_given_back() throws Exception {
        HandoffOptions picky = options.withExpected(ImportOptions.any().expectRole(ImportOptions.Role.INITIATOR));
        try (TwoEnds ends = TwoEnds.connect(path, options, picky)) {
            Pairs pair = Pairs.establish(manager);
            CompletableFuture<Optional<Handoff>> taking = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return ends.taker().take(Duration.ofSeconds(1));
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    TwoEnds.THREADS);
            Gift gift = ends.giver().give(pair.server(), null, new byte[0], new byte[0]);
            assertEquals(Offer.State.KEPT, gift.state());
            assertTrue(gift.reason().orElseThrow().contains(TransferFault.UNEXPECTED_CONTEXT.text()));
            assertEquals(Optional.empty(), taking.get());
            assertEquals("still here", Pairs.unwrap(pair.client(), Pairs.wrap(pair.server(), "still here")));
        }
    }
}
