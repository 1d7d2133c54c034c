package dev.gssbaton.cli.demo;

import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.worker.Conversations;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.cli.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A worker process of the demo: one that takes bare tokens too. */
public final class DemoWorker {
    private DemoWorker() {}

    /** Runs a worker, with the arguments of {@link dev.gssbaton.cli.worker.WorkerMain}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path socket = Path.of(arguments[0]);
        Stores stores = Stores.of(arguments[1], arguments[2]);
        String speaker = arguments[5];
        Conversations conversations = new Conversations(
                Answers.valueOf(arguments[3]), speaker, Duration.parse(arguments[4]), stores.handoff());
        Path tokens = TokenTaker.beside(socket);
        TokenTaker.start(tokens, stores.manager().build(), conversations);
        Worker.run(socket, stores, ImportOptions.Role.ACCEPTOR, speaker, conversations, tokens);
    }
}
