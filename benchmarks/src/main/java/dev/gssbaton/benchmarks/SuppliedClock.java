package dev.gssbaton.benchmarks;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A clock that goes as fast as a benchmark likes. */
final class SuppliedClock extends Clock {
    private final LongSupplier millis;

    /**
     * Makes a clock.
     *
     * @param millis asked for the time, in milliseconds since 1970
     */
    SuppliedClock(LongSupplier millis) {
        this.millis = millis;
    }

    @Override
    public long millis() {
        return millis.getAsLong();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
