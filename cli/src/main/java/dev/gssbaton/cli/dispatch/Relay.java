package dev.gssbaton.cli.dispatch;

import dev.gssbaton.cli.process.Watchdog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Moves octets between a client and the worker that has its context.
 *
 * <p>This is all that is left of the client in the dispatcher. Where the client's socket itself can be given to the worker,
 * nothing needs to be moved.
 */
public final class Relay {
    /** Who ended the conversation. */
    public enum Ended {
        /** The client. */
        CLIENT,
        /** The worker. */
        WORKER,
        /** Nothing moved for too long. */
        IDLE
    }

    private static final int BUFFER_SIZE = 16 * 1024;

    private final SocketChannel client;
    private final SocketChannel worker;
    private final Watchdog.Guard guard;
    private volatile boolean clientEnded;

    /**
     * Makes a relay.
     *
     * @param client the connection to the other end of the context
     * @param worker the connection to the worker
     * @param guard told of progress
     */
    public Relay(SocketChannel client, SocketChannel worker, Watchdog.Guard guard) {
        this.client = client;
        this.worker = worker;
        this.guard = guard;
    }

    /** Moves octets until the worker has ended the conversation, which it does when the client has; closes both. */
    public Ended run(Executor executor) throws InterruptedException {
        FutureTask<Void> up = new FutureTask<>(this::up, null);
        executor.execute(up);
        try {
            move(worker, client);
            client.shutdownOutput();
        } catch (IOException e) {
            // One of them is gone; closing both ends the other direction too.
        }
        boolean byClient = clientEnded;
        close(client);
        close(worker);
        try {
            up.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        if (guard.expired()) {
            return Ended.IDLE;
        }
        return byClient ? Ended.CLIENT : Ended.WORKER;
    }

    private void up() {
        try {
            move(client, worker);
            clientEnded = true;
            worker.shutdownOutput();
        } catch (IOException e) {
            // Closed by the other direction, or broken: then the worker must learn of it.
            close(worker);
        }
    }

    private void move(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
        while (from.read(buffer) >= 0) {
            guard.progress();
            buffer.flip();
            while (buffer.hasRemaining()) {
                to.write(buffer);
                guard.progress();
            }
            buffer.clear();
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }
}
