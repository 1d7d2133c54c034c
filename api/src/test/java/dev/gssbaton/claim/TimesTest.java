package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static final long GRACE = Times.GRACE.toMillis();

    @Test
    void roundsTimesUp() {
        Times start = new Times(0, 5);
        assertEquals(new Times(1, 6), start.until(Instant.EPOCH.plusNanos(1)));
        assertEquals(new Times(1, 6), start.until(Instant.EPOCH.plusMillis(1)));
        Times never = new Times(Long.MAX_VALUE, Long.MAX_VALUE);
        assertEquals(never, start.until(Instant.MAX));
        assertEquals(never, start.until(Instant.ofEpochMilli(Long.MAX_VALUE)));
        assertEquals(
                never.machine(),
                start.until(Instant.ofEpochMilli(Long.MAX_VALUE - 2)).machine());
        assertEquals(new Times(0, 5), start.until(Instant.EPOCH.minusSeconds(1)));
    }

    @Test
    void whatIsPastAlreadyIsKeptForTheGrace() {
        Times end = new Times(1_000_000, 70).until(Instant.ofEpochMilli(1_000));
        assertEquals(new Times(1_000, 70), end);
        assertFalse(end.isPast(new Times(2_000_000, 70 + GRACE)));
        assertTrue(end.isPast(new Times(2_000_000, 71 + GRACE)));
    }

    @Test
    void bothClocksMustSayThatItIsPast() {
        Times end = new Times(1_000_000, 70);
        Times past = new Times(1_000_001 + GRACE, 71 + GRACE);
        assertTrue(end.isPast(past));
        assertFalse(end.isPast(new Times(past.wall() - 1, past.machine())));
        assertFalse(end.isPast(new Times(past.wall(), past.machine() - 1)));
        assertFalse(new Times(Long.MAX_VALUE, Long.MAX_VALUE).isPast(new Times(Long.MAX_VALUE, Long.MAX_VALUE)));
        assertTrue(new Times(0, -9).isPast(new Times(GRACE + 1, GRACE)), "a machine's clock may be negative");
    }

    @Test
    void aLeapIsWhatTheWallClockGoesForwardAlone() {
        Times then = new Times(100_000, 5_000);
        assertEquals(0, then.leapSince(then));
        assertEquals(0, new Times(160_999, 65_000).leapSince(then), "steered");
        assertEquals(1_000, new Times(161_000, 65_000).leapSince(then));
        assertEquals(0, new Times(50_000, 65_000).leapSince(then), "set back");
    }
}
