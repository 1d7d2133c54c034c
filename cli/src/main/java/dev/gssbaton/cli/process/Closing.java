package dev.gssbaton.cli.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What is to be closed at the end, the newest first: at the end of the command, or when the JVM is told to end by Ctrl-C
 * or SIGTERM. Whichever comes second waits for the first.
 */
public final class Closing implements AutoCloseable {
    /** Ctrl-C reaches all processes of a terminal, and others may fail of it before this one has learned of it. */
    private static final Duration OTHERS_FIRST = Duration.ofMillis(300);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeAll, "baton-closing");
    private final CountDownLatch closed = new CountDownLatch(1);

    private Closing() {}

    /** Returns an empty list that is closed when the JVM ends, at the latest. */
    public static Closing atExit() {
        Closing closing = new Closing();
        Runtime.getRuntime().addShutdownHook(closing.hook);
        return closing;
    }

    /** Adds what is to be closed; if the end has come already, closes it at once. */
    public synchronized <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        if (isClosed()) {
            closeAll();
        }
        return resource;
    }

    /** Tells whether the end has come, or is coming. */
    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /**
     * Tells whether something that failed did so because everything ends, in which case nobody wants to read of it. Waits a
     * moment for the end to become known here.
     */
    public boolean isReasonOfFailure() {
        try {
            return closed.await(OTHERS_FIRST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return isClosed();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook has the lock or waits for it.
        }
        closeAll();
    }

    private synchronized void closeAll() {
        closed.countDown();
        while (!open.isEmpty()) {
            AutoCloseable resource = open.pop();
            try {
                resource.close();
            } catch (Exception e) {
                // The rest must be closed all the same.
                System.err.println("baton: could not close " + resource + ": " + e);
            }
        }
    }
}
