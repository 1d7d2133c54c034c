package dev.gssbaton.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WatchdogTest {
    @Test
    void whatStandsStillIsClosed() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(2);
        try (Watchdog watchdog = new Watchdog();
                Watchdog.Guard guard = watchdog.guard(Duration.ofMillis(200), closed::countDown, closed::countDown)) {
            assertFalse(guard.expired());
            assertTrue(closed.await(10, TimeUnit.SECONDS));
            assertTrue(guard.expired());
        }
    }

    @Test
    void whatMovesStaysOpen() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        try (Watchdog watchdog = new Watchdog();
                Watchdog.Guard guard = watchdog.guard(Duration.ofSeconds(2), closed::countDown)) {
            long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            while (System.nanoTime() < end) {
                guard.progress();
                Thread.sleep(10);
            }
            assertEquals(1, closed.getCount());
        }
    }

    @Test
    void whatIsGuardedNoMoreStaysOpen() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        try (Watchdog watchdog = new Watchdog()) {
            Watchdog.Guard guard = watchdog.guard(Duration.ofMillis(200), closed::countDown);
            guard.close();
            assertFalse(closed.await(600, TimeUnit.MILLISECONDS));
            assertFalse(guard.expired());
        }
    }
}
