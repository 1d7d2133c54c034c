package dev.gssbaton.cli.worker;

import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Exchange;
import java.nio.file.Path;

/** A worker process that answers the messages of clients. */
public final class WorkerMain {
    private WorkerMain() {}

    /** Runs a worker: socket, directory, purpose, answers, speaker. */
    public static void main(String[] arguments) throws InterruptedException {
        Stores stores = Stores.of(arguments[1], arguments[2]);
        Answers answers = Answers.valueOf(arguments[3]);
        String speaker = arguments[4];
        Worker.run(Path.of(arguments[0]), stores, ImportOptions.Role.ACCEPTOR, speaker, (context, client) -> {
            Exchange exchange = new Exchange(context, client, answers, speaker);
            boolean more = true;
            while (more) {
                more = exchange.answerNext();
            }
        });
    }
}
