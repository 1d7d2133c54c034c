package dev.gssbaton.cli.worker;

import dev.gssbaton.cli.Problem;
import dev.gssbaton.cli.process.ChildJvm;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** One worker process that is ready for offers. */
final class WorkerProcess implements AutoCloseable {
    private final ChildJvm child;
    private final Path socket;
    private final long started = System.nanoTime();

    private WorkerProcess(ChildJvm child, Path socket) {
        this.child = child;
        this.socket = socket;
    }

    /** Starts a worker and waits until it is ready. */
    static WorkerProcess start(WorkerSettings settings, Path socket, String speaker, Consumer<ChildJvm> started)
            throws IOException, Problem {
        ChildJvm child = ChildJvm.start(WorkerMain.class, settings.jvmOptions(), settings.arguments(socket, speaker));
        started.accept(child);
        if (!WorkerMain.READY.equals(child.readLine())) {
            child.close();
            throw new Problem(speaker + " does not start; its own message stands above");
        }
        return new WorkerProcess(child, socket);
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(socket);
    }

    String readLine() throws IOException {
        return child.readLine();
    }

    ChildJvm child() {
        return child;
    }

    long pid() {
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

    @Override
    public void close() throws IOException {
        child.close();
        Files.deleteIfExists(socket);
    }
}
