package dev.gssbaton.handoff;

import static dev.gssbaton.handoff.ScriptedPeer.int32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.OfferOptions;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.seal.TokenHeader;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A peer that the policy allows and that does not keep to the protocol: it harms its own connection alone. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ScriptedPeerTest {
    private static final byte[] NAME = new byte[16];

    @TempDir
    Path directory;

    private BatonManager manager;
    private HandoffListener listener;

    @BeforeEach
    void listen() throws IOException {
        manager = BatonManager.builder()
                .claims(HostClaims.in(directory.resolve("claims")))
                .build();
        // A minute: what a broken peer does must be noticed when it does it, and not when time is over.
        listener = HandoffListener.bind(
                directory.resolve("private").resolve("socket"),
                HandoffOptions.of(manager).withLimit(Duration.ofMinutes(1)));
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    /** A channel, and the peer at its other end. */
    private record Ends(HandoffChannel channel, ScriptedPeer peer) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            peer.close();
            channel.close();
        }
    }

    private interface Call<T> {
        T call() throws Exception;
    }

    private static <T> CompletableFuture<T> beside(Call<T> call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                TwoEnds.THREADS);
    }

    private Ends connect() throws Exception {
        CompletableFuture<HandoffChannel> accepted = beside(listener::accept);
        ScriptedPeer peer = ScriptedPeer.greeting(listener.path(), manager);
        return new Ends(accepted.get(), peer);
    }

    private static void assertGoesOn(Pairs pair) throws Exception {
        assertEquals("still here", Pairs.unwrap(pair.client(), Pairs.wrap(pair.server(), "still here")));
    }

    private static String reasonOfEnd(HandoffChannel channel) {
        return assertThrows(EOFException.class, channel::take).getMessage();
    }

    // Answers

    @Test
    void an_answer_that_is_malformed_ends_the_connection_and_what_was_given_is_kept() throws Exception {
        List<byte[]> answers = new ArrayList<>();
        for (int size : new int[] {0, 3, 4, 19}) {
            answers.add(frame(ScriptedPeer.RENOUNCED, size));
        }
        answers.add(frame(ScriptedPeer.DECLINED, 3));
        answers.add(frame(ScriptedPeer.TAKEN, 3));
        answers.add(frame(ScriptedPeer.TAKEN, 5));
        answers.add(frame(99, 4));
        for (byte[] answer : answers) {
            try (Ends ends = connect()) {
                Pairs pair = Pairs.establish(manager);
                CompletableFuture<Gift> giving = beside(() -> ends.channel().give(Parcel.of(pair.server(), null)));
                ends.peer().receive(ScriptedPeer.OFFER);
                ends.peer().write(answer);
                Gift gift = giving.get();
                assertEquals(Offer.State.KEPT, gift.state(), () -> gift.reason().toString());
                assertGoesOn(pair);
                assertTrue(reasonOfEnd(ends.channel()).contains("a frame"));
            }
        }
    }

    private static byte[] frame(int type, int size) {
        byte[] frame = Arrays.copyOf(int32(1 + size), 5 + size);
        frame[4] = (byte) type;
        return frame;
    }

    @Test
    void answers_to_other_numbers_and_second_ones_change_nothing() throws Exception {
        try (Ends ends = connect()) {
            Pairs pair = Pairs.establish(manager);
            CompletableFuture<Gift> giving = beside(() -> ends.channel().give(Parcel.of(pair.server(), null)));
            ByteBuffer offer = ends.peer().receive(ScriptedPeer.OFFER);
            int number = offer.getInt();
            ends.peer().send(ScriptedPeer.TAKEN, int32(number + 1));
            ends.peer()
                    .send(
                            ScriptedPeer.RENOUNCED,
                            int32(number),
                            NAME,
                            "no\u009b31m\u202eroom".getBytes(StandardCharsets.UTF_8));
            ends.peer().send(ScriptedPeer.TAKEN, int32(number));
            Gift gift = giving.get();
            assertEquals(Offer.State.KEPT, gift.state());
            assertEquals(Optional.of("the receiver gave it back: no?31m?room"), gift.reason());
            ends.peer().send(ScriptedPeer.TAKEN, int32(number));
            ends.peer().send(ScriptedPeer.DECLINED, int32(number));
            assertGoesOn(pair);
            // The channel is as good as before.
            Pairs next = Pairs.establish(manager);
            CompletableFuture<Gift> again = beside(() -> ends.channel().give(Parcel.of(next.server(), null)));
            ends.peer()
                    .send(
                            ScriptedPeer.TAKEN,
                            int32(ends.peer().receive(ScriptedPeer.OFFER).getInt()));
            assertEquals(Offer.State.GIVEN, again.get().state());
            assertGoesOn(pair);
        }
    }

    // Offers

    @Test
    void an_offer_that_is_malformed_ends_the_connection_and_is_nothing_that_taking_throws() throws Exception {
        List<byte[]> bodies = new ArrayList<>();
        for (int size : new int[] {0, 3, 4, 11}) {
            bodies.add(new byte[size]);
        }
        byte[] number = int32(7);
        byte[] wait = int32(1000);
        bodies.add(ScriptedPeer.together(number, int32(0), int32(0)));
        bodies.add(ScriptedPeer.together(number, int32(-1), int32(0)));
        bodies.add(ScriptedPeer.together(number, wait, int32(1)));
        bodies.add(ScriptedPeer.together(number, wait, int32(-1)));
        bodies.add(ScriptedPeer.together(
                number, wait, int32(TokenHeader.MAX_TOKEN_SIZE + 1), new byte[TokenHeader.MAX_TOKEN_SIZE + 1]));
        bodies.add(ScriptedPeer.together(number, wait, int32(0), new byte[HandoffRecord.MAX_SIZE + 1]));
        for (byte[] body : bodies) {
            try (Ends ends = connect()) {
                ends.peer().send(ScriptedPeer.OFFER, body);
                assertTrue(reasonOfEnd(ends.channel()).toLowerCase(Locale.ROOT).contains("offer"));
                assertTrue(ends.peer().seesTheEnd());
            }
        }
    }

    @Test
    void what_is_no_token_is_declined_and_the_next_is_taken() throws Exception {
        try (Ends ends = connect()) {
            ends.peer().send(ScriptedPeer.OFFER, int32(7), int32(1000), int32(2), new byte[2], new byte[3]);
            Pairs pair = Pairs.establish(manager);
            Offer offer = ends.peer().session().offer(pair.server(), OfferOptions.defaults());
            ends.peer().send(ScriptedPeer.OFFER, ends.peer().offer(8, offer, 0));
            Handoff taken = ends.channel().take();
            assertEquals(7, ends.peer().receive(ScriptedPeer.DECLINED).getInt());
            assertEquals(8, ends.peer().receive(ScriptedPeer.TAKEN).getInt());
            assertEquals("hello", Pairs.unwrap(pair.client(), Pairs.wrap(taken.context(), "hello")));
        }
    }

    @Test
    void a_peer_that_offers_more_than_may_wait_is_cut_off() throws Exception {
        try (Ends ends = connect()) {
            for (int i = 0; i <= HandoffOptions.MAX_WINDOW; i++) {
                ends.peer().send(ScriptedPeer.OFFER, int32(i), int32(1000), int32(0));
            }
            assertTrue(ends.peer().seesTheEnd());
        }
    }

    @Test
    void offers_that_wait_have_a_limit_in_octets_too() throws Exception {
        Taking taking = new Taking(null, HandoffOptions.of(manager), null, null);
        Offered largest = new Offered(
                0, Duration.ofSeconds(1), new byte[TokenHeader.MAX_TOKEN_SIZE], new byte[HandoffRecord.MAX_SIZE]);
        for (int i = 0; i < Giving.MOST_SOCKETS; i++) {
            taking.offered(largest, null);
        }
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < Giving.MOST_SOCKETS; i++) {
                taking.offered(largest, null);
            }
        });
        taking.withdrawn(0);
        taking.offered(largest, null);
    }

    @Test
    void an_offer_that_is_withdrawn_is_not_taken_and_unknown_numbers_are_passed_over() throws Exception {
        try (Ends ends = connect()) {
            Pairs withdrawn = Pairs.establish(manager);
            Pairs pair = Pairs.establish(manager);
            Offer first = ends.peer().session().offer(withdrawn.server(), OfferOptions.defaults());
            Offer second = ends.peer().session().offer(pair.server(), OfferOptions.defaults());
            ends.peer().send(ScriptedPeer.OFFER, ends.peer().offer(1, first, 0));
            ends.peer().send(ScriptedPeer.WITHDRAWN, int32(5));
            ends.peer().send(ScriptedPeer.WITHDRAWN, int32(1));
            ends.peer().send(ScriptedPeer.OFFER, ends.peer().offer(2, second, 0));
            CompletableFuture<Handoff> taking = beside(ends.channel()::take);
            Handoff taken = taking.get();
            // The first may have been taken before it was withdrawn only if it came before the other.
            if (taken.token().equals(first.id())) {
                taken = ends.channel().take();
            }
            assertEquals(second.id(), taken.token());
            ends.peer().send(ScriptedPeer.WITHDRAWN, new byte[3]);
            assertTrue(reasonOfEnd(ends.channel()).contains("WITHDRAWN"));
        }
    }

    // Descriptors

    /** A file of our own, so that its descriptors can be told from all others. */
    private final class Marked implements AutoCloseable {
        private final Path file = directory.resolve("marked").toAbsolutePath();
        private final FileInputStream in;

        Marked() throws IOException {
            Files.writeString(file, "");
            in = new FileInputStream(file.toFile());
        }

        FileDescriptor[] times(int count) throws IOException {
            FileDescriptor[] all = new FileDescriptor[count];
            Arrays.fill(all, in.getFD());
            return all;
        }

        /** Counts those that this process has. */
        int count() throws IOException {
            int count = 0;
            try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
                for (Path each : all) {
                    try {
                        count += Files.readSymbolicLink(each).equals(file) ? 1 : 0;
                    } catch (IOException e) {
                        // Closed by now.
                    }
                }
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Test
    void descriptors_that_come_before_the_greeting_never_become_this_processs() throws Exception {
        try (Marked marked = new Marked()) {
            for (int count : new int[] {1, 60, 200}) {
                CompletableFuture<HandoffChannel> accepting = beside(listener::accept);
                try (ScriptedPeer stranger = ScriptedPeer.silent(listener.path());
                        ScriptedPeer announcing = ScriptedPeer.silent(listener.path())) {
                    stranger.sendUnannounced(marked.times(count), "xxxx".getBytes(StandardCharsets.US_ASCII));
                    announcing.sendWith(marked.times(count), ScriptedPeer.HELLO, new byte[53]);
                    stranger.receive(ScriptedPeer.HELLO);
                    assertTrue(stranger.seesTheEnd());
                    announcing.receive(ScriptedPeer.HELLO);
                    assertTrue(announcing.seesTheEnd());
                }
                try (ScriptedPeer peer = ScriptedPeer.greeting(listener.path(), manager);
                        HandoffChannel channel = accepting.get()) {
                    assertNotNull(peer);
                    assertEquals(1, marked.count(), channel::toString);
                }
            }
        }
    }

    @Test
    void other_descriptors_than_the_one_that_belongs_to_an_offer_are_closed() throws Exception {
        try (Marked marked = new Marked()) {
            Pairs pair = Pairs.establish(manager);
            for (int count : new int[] {1, 2, 60, 61, 200}) {
                try (Ends ends = connect()) {
                    Offer offer = ends.peer().session().offer(pair.server(), OfferOptions.defaults());
                    ends.peer()
                            .sendWith(
                                    marked.times(count),
                                    ScriptedPeer.OFFER,
                                    ends.peer().offer(0, offer, 4711));
                    String why = reasonOfEnd(ends.channel());
                    assertTrue(why.contains("descriptor"), why);
                    assertEquals(1, marked.count(), why);
                    offer.rescue();
                }
            }
            try (Ends ends = connect()) {
                ends.peer().sendWith(marked.times(1), ScriptedPeer.TAKEN, int32(0));
                assertTrue(reasonOfEnd(ends.channel()).contains("descriptor"));
                assertEquals(1, marked.count());
            }
            // Unannounced: the system closes it, and the offer is one without a socket.
            try (Ends ends = connect()) {
                Offer offer = ends.peer().session().offer(pair.server(), OfferOptions.defaults());
                byte[] body = ends.peer().offer(0, offer, 0);
                byte[] frame = ScriptedPeer.together(int32(1 + body.length), new byte[] {ScriptedPeer.OFFER}, body);
                ends.peer().sendUnannounced(marked.times(200), frame);
                assertEquals(null, ends.channel().take().socket());
                assertEquals(1, marked.count());
            }
        }
    }

    @Test
    void a_descriptor_that_is_announced_and_does_not_come_ends_the_connection() throws Exception {
        try (Ends ends = connect()) {
            ends.peer().sendWith(new FileDescriptor[0], ScriptedPeer.OFFER, int32(0), int32(1), int32(0));
            assertTrue(reasonOfEnd(ends.channel()).contains("without the descriptor"));
            assertTrue(ends.peer().seesTheEnd());
        }
    }

    @Test
    void another_socket_than_the_one_that_belongs_to_the_token_is_given_back() throws Exception {
        try (Ends ends = connect();
                Tcp tcp = Tcp.open();
                Tcp other = Tcp.open();
                PassedSocket right = new SocketTable().find(tcp.server());
                PassedSocket wrong = new SocketTable().find(other.server())) {
            Pairs pair = Pairs.establish(manager);
            Offer offer = ends.peer().session().offer(pair.server(), OfferOptions.defaults());
            CompletableFuture<Handoff> taking = beside(ends.channel()::take);
            ends.peer()
                    .sendWith(
                            new FileDescriptor[] {wrong.descriptor()},
                            ScriptedPeer.OFFER,
                            ends.peer().offer(3, offer, right.inode()));
            assertEquals(Offer.State.KEPT, offer.renounced(ends.peer().receiveRenounced(3)));
            Offer again = ends.peer().session().offer(pair.server(), OfferOptions.defaults());
            ends.peer()
                    .sendWith(
                            new FileDescriptor[] {right.descriptor()},
                            ScriptedPeer.OFFER,
                            ends.peer().offer(4, again, right.inode()));
            try (var socket = taking.get().socket()) {
                assertNotNull(socket);
            }
        }
    }

    // The greeting

    @Test
    void a_greeting_longer_than_any_is_refused_before_it_has_come() throws Exception {
        CompletableFuture<HandoffChannel> accepting = beside(listener::accept);
        try (ScriptedPeer stranger = ScriptedPeer.silent(listener.path())) {
            stranger.write(int32(Frame.MAX_GREETING + 1));
            stranger.receive(ScriptedPeer.HELLO);
            assertTrue(stranger.seesTheEnd());
        }
        try (ScriptedPeer peer = ScriptedPeer.greeting(listener.path(), manager);
                HandoffChannel channel = accepting.get()) {
            assertNotNull(peer);
            assertNotNull(channel);
        }
    }
}
