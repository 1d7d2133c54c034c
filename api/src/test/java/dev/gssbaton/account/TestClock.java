package dev.gssbaton.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves, and the machine's beside it, which goes on and is never set. */
public final class TestClock extends Clock {
    private volatile Instant now;
    private final AtomicLong nanos = new AtomicLong(System.nanoTime());

    /** Stands still at a time. */
    public TestClock(Instant now) {
        this.now = now;
    }

    /** Lets time pass. */
    public void advance(Duration by) {
        now = now.plus(by);
        nanos.addAndGet(by.toNanos());
    }

    /** Sets the clock, ahead or back; no time passes. */
    public void set(Duration by) {
        now = now.plus(by);
    }

    /** Reads the machine's clock, as {@link System#nanoTime} does. */
    public long nanos() {
        return nanos.get();
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
