package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.TestClock;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ProcessClaimsTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestClock clock = new TestClock(START);
    private final SecureRandom random = new SecureRandom();
    private final ProcessClaims claims = new ProcessClaims(random, new Clocks(clock, clock::nanos));
    private final PublicId me = PublicId.draw(random);
    private final PublicId you = PublicId.draw(random);

    @Test
    void theFirstClaimantWinsAndMayAskAgain() {
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), me, START.plus(HOUR)));
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, START.plus(HOUR)));
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), me, START.plus(HOUR)));
        assertEquals(ClaimOutcome.WON, claims.claim(id(2), you, START.plus(HOUR)));
    }

    @Test
    void semantics18_manyThreadsTakeEachOnce() throws Exception {
        int tokens = 5000;
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                work.add(() -> {
                    PublicId own = PublicId.draw(random);
                    int won = 0;
                    for (int token = 0; token < tokens; token++) {
                        won += claims.claim(id(token), own, START.plus(HOUR)) == ClaimOutcome.WON ? 1 : 0;
                    }
                    return won;
                });
            }
            int won = 0;
            for (Future<Integer> each : threads.invokeAll(work)) {
                won += each.get();
            }
            assertEquals(tokens, won);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void hasAnIdentityOfItsOwn() {
        assertEquals(claims.id(), claims.id());
        assertNotEquals(claims.id(), new ProcessClaims(random, clock).id());
        assertSame(ProcessClaims.ofProcess(), ProcessClaims.ofProcess());
        assertEquals("this process", claims.scope());
    }

    @Test
    void goesByItsOwnClock() {
        assertEquals(START, claims.since());
        clock.advance(HOUR);
        assertEquals(START, claims.since());
        assertEquals(START.plus(HOUR), claims.now());
    }

    @Test
    void keepsARecordUntilItsTimeAndSweepsItLater() {
        for (int token = 0; token < 1000; token++) {
            claims.claim(id(token), me, START.plus(HOUR));
        }
        assertEquals(ClaimOutcome.WON, claims.claim(id(2000), me, Instant.MAX));
        clock.advance(HOUR);
        for (int token = 0; token < 1000; token++) {
            assertEquals(ClaimOutcome.LOST, claims.claim(id(token), you, START.plus(HOUR)), "to the last moment");
        }
        clock.advance(Times.GRACE.plusMinutes(2));
        sweepAll();
        assertEquals(1, claims.size());
        assertEquals(ClaimOutcome.LOST, claims.claim(id(2000), you, Instant.MAX));
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), you, Instant.MAX), "a swept claim is a free claim");
    }

    private void sweepAll() {
        for (int i = 0; i < 1000; i++) {
            claims.claim(id(2000), me, Instant.MAX);
        }
    }

    @Test
    void semantics18_aClockThatLeapsAheadForgetsNothing() {
        claims.claim(id(1), me, START.plus(HOUR));
        clock.set(HOUR.multipliedBy(50));
        clock.advance(Duration.ofMinutes(2));
        sweepAll();
        clock.set(HOUR.multipliedBy(-50));
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, START.plus(HOUR)));
        assertEquals(clock.instant(), claims.now(), "and nobody is told a time that has not come");
    }

    @Test
    void semantics18_whatWasSweptIsPastHoweverTheClockIsSet() {
        claims.claim(id(1), me, START.plus(HOUR));
        clock.advance(HOUR.plus(Times.GRACE).plusMinutes(2));
        sweepAll();
        clock.set(HOUR.multipliedBy(-2));
        assertTrue(clock.instant().isBefore(START.plus(HOUR)));
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), you, START.plus(HOUR)));
        assertTrue(claims.now().isAfter(START.plus(HOUR)), "too late for this token");
        clock.advance(HOUR.multipliedBy(2));
        assertEquals(clock.instant(), claims.now());
    }

    /** A clock of the caller's own is the only one that counts, and a leap of it sweeps: but what was swept is past. */
    @Test
    void semantics18_aStoreWithOneClockGivesNothingAwayTwice() {
        ProcessClaims own = new ProcessClaims(random, clock);
        own.claim(id(1), me, START.plus(HOUR));
        clock.set(HOUR.multipliedBy(50));
        for (int i = 0; i < 1000; i++) {
            own.claim(id(2000), me, Instant.MAX);
        }
        clock.set(HOUR.multipliedBy(-50));
        assertEquals(ClaimOutcome.WON, own.claim(id(1), you, START.plus(HOUR)));
        assertTrue(own.now().isAfter(START.plus(HOUR)));
    }

    @Test
    void whatItRemembersSinceFollowsAClockThatIsSetForward() {
        clock.advance(HOUR);
        assertEquals(START, claims.since());
        clock.set(HOUR);
        assertEquals(START.plus(HOUR), claims.since(), "the clock was an hour behind, or is ahead");
        clock.set(HOUR.multipliedBy(-2));
        assertEquals(START, claims.since(), "the clock was ahead, or is behind");
    }

    @Test
    void doesNotGrowForEver() {
        for (int token = 0; token < 200_000; token++) {
            claims.claim(id(token), me, clock.instant().plusSeconds(60));
            clock.advance(Duration.ofMillis(100));
        }
        // 600 are alive at any time and 6000 in their grace, and a sweep begins a minute after the last one.
        assertTrue(claims.size() < 20_000, () -> "holds " + claims.size());
    }

    private static ClaimId id(int number) {
        return ClaimId.of(
                ByteBuffer.allocate(24).putInt(Integer.reverse(number)).array());
    }
}
