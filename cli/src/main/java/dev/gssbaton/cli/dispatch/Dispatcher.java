package dev.gssbaton.cli.dispatch;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.worker.WorkerConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/**
 * Listens, establishes a context with each client, hands it over, and relays the connection.
 *
 * <p>Each client has a thread, so that a slow one waits alone; their number and their time are bounded.
 */
public final class Dispatcher implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long PAUSE_MILLIS = 100;

    /** What the kernel keeps for a client that sends faster than it is answered, or does not read its answers. */
    private static final int BUFFER_SIZE = 64 * 1024;

    private final ServerSocketChannel listener;
    private final Acceptance acceptance;
    private final HandOver handOver;
    private final Consumer<String> journal;
    private final Limits limits;
    private final Watchdog watchdog;
    private final Clients clients;
    private final ExecutorService threads = Executors.newCachedThreadPool(Dispatcher::thread);
    private volatile boolean closed;

    private Dispatcher(
            ServerSocketChannel listener,
            Acceptance acceptance,
            HandOver handOver,
            Consumer<String> journal,
            Limits limits,
            Watchdog watchdog) {
        this.listener = listener;
        this.acceptance = acceptance;
        this.handOver = handOver;
        this.journal = journal;
        this.limits = limits;
        this.watchdog = watchdog;
        this.clients = new Clients(limits.connections());
    }

    /** Begins to listen. */
    public static ServerSocketChannel listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        boolean done = false;
        try {
            // A port whose last connections are still winding down is free.
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listener.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_SIZE);
            listener.bind(address, BACKLOG);
            done = true;
            return listener;
        } finally {
            if (!done) {
                listener.close();
            }
        }
    }

    /**
     * Makes a dispatcher.
     *
     * @param listener where clients connect, closed with the dispatcher
     * @param manager accepts and exports
     * @param credential the acceptor's
     * @param handOver what is done with a context
     * @param journal told of what was refused, or ended early
     * @param limits what clients may take
     * @param watchdog enforces the limits
     */
    public static Dispatcher of(
            ServerSocketChannel listener,
            BatonManager manager,
            GSSCredential credential,
            HandOver handOver,
            Consumer<String> journal,
            Limits limits,
            Watchdog watchdog) {
        return new Dispatcher(listener, new Acceptance(manager, credential), handOver, journal, limits, watchdog);
    }

    /** Serves clients until the dispatcher is closed. */
    public void run() throws IOException, InterruptedException {
        while (!closed) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException e) {
                if (!listener.isOpen()) {
                    return;
                }
            } catch (IOException e) {
                // Out of file descriptors, perhaps: those who end will give some back.
                journal.accept("cannot take a connection: " + Complaint.of(e));
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        boolean admitted = false;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_SIZE);
            Client client = new Client(channel);
            if (clients.admit(client)) {
                threads.execute(() -> serve(client));
                admitted = true;
            } else {
                journal.accept(client + ": refused, all " + limits.connections() + " connections are in use");
            }
        } finally {
            if (!admitted) {
                channel.close();
            }
        }
    }

    private void serve(Client client) {
        try (client) {
            BatonContext context = accept(client);
            if (context != null) {
                converse(client, context);
            }
        } catch (GSSException | IOException e) {
            if (!closed) {
                journal.accept(client + ": " + Complaint.of(e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // One client must not take the others with it.
            journal.accept(client + ": " + Complaint.of(e));
        } finally {
            clients.leave(client);
        }
    }

    private BatonContext accept(Client client) {
        try (Watchdog.Guard guard = watchdog.guard(limits.handshake(), client.channel())) {
            try {
                BatonContext context = acceptance.accept(client.channel());
                client.authenticated(Complaint.line(context.getSrcName().toString()));
                return context;
            } catch (GSSException | IOException e) {
                if (!closed) {
                    journal.accept(client + ": refused, " + whyRefused(client, guard, e));
                }
                return null;
            }
        }
    }

    private String whyRefused(Client client, Watchdog.Guard guard, Exception e) {
        if (guard.expired()) {
            return "it did not authenticate within " + limits.handshake().toSeconds() + " s";
        }
        if (client.evicted()) {
            return "it had to make room before it was authenticated";
        }
        return Complaint.of(e);
    }

    private void converse(Client client, BatonContext context) throws GSSException, IOException, InterruptedException {
        try {
            WorkerConnection worker = handOver(client, context);
            if (worker != null) {
                relay(client, worker);
            }
        } finally {
            context.dispose();
        }
    }

    private WorkerConnection handOver(Client client, BatonContext context)
            throws GSSException, IOException, InterruptedException {
        Watchdog.Guard guard = watchdog.guard(limits.idle(), client.channel());
        try {
            return handOver.handOver(client, context);
        } finally {
            guard.close();
        }
    }

    private void relay(Client client, WorkerConnection worker) throws IOException, InterruptedException {
        try (worker;
                Watchdog.Guard guard = watchdog.guard(limits.idle(), client.channel(), worker.channel())) {
            Relay.Ended ended = new Relay(client.channel(), worker.channel(), guard).run(threads);
            if (closed) {
                return;
            }
            if (ended == Relay.Ended.IDLE) {
                journal.accept(
                        client + ": closed, nothing moved for " + limits.idle().toSeconds() + " s");
            } else if (ended == Relay.Ended.WORKER && worker.workerDied()) {
                journal.accept(client + ": closed, its worker died");
            }
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "baton-client");
        thread.setDaemon(true);
        return thread;
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        clients.close();
    }
}
