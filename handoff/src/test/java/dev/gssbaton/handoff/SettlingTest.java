package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.OfferOptions;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.handoff.FaultyStore.Mood;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who has a context when the claim store fails, threads are interrupted, a channel is closed or an application throws. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SettlingTest {
    @TempDir
    Path directory;

    private HostClaims claims;
    private FaultyStore giversStore;
    private FaultyStore takersStore;
    private BatonManager manager;
    private HandoffOptions giving;
    private HandoffOptions taking;
    private Path path;

    @BeforeEach
    void places() {
        claims = HostClaims.in(directory.resolve("claims"));
        giversStore = new FaultyStore(claims);
        takersStore = new FaultyStore(claims);
        manager = BatonManager.builder().claims(claims).build();
        giving = options(giversStore);
        taking = options(takersStore);
        path = directory.resolve("private").resolve("socket");
    }

    private static HandoffOptions options(FaultyStore store) {
        return HandoffOptions.of(BatonManager.builder().claims(store).build()).withLimit(Duration.ofSeconds(20));
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

    private static void assertGoesOn(Pairs pair) throws Exception {
        assertEquals("still here", Pairs.unwrap(pair.client(), Pairs.wrap(pair.server(), "still here")));
    }

    /** Gives in a thread that is interrupted, and so waits for nothing. */
    private static Gift giveInHaste(HandoffChannel giver, Parcel parcel) throws Exception {
        return beside(() -> {
                    Thread.currentThread().interrupt();
                    Gift gift = giver.give(parcel);
                    assertTrue(Thread.interrupted(), "the thread is still interrupted");
                    return gift;
                })
                .get();
    }

    /** As a thread pool that is shut down while its thread takes. */
    private void stopTakingAfterItsFirstClaim(HandoffChannel channel) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Thread taker = new Thread(() -> {
            try {
                channel.take();
            } catch (IOException e) {
                stopped.countDown();
            }
        });
        taker.start();
        while (takersStore.asked() == 0) {
            Thread.sleep(1);
        }
        taker.interrupt();
        stopped.await();
    }

    // The claim store fails

    /** The giver waits for less than the receiver would: it says so in its offer. */
    @Test
    void a_receiver_gives_back_in_time_for_a_giver_that_waits_for_less() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving.withLimit(Duration.ofSeconds(6)), taking)) {
            Pairs pair = Pairs.establish(manager);
            takersStore.becomes(Mood.LOSES_THE_ANSWER);
            CompletableFuture<Handoff> taken = beside(ends.taker()::take);
            Gift gift = ends.giver().give(Parcel.of(pair.server(), null));
            assertEquals(Offer.State.KEPT, gift.state());
            assertGoesOn(pair);
            assertTrue(takersStore.asked() <= 12, () -> "it asked " + takersStore.asked() + " times");
            ends.giver().close();
            assertThrows(Exception.class, taken::get);
        }
    }

    @Test
    void what_the_receiver_says_while_the_giver_cannot_ask_the_store_counts() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving, taking)) {
            Pairs pair = Pairs.establish(manager);
            giversStore.becomes(Mood.DOWN);
            Gift gift = giveInHaste(ends.giver(), Parcel.of(pair.server(), null));
            assertEquals(Offer.State.OPEN, gift.state());
            assertTrue(gift.reason().orElseThrow().contains("nobody answers"), gift.reason()::toString);
            assertEquals(Offer.State.OPEN, gift.settle(Duration.ZERO));
            // Late, and its answer is lost: the token is the receiver's by the store.
            takersStore.becomes(Mood.LOSES_THE_ANSWER);
            CompletableFuture<Offer.State> settled = beside(() -> gift.settle(Duration.ofSeconds(30)));
            stopTakingAfterItsFirstClaim(ends.taker());
            giversStore.becomes(Mood.WELL);
            assertEquals(Offer.State.KEPT, settled.get());
            assertTrue(gift.reason().orElseThrow().startsWith("the receiver gave it back"), gift.reason()::toString);
            assertGoesOn(pair);
        }
    }

    /** Such as one that was stopped between its claim and its answer, beyond all limits. */
    @Test
    void a_receiver_that_has_claimed_may_give_back_after_the_time_for_its_answer() throws Exception {
        Duration limit = Duration.ofSeconds(3);
        try (TwoEnds ends = TwoEnds.connect(path, giving.withLimit(limit), taking)) {
            Pairs pair = Pairs.establish(manager);
            takersStore.becomes(Mood.LOSES_THE_ANSWER_LATE);
            CompletableFuture<Handoff> taken = beside(ends.taker()::take);
            CompletableFuture<Gift> given = beside(() -> ends.giver().give(Parcel.of(pair.server(), null)));
            while (giversStore.asked() == 0) {
                Thread.sleep(1); // it has waited for the answer, and asks the store, which names the receiver
            }
            takersStore.losesIt();
            assertEquals(Offer.State.KEPT, given.get().state());
            String reason = given.get().reason().orElseThrow();
            assertTrue(reason.startsWith("the receiver gave it back"), reason);
            assertGoesOn(pair);
            ends.giver().close();
            assertThrows(Exception.class, taken::get);
        }
    }

    @Test
    void a_receiver_that_has_claimed_and_never_speaks_has_it() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving.withLimit(Duration.ofSeconds(2)), taking)) {
            Pairs pair = Pairs.establish(manager);
            takersStore.becomes(Mood.LOSES_THE_ANSWER_LATE);
            CompletableFuture<Handoff> taken = beside(ends.taker()::take);
            Gift gift = ends.giver().give(Parcel.of(pair.server(), null));
            assertEquals(Offer.State.GIVEN, gift.state());
            takersStore.losesIt();
            ends.giver().close();
            assertThrows(Exception.class, taken::get);
        }
    }

    @Test
    void what_cannot_be_settled_stays_frozen_until_it_can() throws Exception {
        HandoffOptions frozen = giving.withOffer(OfferOptions.defaults().withPatience(Duration.ZERO));
        try (TwoEnds ends = TwoEnds.connect(path, frozen, taking)) {
            Pairs pair = Pairs.establish(manager);
            Pairs second = Pairs.establish(manager);
            giversStore.becomes(Mood.DOWN);
            Gift kept = giveInHaste(ends.giver(), Parcel.of(pair.server(), null));
            Gift other = giveInHaste(ends.giver(), Parcel.of(second.server(), null));
            assertEquals(Offer.State.OPEN, kept.state());
            assertThrows(GSSException.class, () -> Pairs.wrap(pair.server(), "frozen"));
            ends.giver().close();
            giversStore.becomes(Mood.WELL);
            assertEquals(Offer.State.KEPT, kept.settle(Duration.ZERO));
            assertGoesOn(pair);
            assertEquals(Offer.State.KEPT, other.settle(Duration.ZERO));
            assertGoesOn(second);
        }
    }

    @Test
    void a_receiver_that_cannot_claim_gives_back_at_once() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving, taking)) {
            Pairs pair = Pairs.establish(manager);
            takersStore.becomes(Mood.UNUSABLE);
            CompletableFuture<Handoff> taken = beside(ends.taker()::take);
            assertEquals(
                    Offer.State.KEPT,
                    ends.giver().give(Parcel.of(pair.server(), null)).state());
            assertGoesOn(pair);
            assertEquals(1, takersStore.asked());
            ends.giver().close();
            assertThrows(Exception.class, taken::get);
        }
    }

    // Time

    /** A claim that was forgotten is not far then: the giver does not wait for the rest of its limit. */
    @Test
    void the_answer_is_waited_for_little_longer_than_the_token_lives() {
        Duration minute = Duration.ofMinutes(1);
        assertEquals(Duration.ofSeconds(10), Giving.wait(Duration.ofSeconds(10), minute));
        assertEquals(Duration.ofMinutes(2), Giving.wait(Duration.ofHours(1), minute));
        assertEquals(minute, Giving.wait(Duration.ofHours(1), Duration.ZERO));
    }

    @Test
    void the_client_of_what_is_kept_sees_the_end_when_the_giver_closes_though_nobody_takes() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving, taking);
                Tcp tcp = Tcp.open()) {
            Pairs pair = Pairs.establish(manager);
            Gift gift = giveInHaste(ends.giver(), Parcel.of(pair.server(), tcp.server()));
            assertEquals(Offer.State.KEPT, gift.state());
            tcp.server().close();
            tcp.client().socket().setSoTimeout(30_000);
            assertEquals(-1, tcp.client().socket().getInputStream().read());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the receiver keeps the connection open", e);
        }
    }

    // Many

    @Test
    void a_callback_that_throws_leaves_nothing_frozen_and_is_told_of_all() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving.withWindow(3), taking)) {
            CompletableFuture<Object> takingAll = beside(() -> {
                while (true) {
                    ends.taker().take();
                }
            });
            List<Parcel> parcels = new ArrayList<>();
            List<Pairs> pairs = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                pairs.add(Pairs.establish(manager));
                parcels.add(Parcel.of(pairs.get(i).server(), null));
            }
            List<Gift> told = new ArrayList<>();
            RuntimeException mine = new IllegalStateException("mine");
            assertSame(mine, assertThrows(IllegalStateException.class, () -> ends.giver()
                    .giveAll(parcels, gift -> {
                        told.add(gift);
                        throw mine;
                    })));
            assertEquals(3, told.size());
            told.forEach(gift -> assertEquals(Offer.State.GIVEN, gift.state()));
            for (Pairs pair : pairs.subList(3, 8)) {
                assertGoesOn(pair);
            }
            ends.giver().close();
            assertThrows(Exception.class, takingAll::get);
        }
    }

    @Test
    void more_sockets_than_may_be_under_way_move_in_one_go() throws Exception {
        int count = Giving.MOST_SOCKETS + 8;
        try (TwoEnds ends = TwoEnds.connect(path, giving.withWindow(64), taking)) {
            CompletableFuture<Object> takingAll = beside(() -> {
                while (true) {
                    ends.taker().take().socket().close();
                }
            });
            List<Parcel> parcels = new ArrayList<>();
            List<Tcp> sockets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sockets.add(Tcp.open());
                parcels.add(Parcel.of(
                        Pairs.establish(manager).server(), sockets.get(i).server()));
            }
            for (Gift gift : ends.giver().giveAll(parcels, gift -> {})) {
                assertEquals(Offer.State.GIVEN, gift.state(), () -> "" + gift.reason());
            }
            for (Tcp tcp : sockets) {
                assertFalse(tcp.server().isOpen());
                tcp.close();
            }
            ends.giver().close();
            assertThrows(Exception.class, takingAll::get);
        }
    }

    @Test
    void closing_a_channel_tells_those_who_give_and_take_and_keeps_what_nobody_took() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving.withWindow(4), taking)) {
            List<Pairs> pairs = new ArrayList<>();
            List<Parcel> parcels = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                pairs.add(Pairs.establish(manager));
                parcels.add(Parcel.of(pairs.get(i).server(), null));
            }
            CompletableFuture<List<Gift>> giveAll = beside(() -> ends.giver().giveAll(parcels, gift -> {}));
            CompletableFuture<Handoff> takes = beside(ends.giver()::take);
            // Until the first is taken here, so that some are under way.
            assertEquals(parcels.size(), pairs.size());
            Handoff first = ends.taker().take();
            ends.giver().close();
            Exception ended = assertThrows(Exception.class, takes::get);
            assertTrue(ended.getCause() instanceof CompletionException || ended.getCause() instanceof EOFException);
            int given = 0;
            for (Gift gift : giveAll.get()) {
                if (gift.state() == Offer.State.GIVEN) {
                    given++;
                } else {
                    assertEquals(Offer.State.KEPT, gift.state());
                }
            }
            assertTrue(given >= 1, "the first was taken");
            assertEquals("hello", Pairs.unwrap(pairs.get(0).client(), Pairs.wrap(first.context(), "hello")));
            for (int i = given; i < pairs.size(); i++) {
                assertGoesOn(pairs.get(i));
            }
        }
    }

    // Interruption

    @Test
    void an_interrupted_giver_settles_its_own_and_cuts_nobody_off() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving, taking)) {
            Pairs own = Pairs.establish(manager);
            Gift interrupted = giveInHaste(ends.giver(), Parcel.of(own.server(), null));
            assertEquals(Offer.State.KEPT, interrupted.state());
            assertEquals(Optional.of("the thread that waited was interrupted"), interrupted.reason());
            assertGoesOn(own);
            Pairs other = Pairs.establish(manager);
            CompletableFuture<Handoff> taken = beside(ends.taker()::take);
            assertEquals(
                    Offer.State.GIVEN,
                    ends.giver().give(Parcel.of(other.server(), null)).state());
            assertEquals(
                    "hello", Pairs.unwrap(other.client(), Pairs.wrap(taken.get().context(), "hello")));
        }
    }

    @Test
    void an_interrupted_taker_gives_back_what_may_be_recorded() throws Exception {
        try (TwoEnds ends = TwoEnds.connect(path, giving, taking)) {
            Pairs pair = Pairs.establish(manager);
            takersStore.becomes(Mood.LOSES_THE_ANSWER);
            CompletableFuture<Gift> gives = beside(() -> ends.giver().give(Parcel.of(pair.server(), null)));
            stopTakingAfterItsFirstClaim(ends.taker());
            Gift gift = gives.get();
            assertEquals(Offer.State.KEPT, gift.state());
            assertTrue(gift.reason().orElseThrow().startsWith("the receiver gave it back"), gift.reason()::toString);
            assertGoesOn(pair);
            Pairs other = Pairs.establish(manager);
            takersStore.becomes(Mood.WELL);
            CompletableFuture<Handoff> taken = beside(ends.taker()::take);
            assertEquals(
                    Offer.State.GIVEN,
                    ends.giver().give(Parcel.of(other.server(), null)).state());
            assertEquals(
                    "hello", Pairs.unwrap(other.client(), Pairs.wrap(taken.get().context(), "hello")));
        }
    }

    /** It is blocked in writing, since the peer does not read; then the peer reads on. */
    @Test
    void a_giver_that_is_interrupted_while_it_writes_sends_all_of_it() throws Exception {
        try (HandoffListener listener = HandoffListener.bind(path, giving)) {
            CompletableFuture<HandoffChannel> accepted = beside(listener::accept);
            try (ScriptedPeer peer = ScriptedPeer.greeting(path, manager);
                    HandoffChannel channel = accepted.get()) {
                Pairs pair = Pairs.establish(manager);
                Parcel large = Parcel.of(pair.server(), null)
                        .withUnread(new byte[Parcel.MAX_OCTETS])
                        .withUnwritten(new byte[Parcel.MAX_OCTETS]);
                CompletableFuture<Gift> gives = new CompletableFuture<>();
                Thread giver = new Thread(() -> {
                    try {
                        gives.complete(channel.give(large));
                    } catch (GSSException | IOException e) {
                        gives.completeExceptionally(e);
                    }
                });
                giver.start();
                while (!isIn(giver, "NativeUnixSocket")) {
                    Thread.sleep(1);
                }
                giver.interrupt();
                Thread.sleep(50);
                int number = peer.receive(ScriptedPeer.OFFER).getInt();
                assertEquals(Offer.State.KEPT, gives.get().state());
                // The channel goes on: the next frame begins where it must.
                assertEquals(number, peer.receive(ScriptedPeer.WITHDRAWN).getInt());
            }
        }
    }

    private static boolean isIn(Thread thread, String name) {
        for (StackTraceElement each : thread.getStackTrace()) {
            if (each.getClassName().contains(name)) {
                return true;
            }
        }
        return false;
    }
}
