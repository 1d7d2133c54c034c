package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** A hand-over in two phases: the rules of freezing, taking, renouncing and rescuing. */
@Timeout(30)
class OfferTest {
    /** One for each task: the common pool of Java 25 has a single one on two processors. */
    private static final Executor THREADS = task -> new Thread(task, "offer-test").start();

    private static final OfferOptions AT_ONCE = OfferOptions.defaults().withPatience(Duration.ZERO);

    /** Claims whose clock can be set, whose answers can be lost, and in whose place another store can come. */
    private static final class MovableClaims extends ToyClaims {
        private Duration ahead = Duration.ZERO;
        private PublicId replacement;
        private int toLose;
        private int toRefuse;

        @Override
        public PublicId id() {
            return replacement == null ? super.id() : replacement;
        }

        @Override
        public Instant now() throws GSSException {
            return super.now().plus(ahead);
        }

        @Override
        public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
            if (toRefuse-- > 0) {
                throw TransferFault.CLAIM_UNKNOWN.exception("the store is away");
            }
            ClaimOutcome outcome = super.claim(token, claimant, keepUntil);
            if (toLose-- > 0) {
                throw TransferFault.CLAIM_UNKNOWN.exception("the answer was lost");
            }
            return outcome;
        }
    }

    private final MovableClaims claims = new MovableClaims();
    private final ToyKeys keys = new ToyKeys();
    private final BatonManager giver = manager(new ToyKeys(), Clock.systemUTC());

    private BatonManager manager(ToyKeys sealing, Clock clock) {
        return BatonManager.builder()
                .keys(sealing)
                .claims(claims)
                .clock(clock)
                .exporter(new ToyExporter())
                .build();
    }

    private ToyPair pair() throws GSSException {
        return ToyPair.establish(giver);
    }

    private PreparedContext prepare(Offer offer) throws GSSException {
        return giver.prepareContext(offer.token().octets(), ImportOptions.any());
    }

    private static byte[] wrap(BatonContext context) throws GSSException {
        return context.wrap(new byte[] {1, 2, 3}, 0, 3, new MessageProp(true));
    }

    private static void assertUsable(BatonContext sender, BatonContext receiver) throws GSSException {
        byte[] token = wrap(sender);
        MessageProp prop = new MessageProp(false);
        assertEquals(3, receiver.unwrap(token, 0, token.length, prop).length);
        assertFalse(prop.isDuplicateToken() || prop.isGapToken() || prop.isUnseqToken() || prop.isOldToken());
    }

    private static void assertRefused(TransferFault fault, Executable call) {
        GSSException refusal = assertThrows(GSSException.class, call);
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    @Test
    void anOfferedContextIsFrozenAndAnswersQuestions() throws Exception {
        ToyPair pair = pair();
        byte[] waiting = wrap(pair.initiator());
        BatonContext context = pair.acceptor();
        context.offer(AT_ONCE);
        assertRefused(TransferFault.FROZEN, () -> wrap(context));
        assertRefused(TransferFault.FROZEN, () -> context.unwrap(waiting, 0, waiting.length, new MessageProp(false)));
        assertRefused(TransferFault.FROZEN, () -> context.getMIC(waiting, 0, 1, new MessageProp(false)));
        assertRefused(TransferFault.FROZEN, context::export);
        assertRefused(TransferFault.FROZEN, () -> context.offer(AT_ONCE));
        assertFalse(context.isTransferable());
        assertTrue(context.isEstablished());
        assertEquals(pair.initiator().getSrcName(), context.getSrcName());
        assertThrows(GSSException.class, () -> context.acceptSecContext(waiting, 0, waiting.length));
    }

    @Test
    void aFailedOfferLeavesTheContextUsable() throws Exception {
        ToyPair pair = pair();
        OfferOptions unknown = AT_ONCE.withExport(ExportOptions.defaults().withFormat("nobody.has.it"));
        assertRefused(TransferFault.NO_EXPORTER, () -> pair.acceptor().offer(unknown));
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void takenErasesAndTheReceiverGoesOn() throws Exception {
        ToyPair pair = pair();
        assertUsable(pair.initiator(), pair.acceptor());
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext prepared = prepare(offer);
        prepared.claim();
        assertEquals(Offer.State.GIVEN, offer.taken());
        BatonContext live = prepared.live();
        assertRefused(TransferFault.EXPORTED, () -> wrap(pair.acceptor()));
        assertUsable(live, pair.initiator());
        assertUsable(pair.initiator(), live);
        assertEquals(Offer.State.GIVEN, offer.rescue(), "what is settled stays settled");
        assertThrows(IllegalStateException.class, prepared::renounce, "a live context is not given back");
        assertThrows(IllegalStateException.class, prepared::live);
    }

    @Test
    void renouncedThawsAfterTheReceiverErased() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext prepared = prepare(offer);
        prepared.claim();
        PublicId claimant = prepared.renounce();
        assertThrows(IllegalStateException.class, prepared::live);
        assertThrows(IllegalStateException.class, prepared::claim);
        assertEquals(Offer.State.KEPT, offer.renounced(claimant));
        assertUsable(pair.acceptor(), pair.initiator());
        assertRefused(
                TransferFault.ALREADY_TAKEN,
                () -> giver.createContext(offer.token().octets()));
        assertEquals(Offer.State.KEPT, offer.taken(), "what is settled stays settled");
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void renouncedBeforeTheClaimThawsToo() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        assertEquals(Offer.State.KEPT, offer.renounced(prepare(offer).renounce()));
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void renouncedByOneWhoDoesNotHaveItNeverThaws() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext loser = prepare(offer);
        BatonContext live = giver.createContext(offer.token().octets());
        assertEquals(Offer.State.GIVEN, offer.renounced(loser.renounce()));
        assertRefused(TransferFault.EXPORTED, () -> wrap(pair.acceptor()));
        assertUsable(live, pair.initiator());
    }

    @Test
    void rescueWinsAgainstAReceiverThatHasNotClaimed() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext late = prepare(offer);
        assertEquals(Offer.State.KEPT, offer.rescue());
        assertUsable(pair.acceptor(), pair.initiator());
        assertRefused(TransferFault.ALREADY_TAKEN, late::claim);
        assertThrows(IllegalStateException.class, late::live);
    }

    @Test
    void rescueNeverThawsOverAClaimThatWasNotRenounced() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        prepare(offer).claim();
        assertEquals(Offer.State.GIVEN, offer.rescue());
        assertRefused(TransferFault.EXPORTED, () -> wrap(pair.acceptor()));
    }

    @Test
    void whoLooksWhetherItIsClaimedWinsIfItIsNot() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext late = prepare(offer);
        assertEquals(Offer.State.KEPT, offer.rescueIfUnclaimed());
        assertUsable(pair.acceptor(), pair.initiator());
        assertRefused(TransferFault.ALREADY_TAKEN, late::claim);
    }

    @Test
    void whatIsClaimedStaysFrozenUntilTheReceiverSpeaksOrIsGivenUp() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext prepared = prepare(offer);
        prepared.claim();
        assertEquals(Offer.State.OPEN, offer.rescueIfUnclaimed());
        assertRefused(TransferFault.FROZEN, () -> wrap(pair.acceptor()));
        assertEquals(Offer.State.KEPT, offer.renounced(prepared.renounce()));
        assertUsable(pair.acceptor(), pair.initiator());

        ToyPair other = pair();
        Offer taken = other.acceptor().offer(AT_ONCE);
        prepare(taken).claim();
        assertEquals(Offer.State.OPEN, taken.rescueIfUnclaimed());
        assertEquals(Offer.State.GIVEN, taken.rescue());
        assertEquals(Offer.State.GIVEN, taken.rescueIfUnclaimed());
        assertRefused(TransferFault.EXPORTED, () -> wrap(other.acceptor()));
    }

    @Test
    void withoutAnAnswerOfTheStoreItStaysFrozenAndMayAskAgain() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        claims.toRefuse = 2;
        assertRefused(TransferFault.CLAIM_UNKNOWN, offer::rescue);
        assertRefused(TransferFault.CLAIM_UNKNOWN, offer::rescue);
        assertEquals(Offer.State.OPEN, offer.state());
        assertRefused(TransferFault.FROZEN, () -> wrap(pair.acceptor()));
        assertEquals(Offer.State.KEPT, offer.rescue());
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void aRescueWhoseAnswerWasLostFindsItsOwnClaim() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        claims.toLose = 1;
        assertRefused(TransferFault.CLAIM_UNKNOWN, offer::rescue);
        assertRefused(
                TransferFault.ALREADY_TAKEN,
                () -> giver.createContext(offer.token().octets()));
        assertEquals(Offer.State.KEPT, offer.rescue());
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void aLostAnswerInOneNameIsFoundWhenAskedInAnother() throws Exception {
        ToyPair one = pair();
        Offer first = one.acceptor().offer(AT_ONCE);
        PublicId renounced = prepare(first).renounce();
        claims.toLose = 1;
        assertRefused(TransferFault.CLAIM_UNKNOWN, () -> first.renounced(renounced));
        assertEquals(Offer.State.KEPT, first.rescue());

        ToyPair two = pair();
        Offer second = two.acceptor().offer(AT_ONCE);
        PublicId late = prepare(second).renounce();
        claims.toLose = 1;
        assertRefused(TransferFault.CLAIM_UNKNOWN, second::rescue);
        assertEquals(Offer.State.KEPT, second.renounced(late));
        assertUsable(two.acceptor(), two.initiator());
    }

    @Test
    void aReceiverWhoseAnswerWasLostAsksAsTheSameClaimant() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext prepared = prepare(offer);
        claims.toLose = 1;
        assertRefused(TransferFault.CLAIM_UNKNOWN, prepared::claim);
        assertRefused(
                TransferFault.ALREADY_TAKEN,
                () -> giver.createContext(offer.token().octets()));
        prepared.claim();
        assertUsable(prepared.live(), pair.initiator());
        assertEquals(claims.claimants.get(0), claims.claimants.get(2));
    }

    @Test
    void anOfferTooOldByTheStoresClockIsGivenUp() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        claims.ahead = Duration.ofMinutes(6).plusSeconds(1);
        assertEquals(Offer.State.GIVEN, offer.rescue());
        assertRefused(TransferFault.EXPORTED, () -> wrap(pair.acceptor()));
        assertEquals(0, claims.claimants.size(), "nothing is asked of a store that may have forgotten");
    }

    @Test
    void anOfferSaysHowLongItsTokenCanBeClaimedByTheStoresClock() throws Exception {
        OfferOptions brief = AT_ONCE.withExport(ExportOptions.defaults().withLifetime(Duration.ofSeconds(20)));
        Duration lifetime = pair().acceptor().offer(brief).lifetime();
        assertTrue(lifetime.compareTo(Duration.ofSeconds(20)) <= 0, lifetime::toString);
        claims.ahead = Duration.ofSeconds(15);
        assertTrue(pair().acceptor().offer(brief).lifetime().compareTo(Duration.ofSeconds(5)) <= 0);
        claims.ahead = Duration.ofSeconds(30);
        assertEquals(Duration.ZERO, pair().acceptor().offer(brief).lifetime());
    }

    @Test
    void anOfferPastItsTokensTimeIsRescuedForFiveMinutes() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        claims.ahead = Duration.ofMinutes(5).plusSeconds(30);
        assertEquals(Offer.State.KEPT, offer.rescue());
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void theMachinesClockCountsWhereTheStoresWasSetBack() throws Exception {
        AtomicLong nanos = new AtomicLong();
        OfferAge age = OfferAge.begin(claims, nanos::get);
        Instant last = claims.now().plusSeconds(60);
        claims.ahead = Duration.ofHours(-2);
        nanos.set(Duration.ofMinutes(5).toNanos());
        assertFalse(age.isTooOld(last, claims.now()));
        nanos.set(Duration.ofMinutes(6).plusSeconds(1).toNanos());
        assertTrue(age.isTooOld(last, claims.now()));
    }

    @Test
    void aStoreThatTookThePlaceOfAnotherNeverThaws() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        claims.replacement = PublicId.draw(new SecureRandom());
        assertEquals(Offer.State.GIVEN, offer.rescue());
        assertRefused(TransferFault.EXPORTED, () -> wrap(pair.acceptor()));
    }

    @Test
    void aClaimWonTooLateIsGivenBackAndThaws() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext prepared = prepare(offer);
        claims.ahead = Duration.ofMinutes(2);
        assertRefused(TransferFault.TOKEN_EXPIRED, prepared::claim);
        assertThrows(IllegalStateException.class, prepared::live);
        assertEquals(Offer.State.KEPT, offer.renounced(prepared.renounce()));
        assertUsable(pair.acceptor(), pair.initiator());
    }

    @Test
    void aTokenPastItsTimeIsNotClaimed() throws Exception {
        AtomicLong ahead = new AtomicLong();
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return Instant.now().plusSeconds(ahead.get());
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        BatonManager stopped = manager(keys, clock);
        ToyPair pair = ToyPair.establish(stopped);
        Offer offer = pair.acceptor().offer(AT_ONCE);
        PreparedContext prepared = stopped.prepareContext(offer.token().octets(), ImportOptions.any());
        ahead.set(61);
        assertRefused(TransferFault.TOKEN_EXPIRED, prepared::claim);
        assertEquals(0, claims.claimants.size());
    }

    @Test
    void messagesWaitForTheThaw() throws Exception {
        ToyPair pair = pair();
        byte[] waiting = wrap(pair.initiator());
        Offer offer = pair.acceptor().offer(OfferOptions.defaults().withPatience(Duration.ofSeconds(20)));
        CountDownLatch started = new CountDownLatch(2);
        CompletableFuture<byte[]> sending = CompletableFuture.supplyAsync(
                () -> {
                    started.countDown();
                    try {
                        return wrap(pair.acceptor());
                    } catch (GSSException e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
        CompletableFuture<byte[]> receiving = CompletableFuture.supplyAsync(
                () -> {
                    started.countDown();
                    try {
                        return pair.acceptor().unwrap(waiting, 0, waiting.length, new MessageProp(false));
                    } catch (GSSException e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
        assertTrue(started.await(10, TimeUnit.SECONDS));
        assertFalse(sending.isDone() || receiving.isDone());
        assertEquals(Offer.State.KEPT, offer.rescue());
        byte[] sent = sending.get();
        assertEquals(3, receiving.get().length);
        assertEquals(3, pair.initiator().unwrap(sent, 0, sent.length, new MessageProp(false)).length);
    }

    @Test
    void messagesThatWaitedFindTheContextGone() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(OfferOptions.defaults().withPatience(Duration.ofSeconds(20)));
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Optional<TransferFault>> sending = CompletableFuture.supplyAsync(
                () -> {
                    started.countDown();
                    try {
                        wrap(pair.acceptor());
                        return Optional.empty();
                    } catch (GSSException e) {
                        return TransferFault.of(e);
                    }
                },
                THREADS);
        assertTrue(started.await(10, TimeUnit.SECONDS));
        offer.taken();
        assertEquals(Optional.of(TransferFault.EXPORTED), sending.get());
    }

    @Test
    void messagesWaitNoLongerThanTheirPatience() throws Exception {
        ToyPair pair = pair();
        pair.acceptor().offer(OfferOptions.defaults().withPatience(Duration.ofMillis(20)));
        assertRefused(TransferFault.FROZEN, () -> wrap(pair.acceptor()));
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        ToyPair pair = pair();
        pair.acceptor().offer(OfferOptions.defaults().withPatience(Duration.ofSeconds(20)));
        Thread.currentThread().interrupt();
        assertRefused(TransferFault.FROZEN, () -> wrap(pair.acceptor()));
        assertTrue(Thread.interrupted());
    }

    @Test
    void disposingGivesAFrozenContextUp() throws Exception {
        ToyPair pair = pair();
        Offer offer = pair.acceptor().offer(AT_ONCE);
        pair.acceptor().dispose();
        assertEquals(Offer.State.GIVEN, offer.rescue());
        assertRefused(TransferFault.DISPOSED, () -> wrap(pair.acceptor()));
    }

    @Test
    void anExpiredOrDeadContextIsNotOffered() throws Exception {
        ToyPair pair = pair();
        pair.acceptor().dispose();
        assertRefused(TransferFault.DISPOSED, () -> pair.acceptor().offer(AT_ONCE));
        assertRefused(TransferFault.NOT_STARTED, () -> giver.createContext((org.ietf.jgss.GSSCredential) null)
                .offer(AT_ONCE));
    }

    @Test
    void aSessionsTokensAreOfItsKeysAlone() throws Exception {
        ToyPair pair = pair();
        try (TransferSession session = giver.session(keys)) {
            Offer offer = session.offer(pair.acceptor(), AT_ONCE);
            byte[] token = offer.token().octets();
            assertRefused(TransferFault.KEY_NOT_HELD, () -> giver.prepareContext(token, ImportOptions.any()));
            PreparedContext prepared = session.prepare(token, ImportOptions.any());
            assertEquals(offer.id(), prepared.id());
            assertEquals(pair.initiator().getSrcName(), prepared.sourceName());
            prepared.claim();
            offer.taken();
            assertUsable(prepared.live(), pair.initiator());
        }
    }

    @Test
    void aPatienceIsZeroToAnHour() {
        OfferOptions options = OfferOptions.defaults();
        assertEquals(Duration.ofSeconds(5), options.patience());
        assertThrows(IllegalArgumentException.class, () -> options.withPatience(Duration.ofNanos(-1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> options.withPatience(Duration.ofHours(1).plusNanos(1)));
    }

    @Test
    void manyWhoSettleAtOnceAgree() throws Exception {
        for (int round = 0; round < 50; round++) {
            ToyPair pair = pair();
            Offer offer = pair.acceptor().offer(AT_ONCE);
            PreparedContext prepared = prepare(offer);
            CompletableFuture<Boolean> taking = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            prepared.claim();
                            return true;
                        } catch (GSSException e) {
                            return false;
                        }
                    },
                    THREADS);
            Offer.State state = offer.rescue();
            assertEquals(state == Offer.State.GIVEN, taking.get(), "exactly one has it");
        }
    }
}
