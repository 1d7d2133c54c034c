package dev.gssbaton.claim.zookeeper;

import java.time.Duration;

/** When a call gives up, by the clock that nobody sets. */
final class Deadline {
    private final long end;

    private Deadline(long end) {
        this.end = end;
    }

    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    /** Gives the time that is left; zero or less if it is over. */
    long nanosLeft() {
        return end - System.nanoTime();
    }
}
