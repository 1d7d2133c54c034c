package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ClaimStore} does: it gives each thing to one claimant, tells all others, and forgets nothing too early. */
public abstract class ClaimStoreContract {
    private static final int THREADS = 8;
    private static final int CLAIMS = 100;
    private static final int OTHERS = 200;
    private static final Duration LONG = Duration.ofHours(1);

    private final SecureRandom random = new SecureRandom();
    private ClaimStoreFixture fixture;
    private ClaimStore store;

    /** For the implementer's class. */
    protected ClaimStoreContract() {}

    /**
     * Makes the store that is tested. Called before each test; what was claimed in one test may be in the store of the
     * next.
     *
     * @return the store and what it needs
     * @throws Exception if it cannot be made; the test fails then
     */
    protected abstract ClaimStoreFixture fixture() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        fixture = fixture();
        store = fixture.store();
    }

    @Test
    void baton_first_claimant_wins() throws GSSException {
        for (int size : new int[] {ClaimId.MIN_SIZE, 24, 32, ClaimId.MAX_SIZE}) {
            assertEquals(ClaimOutcome.WON, store.claim(newId(size), newClaimant(), later()), () -> size + " octets");
        }
    }

    @Test
    void baton_second_claimant_loses() throws GSSException {
        ClaimId id = newId(24);
        store.claim(id, newClaimant(), later());
        assertEquals(ClaimOutcome.LOST, store.claim(id, newClaimant(), later()));
    }

    @Test
    void baton_winner_that_asks_again_has_won() throws GSSException {
        ClaimId id = newId(24);
        PublicId claimant = newClaimant();
        store.claim(id, claimant, later());
        assertEquals(ClaimOutcome.WON, store.claim(id, claimant, later()));
    }

    @Test
    void baton_loser_that_asks_again_has_lost() throws GSSException {
        ClaimId id = newId(24);
        PublicId claimant = newClaimant();
        store.claim(id, newClaimant(), later());
        store.claim(id, claimant, later());
        assertEquals(ClaimOutcome.LOST, store.claim(id, claimant, later()));
    }

    @Test
    void baton_claim_is_seen_in_the_whole_scope() throws GSSException {
        ClaimId one = newId(24);
        store.claim(one, newClaimant(), later());
        assertEquals(ClaimOutcome.LOST, fixture.again().claim(one, newClaimant(), later()));
        ClaimId other = newId(24);
        fixture.again().claim(other, newClaimant(), later());
        assertEquals(ClaimOutcome.LOST, store.claim(other, newClaimant(), later()));
    }

    @Test
    void baton_claim_of_one_is_no_claim_of_another() throws GSSException {
        byte[] octets = new byte[ClaimId.MAX_SIZE];
        random.nextBytes(octets);
        for (int size = ClaimId.MIN_SIZE; size <= ClaimId.MAX_SIZE; size++) {
            ClaimId part = ClaimId.of(Arrays.copyOf(octets, size));
            assertEquals(ClaimOutcome.WON, store.claim(part, newClaimant(), later()), "the first octets of another");
        }
        octets[ClaimId.MAX_SIZE - 1] ^= 1;
        assertEquals(ClaimOutcome.WON, store.claim(ClaimId.of(octets), newClaimant(), later()), "the last bit differs");
    }

    @Test
    void baton_one_of_many_claimants_wins() throws Exception {
        List<ClaimId> ids = new ArrayList<>();
        for (int i = 0; i < CLAIMS; i++) {
            ids.add(newId(24));
        }
        Instant until = later();
        List<Callable<List<ClaimOutcome>>> racers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            ClaimStore used = i % 2 == 0 ? store : fixture.again();
            PublicId claimant = newClaimant();
            racers.add(() -> {
                List<ClaimOutcome> outcomes = new ArrayList<>();
                for (ClaimId id : ids) {
                    outcomes.add(used.claim(id, claimant, until));
                }
                return outcomes;
            });
        }
        List<List<ClaimOutcome>> outcomes = Threads.answers(racers);
        for (int i = 0; i < CLAIMS; i++) {
            int number = i;
            assertEquals(
                    1,
                    outcomes.stream()
                            .filter(of -> of.get(number) == ClaimOutcome.WON)
                            .count(),
                    () -> "winners of claim " + number);
        }
    }

    @Test
    void baton_one_claimant_wins_however_often_at_once() throws Exception {
        for (int i = 0; i < CLAIMS / THREADS; i++) {
            ClaimId id = newId(24);
            PublicId claimant = newClaimant();
            Instant until = later();
            Callable<ClaimOutcome> call = () -> store.claim(id, claimant, until);
            assertEquals(
                    Collections.nCopies(THREADS, ClaimOutcome.WON),
                    Threads.answers(Collections.nCopies(THREADS, call)));
        }
    }

    @Test
    void baton_record_is_kept_while_others_come() throws GSSException {
        ClaimId id = newId(24);
        store.claim(id, newClaimant(), later());
        for (int i = 0; i < OTHERS; i++) {
            store.claim(newId(24), newClaimant(), later());
        }
        assertEquals(ClaimOutcome.LOST, store.claim(id, newClaimant(), later()));
    }

    @Test
    void baton_record_is_kept_until_its_time() throws Exception {
        ClaimId id = newId(24);
        Instant until = store.now().plus(fixture.patience());
        store.claim(id, newClaimant(), until);
        for (int part = 0; part < 3; part++) {
            fixture.passage().pass(fixture.patience().dividedBy(5));
            for (int i = 0; i < OTHERS / 10; i++) {
                store.claim(newId(24), newClaimant(), store.now());
            }
            Instant before = store.now();
            ClaimOutcome outcome = store.claim(id, newClaimant(), until);
            assertTrue(store.now().isBefore(until), () -> "too slow for a patience of " + fixture.patience());
            assertEquals(ClaimOutcome.LOST, outcome, () -> "at " + before + ", to be kept until " + until);
        }
    }

    /**
     * The clock leaps ahead until everything is past, others claim, so that the store may sweep, and the clock is set back: a
     * claim that is free then is one whose claimant is told that it comes too late.
     */
    @Test
    void baton_claim_is_not_free_again_before_its_end_when_the_clock_leaps() throws Exception {
        assumeTheClockCanBeSet();
        for (Duration leap : List.of(fixture.patience().multipliedBy(3), Duration.ofDays(2))) {
            ClaimId id = newId(24);
            Instant until = store.now().plus(fixture.patience());
            store.claim(id, newClaimant(), until);
            fixture.setting().set(leap);
            claimOthers();
            fixture.setting().set(leap.negated());
            assertNotFree(id, until, "the clock was set ahead by " + leap + ", and back");
        }
    }

    /** What was swept when it was past stays past. */
    @Test
    void baton_claim_is_not_free_again_before_its_end_when_the_clock_is_set_back() throws Exception {
        assumeTheClockCanBeSet();
        ClaimId id = newId(24);
        Instant until = store.now().plus(fixture.patience());
        store.claim(id, newClaimant(), until);
        Duration passed = fixture.patience().multipliedBy(3);
        fixture.passage().pass(passed);
        claimOthers();
        fixture.setting().set(passed.negated());
        assertNotFree(id, until, "the clock was set back by " + passed);
    }

    private void assumeTheClockCanBeSet() {
        assumeTrue(fixture.setting() != ClaimStoreFixture.Setting.NONE, "no test sets the clock of this store");
    }

    private void claimOthers() throws GSSException {
        for (int i = 0; i < 3 * OTHERS; i++) {
            store.claim(newId(24), newClaimant(), store.now());
        }
    }

    private void assertNotFree(ClaimId id, Instant until, String what) throws GSSException {
        for (ClaimStore each : List.of(store, fixture.again())) {
            ClaimOutcome outcome = each.claim(id, newClaimant(), until);
            Instant now = each.now();
            assertTrue(
                    outcome == ClaimOutcome.LOST || now.isAfter(until),
                    () -> what + ": won again at " + now + ", before its end at " + until);
        }
    }

    @Test
    void baton_store_has_one_identity() throws GSSException {
        assertEquals(store.id(), store.id());
        assertEquals(store.id(), fixture.again().id());
    }

    @Test
    void baton_stores_have_different_identities() throws GSSException {
        assertNotEquals(store.id(), fixture.another().id());
    }

    @Test
    void baton_stores_claim_apart() throws GSSException {
        ClaimId id = newId(24);
        store.claim(id, newClaimant(), later());
        assertEquals(ClaimOutcome.WON, fixture.another().claim(id, newClaimant(), later()));
    }

    @Test
    void baton_store_remembers_since_one_time() throws Exception {
        Instant since = store.since();
        assertFalse(since.isAfter(store.now()), () -> since + " is to come");
        fixture.passage().pass(fixture.patience().dividedBy(5));
        store.claim(newId(24), newClaimant(), later());
        assertEquals(since, store.since());
        assertEquals(since, fixture.again().since());
    }

    @Test
    void baton_clock_of_the_store_goes_on() throws Exception {
        Instant before = store.now();
        Duration passed = fixture.patience().dividedBy(5);
        fixture.passage().pass(passed);
        assertFalse(store.now().isBefore(before.plus(passed)), () -> passed + " later than " + before);
    }

    @Test
    void baton_scope_is_named() {
        assertFalse(store.scope().isBlank());
        assertEquals(store.scope(), fixture.again().scope());
    }

    private Instant later() throws GSSException {
        return store.now().plus(LONG);
    }

    private ClaimId newId(int size) {
        byte[] octets = new byte[size];
        random.nextBytes(octets);
        return ClaimId.of(octets);
    }

    private PublicId newClaimant() {
        return PublicId.draw(random);
    }
}
