package dev.gssbaton.cli.worker;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Watchdog;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Exchange;
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
 * A worker process: imports contexts and goes on with their conversations. It ends with its parent.
 *
 * <p>On its standard output it says {@link #READY}, and later what went wrong with a conversation.
 */
public final class WorkerMain {
    static final String READY = "ready";

    private static final Duration OFFER_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 100;

    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    private final BatonManager manager;
    private final Answers answers;
    private final String speaker;
    private final Watchdog watchdog;

    private WorkerMain(BatonManager manager, Answers answers, String speaker, Watchdog watchdog) {
        this.manager = manager;
        this.answers = answers;
        this.speaker = speaker;
        this.watchdog = watchdog;
    }

    /** Runs a worker: socket, directory, purpose, answers, speaker. */
    public static void main(String[] arguments) throws InterruptedException {
        Path socket = Path.of(arguments[0]);
        Stores stores = Stores.of(arguments[1], arguments[2]);
        LOG.setLevel(Level.OFF); // a refusal is reported to whoever made the offer
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Watchdog watchdog = new Watchdog()) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            ChildJvm.endWithParent(() -> delete(socket));
            WorkerMain worker =
                    new WorkerMain(stores.manager().build(), Answers.valueOf(arguments[3]), arguments[4], watchdog);
            System.out.println(READY);
            worker.serve(listener);
        } catch (IOException | RuntimeException e) {
            System.err.println("baton, " + arguments[4] + ": " + Complaint.of(e));
            System.exit(1);
        }
    }

    private void serve(ServerSocketChannel listener) throws InterruptedException {
        // The dispatcher bounds the number of connections.
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
            String client = "";
            try {
                client = context.getSrcName().toString();
                Exchange exchange = new Exchange(context, connection, answers, speaker);
                boolean more = true;
                while (more) {
                    more = exchange.answerNext();
                }
            } catch (GSSException | IOException e) {
                say(client + ": conversation ended: " + Complaint.of(e));
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
            context = manager.createContext(token, ImportOptions.any().expectRole(ImportOptions.Role.ACCEPTOR));
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
