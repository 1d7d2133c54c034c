package dev.gssbaton.peers;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what is still open when the JVM ends, the newest first. */
final class AtExit {
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "baton-peers-exit"));
    }

    private AtExit() {}

    static void close(AutoCloseable resource) {
        synchronized (OPEN) {
            OPEN.push(resource);
        }
    }

    static void forget(AutoCloseable resource) {
        synchronized (OPEN) {
            OPEN.removeIf(open -> open == resource);
        }
    }

    private static void closeAll() {
        while (true) {
            AutoCloseable resource;
            synchronized (OPEN) {
                resource = OPEN.poll();
            }
            if (resource == null) {
                return;
            }
            try {
                resource.close();
            } catch (Exception e) {
                // The rest must be closed all the same, and loggers may be gone by now.
                System.err.println("Could not close " + resource + " at the end of the JVM: " + e);
            }
        }
    }
}
