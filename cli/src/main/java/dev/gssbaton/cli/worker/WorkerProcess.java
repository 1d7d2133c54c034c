package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.cli.process.Watchdog;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** One worker process that is ready for offers. */
public final class WorkerProcess implements AutoCloseable {
    /** How long a worker may think about an offer. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ChildJvm child;
    private final Path socket;
    private final long started = System.nanoTime();

    private WorkerProcess(ChildJvm child, Path socket) {
        this.child = child;
        this.socket = socket;
    }

    /**
     * Starts a worker and waits until it is ready.
     *
     * @param main calls {@link Worker#run}
     * @param jvmOptions options of its JVM
     * @param arguments the main method's
     * @param socket where {@code main} is told to take offers
     * @param speaker what it is called
     * @param started told of the process before it is ready
     * @throws Problem if it does not become ready
     */
    public static WorkerProcess start(
            Class<?> main,
            List<String> jvmOptions,
            List<String> arguments,
            Path socket,
            String speaker,
            Consumer<ChildJvm> started)
            throws IOException, Problem {
        ChildJvm child = ChildJvm.start(main, jvmOptions, arguments);
        started.accept(child);
        if (!Worker.READY.equals(child.readLine())) {
            child.close();
            throw new Problem(speaker + " does not start; its own message stands above");
        }
        return new WorkerProcess(child, socket);
    }

    /**
     * Offers a token.
     *
     * @param number the worker's number in the outcome
     * @param token the token; neither kept nor wiped
     * @param watchdog sees to it that a worker that hangs is given up
     * @throws IOException if it is gone or does not reply, so that it is not known whether it has the context
     */
    public Outcome offer(int number, byte[] token, Watchdog watchdog) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean taken = false;
        Watchdog.Guard guard = watchdog.guard(PATIENCE, channel);
        try {
            // It waits where a worker that hangs has as many connections as it can keep.
            channel.connect(UnixDomainSocketAddress.of(socket));
            Offer.write(token, channel);
            Reply reply = Reply.read(channel);
            taken = reply.taken();
            return new Outcome(number, reply, taken ? new WorkerConnection(this, channel) : null);
        } finally {
            guard.close();
            if (!taken) {
                channel.close();
            }
        }
    }

    /** Reads the next line that it says; null at its end. */
    public String readLine() throws IOException {
        return child.readLine();
    }

    ChildJvm child() {
        return child;
    }

    /** Returns the process number. */
    public long pid() {
        return child.pid();
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    int awaitExit() throws InterruptedException {
        return child.awaitExit();
    }

    boolean awaitExit(Duration limit) throws InterruptedException {
        return child.awaitExit(limit);
    }

    /** Ends the worker. */
    @Override
    public void close() throws IOException {
        child.close();
        Files.deleteIfExists(socket);
    }
}
