package dev.gssbaton.handoff;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A listener and both ends of one channel.
 *
 * @param listener the listener
 * @param giver the end that connected
 * @param taker the end that was accepted
 */
record TwoEnds(HandoffListener listener, HandoffChannel giver, HandoffChannel taker) implements AutoCloseable {
    /** One for each task: the common pool of Java 25 has a single one on two processors. */
    static final Executor THREADS = task -> new Thread(task, "handoff-test").start();

    static TwoEnds connect(Path path, HandoffOptions giver, HandoffOptions taker) throws Exception {
        HandoffListener listener = HandoffListener.bind(path, taker);
        CompletableFuture<HandoffChannel> accepted = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return listener.accept();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
        return new TwoEnds(listener, HandoffChannel.connect(path, giver), accepted.get());
    }

    @Override
    public void close() throws IOException {
        giver.close();
        taker.close();
        listener.close();
    }
}
