package dev.gssbaton.handoff;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;

/**
 * Greets the peers of a listener side by side, so that one that is silent or slow keeps no other waiting, and gives their channels in the
 * order in which they are greeted.
 *
 * <p>Peers are greeted only while somebody waits for a channel: one that is let in and not taken care of would freeze contexts for
 * nothing. Those beyond {@link #MOST_AT_ONCE} wait in the system's queue: to close their connections would turn away peers that are
 * allowed, as when many workers connect at once.
 *
 * <p>Safe for use by several threads. One daemon thread accepts, and one more for each peer greets it.
 */
final class Reception implements Closeable {
    /** How many peers are greeted at a time. */
    static final int MOST_AT_ONCE = 16;

    private final AFUNIXServerSocketChannel listener;
    private final Path path;
    private final HandoffOptions options;

    /** Accepted, and not greeted yet. */
    private final Set<Connection> strangers = new HashSet<>();
    /** Greeted, and not asked for yet. */
    private final Deque<HandoffChannel> greeted = new ArrayDeque<>();
    /** Why nobody could be accepted, for the next that asks. */
    private IOException failure;

    private int waiting;
    private boolean closed;

    /**
     * Takes over a listener.
     *
     * @param listener the listener
     * @param path where it listens, for messages
     * @param options how peers are greeted
     */
    Reception(AFUNIXServerSocketChannel listener, Path path, HandoffOptions options) {
        this.listener = listener;
        this.path = path;
        this.options = options;
        start(this::acceptAll, "baton-handoff-listener");
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for the next channel. */
    synchronized HandoffChannel next() throws IOException {
        waiting++;
        notifyAll();
        try {
            while (!closed && greeted.isEmpty() && failure == null) {
                wait();
            }
            if (closed) {
                throw new ClosedChannelException();
            }
            if (!greeted.isEmpty()) {
                return greeted.remove();
            }
            IOException why = failure;
            failure = null;
            throw why;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the thread that waited for a peer was interrupted", e);
        } finally {
            waiting--;
        }
    }

    private boolean isWanted() {
        return waiting > greeted.size() && failure == null;
    }

    private void acceptAll() {
        while (mayAccept()) {
            Connection connection = null;
            try {
                connection = new Connection(listener.accept(), options.limit());
                if (mayGreet(connection)) {
                    Connection stranger = connection;
                    start(() -> greet(stranger), "baton-handoff-greeting");
                }
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                // No descriptor, or no thread, is left: that must not end this thread, or nobody would be let in any
                // more.
                failed(connection, e);
            }
        }
    }

    private synchronized boolean mayAccept() {
        return await(() -> isWanted() && strangers.size() < MOST_AT_ONCE);
    }

    /** The peer may have come after the one that was waited for. */
    private synchronized boolean mayGreet(Connection stranger) {
        strangers.add(stranger);
        if (closed) {
            end(stranger);
        }
        return await(this::isWanted);
    }

    /** Waits until something is so, and says whether this is open. */
    private boolean await(BooleanSupplier condition) {
        try {
            while (!closed && !condition.getAsBoolean()) {
                wait();
            }
            return !closed;
        } catch (InterruptedException e) {
            // Nobody has this thread to interrupt it.
            throw new IllegalStateException(e);
        }
    }

    private void greet(Connection stranger) {
        HandoffChannel channel = null;
        try {
            channel = new HandoffChannel(stranger, Greeting.End.ACCEPTED, options);
        } catch (IOException | RuntimeException e) {
            HandoffLog.warn("a process that connected to {0} was not let in: {1}", path, reason(e));
        } finally {
            greeted(stranger, channel);
        }
    }

    private synchronized String reason(Exception e) {
        return closed ? "the listener was closed" : e.getMessage();
    }

    private synchronized void greeted(Connection stranger, HandoffChannel channel) {
        strangers.remove(stranger);
        if (channel != null && closed) {
            channel.close();
        } else if (channel != null) {
            greeted.add(channel);
        }
        notifyAll();
    }

    private synchronized void failed(Connection stranger, Throwable why) {
        if (stranger != null) {
            strangers.remove(stranger);
            end(stranger);
        }
        failure = new IOException("nobody can be let in at " + path + " (" + why.getMessage() + ")", why);
        notifyAll();
    }

    private static void end(Closeable one) {
        try {
            one.close();
        } catch (IOException e) {
            HandoffLog.debug("a connection could not be closed: {0}", e.getMessage());
        }
    }

    /**
     * Stops listening, and ends what is under way: who waits for a channel is told, who is being greeted and who was greeted and not
     * asked for sees the connection end. Closing twice is harmless.
     */
    @Override
    public void close() throws IOException {
        List<Closeable> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            left.addAll(strangers);
            left.addAll(greeted);
            greeted.clear();
            notifyAll();
        }
        try {
            listener.close();
        } finally {
            left.forEach(Reception::end);
        }
    }
}
