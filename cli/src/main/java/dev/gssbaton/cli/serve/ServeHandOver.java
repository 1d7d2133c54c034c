package dev.gssbaton.cli.serve;

import dev.gssbaton.BatonContext;
import dev.gssbaton.cli.EncryptionTypeName;
import dev.gssbaton.cli.dispatch.Client;
import dev.gssbaton.cli.dispatch.HandOver;
import dev.gssbaton.cli.worker.WorkerPool;
import dev.gssbaton.handoff.Parcel;
import java.io.IOException;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** Gives each context before its first message, with its client's socket, to the worker whose turn it is. */
final class ServeHandOver implements HandOver {
    private final WorkerPool workers;
    private final Consumer<String> journal;

    ServeHandOver(WorkerPool workers, Consumer<String> journal) {
        this.workers = workers;
        this.journal = journal;
    }

    @Override
    public boolean handOver(Client client, BatonContext context)
            throws GSSException, IOException, InterruptedException {
        String enctype = EncryptionTypeName.of(context);
        int worker = workers.give(Parcel.of(context, client.channel()), client.session());
        journal.accept(client + ": accepted, " + enctype + ", worker " + worker);
        return true;
    }
}
