package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what this thread allocates while it takes octets from somebody whom it cannot trust yet. */
final class Allocation {
    /** Beside eight times the octets taken, what may be allocated for them. */
    private static final long FIXED = 64 << 10;

    private static final int TIMES = 3;

    private final ThreadMXBean threads;
    private final long thread = Thread.currentThread().getId();

    private Allocation(ThreadMXBean threads) {
        this.threads = threads;
    }

    /** Begins to count, where the JVM can. */
    static Allocation ofThisThread() {
        assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean, "this JVM counts allocations");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemoryEnabled(), "this JVM counts allocations");
        return new Allocation(threads);
    }

    /** Asserts that a call allocates no more than is due to so many octets; its first times may load classes. */
    void assertBounded(int octets, Runnable call, String what) {
        long allocated = Long.MAX_VALUE;
        for (int i = 0; i < TIMES && allocated > FIXED + 8L * octets; i++) {
            long before = threads.getThreadAllocatedBytes(thread);
            call.run();
            allocated = threads.getThreadAllocatedBytes(thread) - before;
        }
        String result = allocated + " octets allocated for " + octets + " octets: " + what;
        assertTrue(allocated <= FIXED + 8L * octets, result);
    }
}
