package dev.gssbaton.claim;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The two clocks by which a store forgets: the wall clock, by which tokens end and which may be wrong or be set, and the
 * machine's, which nobody can set.
 *
 * <p>The machine's is {@link System#nanoTime}: on Linux CLOCK_MONOTONIC of the kernel, in all processes since the same moment, its
 * boot. It stands still while the machine is suspended, so that records are kept so much longer. CLOCK_BOOTTIME does not, but
 * Java has it only from {@code /proc/uptime}, a file to be read each time, in whose place some containers
 * (LXCFS) have one that tells the container's age: two containers that share a store would not agree. In a time namespace
 * both kinds are shifted; {@link HostStore} tells the clocks of two namespaces apart.
 *
 * <p>A Java runtime may let {@code nanoTime} begin elsewhere in each process. Then, too, nothing is claimed twice: this
 * clock decides when something is forgotten, and the {@linkplain HostStore floor} what may be taken after that.
 *
 * @param wall the wall clock
 * @param nanos the machine's, in nanoseconds
 */
record Clocks(Clock wall, LongSupplier nanos) {
    /** Gives the system's. */
    static Clocks ofSystem() {
        return new Clocks(Clock.systemUTC(), System::nanoTime);
    }

    /** Reads both. */
    Times read() {
        return new Times(wall.millis(), machineMillis());
    }

    long machineMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }
}
