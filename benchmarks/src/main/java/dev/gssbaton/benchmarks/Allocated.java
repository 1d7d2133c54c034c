package dev.gssbaton.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Counts what the measured part alone allocates. JMH's {@code gc} profiler counts what prepares an invocation as well, and
 * a context can be exported once only, so that each has to be prepared.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Allocated {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Octets allocated. */
    public long allocatedBytes;
    /** By so many operations. */
    public long countedOperations;

    /** Octets of the tokens among them. */
    public long tokenBytes;

    private long before;

    void begin() {
        before = THREADS.getCurrentThreadAllocatedBytes();
    }

    void end(int operations, int tokenSize) {
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - before;
        countedOperations += operations;
        tokenBytes += (long) operations * tokenSize;
    }
}
