package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import dev.gssbaton.handoff.Gift;
import dev.gssbaton.handoff.HandoffChannel;
import dev.gssbaton.handoff.Parcel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** One worker process that is ready for contexts. */
public final class WorkerProcess implements AutoCloseable {
    private final ChildJvm child;
    private final Path socket;
    private final HandoffChannel channel;
    private final long started = System.nanoTime();

    private WorkerProcess(ChildJvm child, Path socket, HandoffChannel channel) {
        this.child = child;
        this.socket = socket;
        this.channel = channel;
    }

    /**
     * Starts a worker and waits until it is ready.
     *
     * @param main calls {@link Worker#run}
     * @param jvmOptions options of its JVM
     * @param arguments the main method's
     * @param socket where {@code main} is told to take contexts
     * @param stores keys, claims and purpose, the same as the worker's
     * @param speaker what it is called
     * @param started told of the process before it is ready
     * @throws Problem if it does not become ready
     */
    public static WorkerProcess start(
            Class<?> main,
            List<String> jvmOptions,
            List<String> arguments,
            Path socket,
            Stores stores,
            String speaker,
            Consumer<ChildJvm> started)
            throws IOException, Problem {
        ChildJvm child = ChildJvm.start(main, jvmOptions, arguments);
        started.accept(child);
        if (!Worker.READY.equals(child.readLine())) {
            child.close();
            throw new Problem(speaker + " does not start; its own message stands above");
        }
        boolean connected = false;
        try {
            WorkerProcess worker = new WorkerProcess(child, socket, HandoffChannel.connect(socket, stores.handoff()));
            connected = true;
            return worker;
        } finally {
            if (!connected) {
                child.close();
            }
        }
    }

    /**
     * Gives it a context, and waits until it is settled whether it has it, or that cannot be found out yet.
     *
     * @throws GSSException if the context cannot be offered: it is as it was
     * @throws IOException if its socket cannot be passed: it is as it was
     */
    public Gift give(Parcel parcel) throws GSSException, IOException {
        return channel.give(parcel);
    }

    /** Says a line to it, which it obeys. */
    void tell(String line) throws IOException {
        child.tell(line);
    }

    /** Reads the next line that it says; null at its end. */
    public String readLine() throws IOException {
        return child.readLine();
    }

    ChildJvm child() {
        return child;
    }

    Path socket() {
        return socket;
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

    /** Ends the worker at once. */
    public void kill() {
        child.kill();
    }

    /** Ends the worker. */
    @Override
    public void close() throws IOException {
        child.close();
        channel.close();
        Files.deleteIfExists(socket);
    }
}
