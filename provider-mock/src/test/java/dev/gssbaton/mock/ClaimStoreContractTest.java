package dev.gssbaton.mock;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.testkit.ClaimStoreContract;
import dev.gssbaton.testkit.ClaimStoreFixture;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule of {@link ClaimStoreContract} catches the store that breaks it. */
class ClaimStoreContractTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    static final class Subject extends ClaimStoreContract {
        private static Supplier<ClaimStoreFixture> fixture;

        @Override
        protected ClaimStoreFixture fixture() {
            return fixture.get();
        }
    }

    @TestFactory
    List<DynamicTest> each_rule_catches_the_store_that_breaks_it() {
        return new Proof<ClaimStoreFixture>(Subject.class, fixture -> Subject.fixture = fixture)
                .flaw(
                        "loses claims of long identities",
                        () -> both(LosesLongIdentities::new),
                        "baton_first_claimant_wins",
                        "baton_claim_of_one_is_no_claim_of_another")
                .flaw(
                        "repeats its last answer to a thread, whoever asks",
                        () -> both(RepeatsItsLastAnswer::new),
                        "baton_second_claimant_loses",
                        "baton_loser_that_asks_again_has_lost")
                .flaw(
                        "tells a winner that asks again that it lost",
                        () -> both(ForgetsWhoWon::new),
                        "baton_winner_that_asks_again_has_won",
                        "baton_one_claimant_wins_however_often_at_once")
                .flaw(
                        "gives in to a loser that asks again",
                        () -> both(GivesIn::new),
                        "baton_loser_that_asks_again_has_lost")
                .flaw(
                        "keeps its records for itself",
                        ClaimStoreContractTest::keepsRecordsForItself,
                        "baton_claim_is_seen_in_the_whole_scope",
                        "baton_one_of_many_claimants_wins")
                .flaw(
                        "looks at the first 16 octets",
                        () -> both(LooksAtTheFirstOctets::new),
                        "baton_claim_of_one_is_no_claim_of_another")
                .flaw(
                        "looks, and only then takes",
                        () -> {
                            Map<ClaimId, PublicId> shared = new ConcurrentHashMap<>();
                            return both(store -> new LooksThenTakes(store, shared));
                        },
                        "baton_one_of_many_claimants_wins")
                .flaw(
                        "refuses while the same is asked by another thread",
                        () -> both(RefusesWhileBusy::new),
                        "baton_one_claimant_wins_however_often_at_once")
                .flaw(
                        "keeps the last hundred records",
                        () -> both(KeepsFew::new),
                        "baton_record_is_kept_while_others_come",
                        "baton_claim_is_not_free_again_before_its_end_when_the_clock_leaps",
                        "baton_claim_is_not_free_again_before_its_end_when_the_clock_is_set_back")
                .flaw(
                        "keeps records half their time",
                        () -> both(ForgetsEarly::new),
                        "baton_record_is_kept_until_its_time")
                .flaw(
                        "forgets by its clock, as it is set",
                        ClaimStoreContractTest::forgetsByItsClock,
                        "baton_claim_is_not_free_again_before_its_end_when_the_clock_leaps",
                        "baton_claim_is_not_free_again_before_its_end_when_the_clock_is_set_back")
                .flaw(
                        "draws an identity for each of its users",
                        () -> both(DrawsIdentities::new),
                        "baton_store_has_one_identity")
                .flaw(
                        "has the identity that all have",
                        () -> all(HasACommonIdentity::new),
                        "baton_stores_have_different_identities")
                .flaw(
                        "shares its records with another",
                        ClaimStoreContractTest::sharesRecords,
                        "baton_stores_claim_apart")
                .flaw("remembers since now", () -> both(RemembersSinceNow::new), "baton_store_remembers_since_one_time")
                .flaw(
                        "has a clock that stands",
                        () -> both(StandsStill::new),
                        "baton_clock_of_the_store_goes_on",
                        "baton_claim_is_not_free_again_before_its_end_when_the_clock_leaps",
                        "baton_claim_is_not_free_again_before_its_end_when_the_clock_is_set_back")
                .flaw("has no name for its scope", () -> both(HasNoScope::new), "baton_scope_is_named")
                .right(() -> all(UnaryOperator.identity()));
    }

    private static ClaimStore process(Clock clock) {
        return new ProcessClaims(new SecureRandom(), clock);
    }

    /** A store of a process, seen by two users, each through a wrapper of its own. */
    private static ClaimStoreFixture both(UnaryOperator<ClaimStore> wrapper) {
        MovableClock clock = new MovableClock();
        ClaimStore store = process(clock);
        return new ClaimStoreFixture(
                wrapper.apply(store), wrapper.apply(store), process(clock), PATIENCE, clock::advance, clock::advance);
    }

    private static ClaimStoreFixture all(UnaryOperator<ClaimStore> wrapper) {
        MovableClock clock = new MovableClock();
        ClaimStore store = process(clock);
        return new ClaimStoreFixture(
                wrapper.apply(store),
                wrapper.apply(store),
                wrapper.apply(process(clock)),
                PATIENCE,
                clock::advance,
                clock::advance);
    }

    private static ClaimStoreFixture keepsRecordsForItself() {
        MovableClock clock = new MovableClock();
        ClaimStore store = process(clock);
        ClaimStore claims = process(clock);
        ClaimStore again = new ForwardingClaims(store) {
            @Override
            public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
                return claims.claim(id, claimant, keepUntil);
            }
        };
        return new ClaimStoreFixture(store, again, process(clock), PATIENCE, clock::advance, clock::advance);
    }

    private static ClaimStoreFixture forgetsByItsClock() {
        MovableClock clock = new MovableClock();
        ClaimStore store = new ForgetsByItsClock(process(clock), clock);
        return new ClaimStoreFixture(store, store, process(clock), PATIENCE, clock::advance, clock::advance);
    }

    private static ClaimStoreFixture sharesRecords() {
        MovableClock clock = new MovableClock();
        ClaimStore store = process(clock);
        ClaimStore another = new ForwardingClaims(process(clock)) {
            @Override
            public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
                return store.claim(id, claimant, keepUntil);
            }
        };
        return new ClaimStoreFixture(store, store, another, PATIENCE, clock::advance, clock::advance);
    }

    private static final class LosesLongIdentities extends ForwardingClaims {
        LosesLongIdentities(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            return id.toHex().length() > 100 ? ClaimOutcome.LOST : super.claim(id, claimant, keepUntil);
        }
    }

    private static final class RepeatsItsLastAnswer extends ForwardingClaims {
        private record Answer(ClaimId id, ClaimOutcome outcome) {}

        private final Map<Thread, Answer> last = new ConcurrentHashMap<>();

        RepeatsItsLastAnswer(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            Answer answer = last.get(Thread.currentThread());
            if (answer == null || !id.equals(answer.id())) {
                answer = new Answer(id, super.claim(id, claimant, keepUntil));
                last.put(Thread.currentThread(), answer);
            }
            return answer.outcome();
        }
    }

    private static final class ForgetsWhoWon extends ForwardingClaims {
        ForgetsWhoWon(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            return super.claim(id, PublicId.draw(new SecureRandom()), keepUntil);
        }
    }

    private static final class GivesIn extends ForwardingClaims {
        private final Set<String> lost = ConcurrentHashMap.newKeySet();

        GivesIn(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            ClaimOutcome outcome = super.claim(id, claimant, keepUntil);
            return outcome == ClaimOutcome.LOST && !lost.add(id.toHex() + claimant) ? ClaimOutcome.WON : outcome;
        }
    }

    private static final class LooksAtTheFirstOctets extends ForwardingClaims {
        LooksAtTheFirstOctets(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            byte[] octets = HexFormat.of().parseHex(id.toHex());
            return super.claim(ClaimId.of(Arrays.copyOf(octets, ClaimId.MIN_SIZE)), claimant, keepUntil);
        }
    }

    private static final class LooksThenTakes extends ForwardingClaims {
        private final Map<ClaimId, PublicId> taken;

        LooksThenTakes(ClaimStore inner, Map<ClaimId, PublicId> taken) {
            super(inner);
            this.taken = taken;
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
            PublicId found = taken.get(id);
            if (found == null) {
                LockSupport.parkNanos(1_000_000);
                taken.put(id, claimant);
                return ClaimOutcome.WON;
            }
            return found.equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
        }
    }

    private static final class RefusesWhileBusy extends ForwardingClaims {
        private final Set<ClaimId> busy = ConcurrentHashMap.newKeySet();

        RefusesWhileBusy(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            if (!busy.add(id)) {
                return ClaimOutcome.LOST;
            }
            try {
                ClaimOutcome outcome = super.claim(id, claimant, keepUntil);
                LockSupport.parkNanos(1_000_000);
                return outcome;
            } finally {
                busy.remove(id);
            }
        }
    }

    private static final class KeepsFew extends ForwardingClaims {
        private static final Map<PublicId, Map<ClaimId, PublicId>> RECORDS = new HashMap<>();

        KeepsFew(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            synchronized (RECORDS) {
                Map<ClaimId, PublicId> records = RECORDS.computeIfAbsent(id(), store -> new LinkedHashMap<>());
                PublicId found = records.putIfAbsent(id, claimant);
                if (records.size() > 100) {
                    records.remove(records.keySet().iterator().next());
                }
                return found == null || found.equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
            }
        }
    }

    private static final class ForgetsEarly extends ForwardingClaims {
        private final Map<ClaimId, Instant> half = new ConcurrentHashMap<>();

        ForgetsEarly(ClaimStore inner) {
            super(inner);
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            Duration kept = Duration.between(now(), keepUntil);
            Instant end = half.computeIfAbsent(id, first -> keepUntil.minus(kept.dividedBy(2)));
            return now().isAfter(end) ? ClaimOutcome.WON : super.claim(id, claimant, keepUntil);
        }
    }

    private static final class ForgetsByItsClock extends ForwardingClaims {
        private record Taken(PublicId claimant, Instant keepUntil) {}

        private final Clock clock;
        private final Map<ClaimId, Taken> taken = new HashMap<>();

        ForgetsByItsClock(ClaimStore inner, Clock clock) {
            super(inner);
            this.clock = clock;
        }

        @Override
        public Instant now() {
            return clock.instant();
        }

        @Override
        public synchronized ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
            taken.values().removeIf(each -> each.keepUntil().isBefore(now()));
            Taken found = taken.putIfAbsent(id, new Taken(claimant, keepUntil));
            return found == null || found.claimant().equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
        }
    }

    private static final class DrawsIdentities extends ForwardingClaims {
        private final PublicId id = PublicId.draw(new SecureRandom());

        DrawsIdentities(ClaimStore inner) {
            super(inner);
        }

        @Override
        public PublicId id() {
            return id;
        }
    }

    private static final class HasACommonIdentity extends ForwardingClaims {
        HasACommonIdentity(ClaimStore inner) {
            super(inner);
        }

        @Override
        public PublicId id() {
            return new PublicId(1, 1);
        }
    }

    private static final class RemembersSinceNow extends ForwardingClaims {
        RemembersSinceNow(ClaimStore inner) {
            super(inner);
        }

        @Override
        public Instant since() throws GSSException {
            return now();
        }
    }

    private static final class StandsStill extends ForwardingClaims {
        private final Instant began;

        StandsStill(ClaimStore inner) {
            super(inner);
            try {
                began = inner.now();
            } catch (GSSException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Instant now() {
            return began;
        }
    }

    private static final class HasNoScope extends ForwardingClaims {
        HasNoScope(ClaimStore inner) {
            super(inner);
        }

        @Override
        public String scope() {
            return "";
        }
    }
}
