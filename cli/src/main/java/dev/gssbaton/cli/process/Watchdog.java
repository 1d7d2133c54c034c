package dev.gssbaton.cli.process;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Closes connections that make no progress, so that whoever waits on one, reading or writing, is freed.
 *
 * <p>Blocking channels have no time limits of their own, and a limit on each read would let a peer hold a connection with an
 * octet now and then.
 */
public final class Watchdog implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::watch, "baton-watchdog");

    /** Starts the watchdog. */
    public Watchdog() {
        this(System::nanoTime);
    }

    Watchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins to guard something: it is closed when the limit has passed without progress. */
    public Guard guard(Duration limit, Closeable... watched) {
        Guard guard = new Guard(limit, List.of(watched));
        guards.add(guard);
        return guard;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(TICK.toMillis());
                guards.forEach(Guard::check);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /** Guards one connection until it is closed itself, which leaves the connection alone. */
    public final class Guard implements AutoCloseable {
        private final List<Closeable> watched;
        private final long limit;
        private volatile long progress = nanoTime.getAsLong();
        private volatile boolean expired;

        private Guard(Duration limit, List<Closeable> watched) {
            this.limit = limit.toNanos();
            this.watched = watched;
        }

        /** Notes that there was progress. */
        public void progress() {
            progress = nanoTime.getAsLong();
        }

        /** Tells whether the limit has passed and everything was closed. */
        public boolean expired() {
            return expired;
        }

        /** Closes everything if the limit has passed. */
        void check() {
            // Whoever removes it decides: what is guarded no more stays open.
            if (nanoTime.getAsLong() - progress > limit && guards.remove(this)) {
                expired = true;
                for (Closeable each : watched) {
                    try {
                        each.close();
                    } catch (IOException | RuntimeException e) {
                        // It is as closed as it can be, and the others are guarded still.
                    }
                }
            }
        }

        @Override
        public void close() {
            guards.remove(this);
        }
    }
}
