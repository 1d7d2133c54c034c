package dev.gssbaton.claim;

import java.time.Instant;

/** How stores write until when a record must be kept. */
final class Keeping {
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private Keeping() {}

    /** Gives the milliseconds since 1970, rounded up; the greatest number for what is later than all of them. */
    static long millis(Instant keepUntil) {
        return keepUntil.isBefore(LATEST) ? keepUntil.plusNanos(999_999).toEpochMilli() : Long.MAX_VALUE;
    }
}
