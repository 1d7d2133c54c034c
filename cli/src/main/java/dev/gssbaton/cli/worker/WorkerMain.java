package dev.gssbaton.cli.worker;

import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.sample.Answers;
import java.nio.file.Path;
import java.time.Duration;

/** A worker process that answers the messages of clients. */
public final class WorkerMain {
    private WorkerMain() {}

    /** Runs a worker: socket, directory, purpose, answers, how long a conversation may stand still, speaker. */
    public static void main(String[] arguments) throws InterruptedException {
        Stores stores = Stores.of(arguments[1], arguments[2]);
        Answers answers = Answers.valueOf(arguments[3]);
        Duration idle = Duration.parse(arguments[4]);
        String speaker = arguments[5];
        Conversations conversations = new Conversations(answers, speaker, idle, stores.handoff());
        Worker.run(Path.of(arguments[0]), stores, ImportOptions.Role.ACCEPTOR, speaker, conversations);
    }
}
