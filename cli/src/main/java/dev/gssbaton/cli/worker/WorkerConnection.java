package dev.gssbaton.cli.worker;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The connection to a worker that has taken a context: it expects the client's octets, and gives those for the client. */
public final class WorkerConnection implements AutoCloseable {
    /**
     * How long a process that has just closed its sockets by dying is given to be dead, on a busy machine. Who asks has
     * lost the connection already, so that nobody waits for the answer.
     */
    private static final Duration DYING = Duration.ofSeconds(2);

    private final WorkerProcess worker;
    private final SocketChannel channel;

    WorkerConnection(WorkerProcess worker, SocketChannel channel) {
        this.worker = worker;
        this.channel = channel;
    }

    /** Returns the channel, closed with this. */
    public SocketChannel channel() {
        return channel;
    }

    /** Tells whether the worker has died. */
    public boolean workerDied() throws InterruptedException {
        return worker.awaitExit(DYING);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
