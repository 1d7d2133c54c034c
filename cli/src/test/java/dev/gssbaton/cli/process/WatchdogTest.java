package dev.gssbaton.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WatchdogTest {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE); // a time as any: it may overflow
    private final AtomicInteger closed = new AtomicInteger();

    @Test
    void whatStandsStillIsClosedByTheWatchdogItself() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        try (Watchdog watchdog = new Watchdog();
                Watchdog.Guard guard = watchdog.guard(Duration.ofMillis(200), both::countDown, both::countDown)) {
            assertTrue(both.await(30, TimeUnit.SECONDS));
            assertTrue(guard.expired());
        }
    }

    @Test
    void whatMovesStaysOpenUntilItHasStoodStillForTheLimit() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        try (Watchdog watchdog = new Watchdog(now::get);
                Watchdog.Guard guard = watchdog.guard(LIMIT, closed::incrementAndGet, end::countDown)) {
            for (int i = 0; i < 5; i++) {
                now.addAndGet(LIMIT.toNanos());
                guard.check();
                assertFalse(guard.expired());
                guard.progress();
            }
            assertEquals(0, closed.get());
            now.addAndGet(LIMIT.toNanos() + 1);
            assertTrue(end.await(30, TimeUnit.SECONDS));
            assertTrue(guard.expired());
            guard.check();
        }
        assertEquals(1, closed.get());
    }

    @Test
    void whatCannotBeClosedKeepsNothingElseOpen() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        try (Watchdog watchdog = new Watchdog(now::get)) {
            watchdog.guard(LIMIT, () -> {
                throw new IllegalStateException();
            });
            now.addAndGet(2 * LIMIT.toNanos());
            watchdog.guard(LIMIT, other::countDown);
            now.addAndGet(2 * LIMIT.toNanos());
            assertTrue(other.await(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void whatIsGuardedNoMoreStaysOpen() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        try (Watchdog watchdog = new Watchdog(now::get)) {
            Watchdog.Guard guard = watchdog.guard(LIMIT, closed::incrementAndGet);
            guard.close();
            // This one is closed by the watchdog, which so has gone through all that it guards.
            watchdog.guard(LIMIT, other::countDown);
            now.addAndGet(2 * LIMIT.toNanos());
            assertTrue(other.await(30, TimeUnit.SECONDS));
            assertFalse(guard.expired());
        }
        assertEquals(0, closed.get());
    }
}
