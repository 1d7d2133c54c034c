package dev.gssbaton.cli.dispatch;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.worker.SessionListener;
import dev.gssbaton.cli.worker.SessionNote;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/**
 * Listens, establishes a context with each client, and hands it over with the connection.
 *
 * <p>Each client that authenticates has a thread, so that a slow one waits alone; their number and their time are bounded.
 */
public final class Dispatcher implements AutoCloseable, SessionListener {
    private static final long PAUSE_MILLIS = 100;

    private final Listening listening;
    private final Acceptance acceptance;
    private final Consumer<String> journal;
    private final Limits limits;
    private final Watchdog watchdog;
    private final Clients clients;
    private final ExecutorService threads = Executors.newCachedThreadPool(Dispatcher::thread);
    private final AtomicInteger moved = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Makes a dispatcher.
     *
     * @param listening where clients connect, closed with the dispatcher
     * @param manager accepts and exports
     * @param credential the acceptor's
     * @param journal told of what was refused, or ended early
     * @param limits what clients may take
     * @param watchdog enforces the limits
     */
    public Dispatcher(
            Listening listening,
            BatonManager manager,
            GSSCredential credential,
            Consumer<String> journal,
            Limits limits,
            Watchdog watchdog) {
        this.listening = listening;
        this.acceptance = new Acceptance(manager, credential);
        this.journal = journal;
        this.limits = limits;
        this.watchdog = watchdog;
        this.clients = new Clients(limits.connections());
    }

    /**
     * Serves clients until the dispatcher is closed.
     *
     * @param handOver what is done with a context
     */
    public void run(HandOver handOver) throws InterruptedException {
        while (!closed) {
            SocketChannel channel;
            try {
                channel = listening.accept();
            } catch (IOException e) {
                // Out of file descriptors, perhaps: those who end will give some back.
                cannotTake(e);
                Thread.sleep(PAUSE_MILLIS);
                continue;
            }
            if (channel == null) {
                return;
            }
            admit(channel, handOver);
        }
    }

    private void cannotTake(Throwable why) {
        journal.accept("cannot take a connection: " + Complaint.of(why));
    }

    /** Whatever becomes of it, the next client is let in. */
    private void admit(SocketChannel channel, HandOver handOver) {
        Client client = null;
        boolean admitted = false;
        try {
            client = new Client(channel);
            if (clients.admit(client)) {
                Client in = client;
                threads.execute(() -> serve(in, handOver));
                admitted = true;
            } else {
                journal.accept(client + ": refused, all " + limits.connections() + " connections are in use");
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // An error: the system gives no more threads.
            cannotTake(e);
        } finally {
            if (!admitted) {
                drop(channel, client);
            }
        }
    }

    private void drop(SocketChannel channel, Client client) {
        if (client != null) {
            clients.leave(client.id());
        }
        try {
            channel.close();
        } catch (IOException e) {
            cannotTake(e);
        }
    }

    private void serve(Client client, HandOver handOver) {
        boolean handedOver = false;
        try {
            BatonContext context = accept(client);
            handedOver = context != null && handOver(client, context, handOver);
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
            if (handedOver) {
                clients.handedOver(client);
            } else {
                close(client);
            }
        }
    }

    private void close(Client client) {
        clients.leave(client.id());
        try {
            client.close();
        } catch (IOException e) {
            journal.accept(client + ": " + Complaint.of(e));
        }
    }

    private static boolean handOver(Client client, BatonContext context, HandOver handOver)
            throws GSSException, IOException, InterruptedException {
        try {
            return handOver.handOver(client, context);
        } finally {
            context.dispose();
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

    @Override
    public void adopted(SessionNote session) {
        clients.adopt(session.id());
    }

    @Override
    public void moved(SessionNote session) {
        clients.leave(session.id());
        moved.incrementAndGet();
    }

    /** Returns how many sessions were given to other processes so far. */
    public int moved() {
        return moved.get();
    }

    /** Returns how many sessions workers have. */
    public int sessions() {
        return clients.atWorkers();
    }

    /** Returns how many clients there are, here and at workers. */
    public int clients() {
        return clients.size();
    }

    /** Takes no more clients until {@link #resume}; those who connect wait, or are another process's. */
    public void pause() {
        listening.pause();
    }

    /** Takes clients again. */
    public void resume() {
        listening.resume();
    }

    @Override
    public void ended(SessionNote session, String why) {
        clients.leave(session.id());
        if (!why.isEmpty() && !closed) {
            journal.accept(session.client() + ": " + why);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "baton-client");
        thread.setDaemon(true);
        return thread;
    }

    /** Stops listening, and closes all connections that no worker has. */
    @Override
    public void close() throws IOException {
        closed = true;
        listening.close();
        clients.close();
    }
}
