package dev.gssbaton.cli.serve;

import dev.gssbaton.BatonContext;
import dev.gssbaton.ExportedToken;
import dev.gssbaton.cli.EncryptionTypeName;
import dev.gssbaton.cli.dispatch.Client;
import dev.gssbaton.cli.dispatch.HandOver;
import dev.gssbaton.cli.worker.Outcome;
import dev.gssbaton.cli.worker.WorkerConnection;
import dev.gssbaton.cli.worker.WorkerPool;
import java.io.IOException;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** Exports each context before its first message, and offers it to the worker whose turn it is. */
final class ServeHandOver implements HandOver {
    private final WorkerPool workers;
    private final Consumer<String> journal;

    ServeHandOver(WorkerPool workers, Consumer<String> journal) {
        this.workers = workers;
        this.journal = journal;
    }

    @Override
    public WorkerConnection handOver(Client client, BatonContext context)
            throws GSSException, IOException, InterruptedException {
        String enctype = EncryptionTypeName.of(context);
        try (ExportedToken token = context.exportToken()) {
            Outcome outcome = workers.offer(token.octets());
            journal.accept(
                    outcome.taken()
                            ? client + ": accepted, " + enctype + ", worker " + outcome.worker()
                            : client + ": worker " + outcome.worker() + " refused token " + token.id() + ", "
                                    + outcome.reply().reason());
            return outcome.connection();
        }
    }
}
