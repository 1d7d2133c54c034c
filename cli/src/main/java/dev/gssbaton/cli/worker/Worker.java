package dev.gssbaton.cli.worker;

import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.handoff.Handoff;
import dev.gssbaton.handoff.HandoffChannel;
import dev.gssbaton.handoff.HandoffListener;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSException;

/**
 * What every worker process does: it takes the contexts that processes of its account hand over to it, with their sockets, and
 * ends with its parent.
 *
 * <p>On its standard output it says {@link #READY}, and later what its parent should know.
 */
public final class Worker {
    static final String READY = "ready";

    private static final long PAUSE_MILLIS = 100;

    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    /** Takes what was handed over. */
    public interface Taker {
        /**
         * Takes a context and what came with it. May go on with it in this thread, as long as no other is wanted.
         *
         * @throws GSSException if a message does not verify
         * @throws IOException if something is not as it should be
         */
        void take(Handoff taken) throws GSSException, IOException;

        /** Does what the parent says, and does not wait for it to be done. */
        default void obey(String line) {}
    }

    private final String speaker;
    private final Taker taker;

    private Worker(String speaker, Taker taker) {
        this.speaker = speaker;
        this.taker = taker;
    }

    /**
     * Is the worker until the parent ends.
     *
     * @param socket where contexts are handed over to it
     * @param stores keys, claims and purpose
     * @param role the side of the contexts that it takes
     * @param speaker what it calls itself
     * @param taker what it does with them
     * @param others sockets of its own beside that one, which are deleted with it
     */
    public static void run(
            Path socket, Stores stores, ImportOptions.Role role, String speaker, Taker taker, Path... others)
            throws InterruptedException {
        LOG.setLevel(Level.OFF); // a refusal is reported to whoever made the offer
        try (HandoffListener listener = HandoffListener.bind(
                socket, stores.handoff().withExpected(ImportOptions.any().expectRole(role)))) {
            ChildJvm.endWithParent(taker::obey, () -> delete(socket, others));
            System.out.println(READY);
            new Worker(speaker, taker).serve(listener);
        } catch (IOException | RuntimeException e) {
            System.err.println("baton, " + speaker + ": " + Complaint.of(e));
            Runtime.getRuntime().halt(1);
        }
    }

    private void serve(HandoffListener listener) throws InterruptedException {
        while (true) {
            try {
                HandoffChannel channel = listener.accept();
                Thread thread = new Thread(() -> take(channel), "baton-taker");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Out of file descriptors, perhaps: conversations that end give some back.
                WorkerReport.of(WorkerReport.Kind.SAYS, "cannot be connected to: " + Complaint.of(e))
                        .tell();
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void take(HandoffChannel channel) {
        try (channel) {
            while (true) {
                Handoff taken = channel.take();
                try {
                    taker.take(taken);
                } catch (IOException | GSSException | RuntimeException e) {
                    WorkerReport.of(WorkerReport.Kind.SAYS, "a conversation ended: " + Complaint.of(e))
                            .tell();
                }
            }
        } catch (EOFException e) {
            // The giver is through.
        } catch (IOException e) {
            WorkerReport.of(WorkerReport.Kind.SAYS, speaker + " takes no more of a process: " + Complaint.of(e))
                    .tell();
        }
    }

    private static void delete(Path socket, Path... others) {
        try {
            for (Path other : others) {
                Files.deleteIfExists(other);
            }
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socket.getParent());
        } catch (IOException e) {
            // The folder is in use still, or gone already.
        }
    }
}
