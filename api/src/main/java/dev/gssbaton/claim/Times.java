package dev.gssbaton.claim;

import java.time.Duration;
import java.time.Instant;

/**
 * A time by two clocks, in milliseconds.
 *
 * @param wall by the wall clock, since 1970; it may be set
 * @param machine by the {@linkplain Clocks machine's}, which nobody sets
 */
record Times(long wall, long machine) {
    /**
     * How much longer than asked for a record is kept, by each clock: as far as the wall clock may be set back so that nothing is
     * refused for it. Twice what Kerberos lets a clock be wrong.
     */
    static final Duration GRACE = Duration.ofMinutes(10);

    private static final long LEAST_LEAP = 1_000;
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    /**
     * Gives the end of something that is to be kept from this time on.
     *
     * @param keepUntil until when, by the wall clock; rounded up, and never for what is later than all milliseconds
     */
    Times until(Instant keepUntil) {
        if (!keepUntil.isBefore(LATEST)) {
            return new Times(Long.MAX_VALUE, Long.MAX_VALUE);
        }
        long end = Math.max(keepUntil.plusNanos(999_999).toEpochMilli(), 0);
        long kept = Math.max(end - Math.max(wall, 0), 0);
        return new Times(end, machine > Long.MAX_VALUE - kept ? Long.MAX_VALUE : machine + kept);
    }

    /** Tells whether what was to be kept until this time may be forgotten at another: by both clocks, so that a leap of one forgets nothing. */
    boolean isPast(Times now) {
        long grace = GRACE.toMillis();
        return wall < now.wall - grace && machine < now.machine - grace;
    }

    /**
     * Gives by how many milliseconds the wall clock has been set forward since an earlier time; 0 for less than a second, since clocks
     * are steered all the time, and where it has been set back.
     */
    long leapSince(Times earlier) {
        long leap = wall - earlier.wall - (machine - earlier.machine);
        return leap < LEAST_LEAP ? 0 : leap;
    }
}
