package dev.gssbaton.cli.worker;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Watchdog;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSException;

/**
 * What every worker process does: it imports the contexts it is offered and goes on with their conversations, each in a
 * thread, and ends with its parent.
 *
 * <p>On its standard output it says {@link #READY}, and later what went wrong with a conversation.
 */
public final class Worker {
    static final String READY = "ready";

    private static final Duration OFFER_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 100;

    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    private final BatonManager manager;
    private final ImportOptions.Role role;
    private final Conversation conversation;
    private final Watchdog watchdog;

    private Worker(BatonManager manager, ImportOptions.Role role, Conversation conversation, Watchdog watchdog) {
        this.manager = manager;
        this.role = role;
        this.conversation = conversation;
        this.watchdog = watchdog;
    }

    /**
     * Is the worker until the parent ends.
     *
     * @param socket where it is offered tokens
     * @param stores keys, claims and purpose
     * @param role the side of the contexts that it takes
     * @param speaker what it calls itself
     * @param conversation what it does with them
     */
    public static void run(
            Path socket, Stores stores, ImportOptions.Role role, String speaker, Conversation conversation)
            throws InterruptedException {
        LOG.setLevel(Level.OFF); // a refusal is reported to whoever made the offer
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Watchdog watchdog = new Watchdog()) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            ChildJvm.endWithParent(() -> delete(socket));
            Worker worker = new Worker(stores.manager().build(), role, conversation, watchdog);
            System.out.println(READY);
            worker.serve(listener);
        } catch (IOException | RuntimeException e) {
            System.err.println("baton, " + speaker + ": " + Complaint.of(e));
            System.exit(1);
        }
    }

    private void serve(ServerSocketChannel listener) throws InterruptedException {
        // Who makes the offers bounds the number of connections.
        ExecutorService threads = Executors.newCachedThreadPool();
        while (true) {
            try {
                SocketChannel connection = listener.accept();
                threads.execute(() -> converse(connection));
            } catch (IOException e) {
                // Out of file descriptors, perhaps: conversations that end give some back.
                say("cannot take an offer: " + Complaint.of(e));
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void converse(SocketChannel connection) {
        try (connection) {
            BatonContext context = take(connection);
            if (context == null) {
                return;
            }
            String peer = "";
            try {
                peer = (context.isInitiator() ? context.getTargName() : context.getSrcName()).toString();
                conversation.goOn(context, connection);
            } catch (GSSException | IOException e) {
                say(peer + ": conversation ended: " + Complaint.of(e));
            } finally {
                context.dispose();
            }
        } catch (IOException | GSSException e) {
            say("an offer failed: " + Complaint.of(e));
        } catch (RuntimeException e) {
            // One conversation must not take the others with it.
            say("a conversation ended: " + e.getClass().getName());
        }
    }

    private BatonContext take(SocketChannel connection) throws IOException, GSSException {
        byte[] token = read(connection);
        BatonContext context = null;
        boolean told = false;
        try {
            context = manager.createContext(token, ImportOptions.any().expectRole(role));
            Reply.yes().write(connection);
            told = true;
            return context;
        } catch (GSSException e) {
            Reply.no(e).write(connection);
            return null;
        } finally {
            Arrays.fill(token, (byte) 0);
            if (context != null && !told) {
                context.dispose();
            }
        }
    }

    private byte[] read(SocketChannel connection) throws IOException {
        Watchdog.Guard guard = watchdog.guard(OFFER_LIMIT, connection);
        try {
            return Offer.read(connection);
        } finally {
            guard.close();
        }
    }

    private static void say(String what) {
        System.out.println(Complaint.line(what));
    }

    private static void delete(Path socket) {
        try {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socket.getParent());
        } catch (IOException e) {
            // The folder is in use still, or gone already.
        }
    }
}
