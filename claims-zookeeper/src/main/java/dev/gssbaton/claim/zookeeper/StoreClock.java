package dev.gssbaton.claim.zookeeper;

import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The time of a store, as far as this process knows it.
 *
 * <p>ZooKeeper has no clock to ask, but the leader stamps what is written with its own. From the stamp of a write, and from when
 * this process sent it and had the answer, follow bounds between which the leader's clock is now; a young stamp is carried on by
 * {@link System#nanoTime}. Leaders' clocks differ, and so an estimate may be wrong by as much after a fail-over, and until
 * the next stamp. Hence the earlier of the leader's clock and this process's own counts: a record then seems old only if both say
 * so. The time given never goes back.
 *
 * <p>That nothing is claimed twice does not depend on any of this, but on the floor: {@link Sweeper}. Safe for use by
 * several threads.
 */
final class StoreClock {
    /** How long a stamp is carried on. */
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Clock own;
    private boolean stamped;
    /** The leader's clock at a time of {@link System#nanoTime}; in nanoseconds, so that nothing is rounded twice. */
    private long leaderNanos;

    private long atNanos;
    private long given = Long.MIN_VALUE;

    StoreClock(Clock own) {
        this.own = own;
    }

    /** Tells whether a stamp is known that is young enough. */
    synchronized boolean isKnown(long nanos) {
        return stamped && nanos - atNanos < YOUNG_NANOS;
    }

    /**
     * Learns from a stamp.
     *
     * @param mtime what the leader's clock showed
     * @param sent when the write was sent
     * @param answered when its answer came
     */
    synchronized void stamp(long mtime, long sent, long answered) {
        // At the time of the answer the leader's clock shows no less than this, and no more than that.
        long least = TimeUnit.MILLISECONDS.toNanos(mtime);
        long most = TimeUnit.MILLISECONDS.toNanos(mtime + 1) + answered - sent;
        boolean agrees = stamped && leader(answered) >= least && leader(answered) <= most;
        leaderNanos = agrees ? leader(answered) : least;
        atNanos = answered;
        stamped = true;
    }

    /** Gives the earlier of the leader's clock and this process's own: by which a record may be forgotten. */
    synchronized long earlier(long nanos) {
        return Math.min(TimeUnit.NANOSECONDS.toMillis(leader(nanos)), own.millis());
    }

    /** Learns until when the store may have forgotten: no time before that is given any more. */
    synchronized void raise(long floor) {
        given = Math.max(given, floor);
    }

    /** Gives the time of the store, which is never before a floor that was learned. */
    synchronized long now(long nanos) {
        given = Math.max(given, earlier(nanos));
        return given;
    }

    private long leader(long nanos) {
        return leaderNanos + nanos - atNanos;
    }
}
