package dev.gssbaton.cli.serve;

import dev.gssbaton.BatonContext;
import dev.gssbaton.cli.EncryptionTypeName;
import dev.gssbaton.cli.dispatch.Client;
import dev.gssbaton.cli.dispatch.HandOver;
import dev.gssbaton.cli.worker.Receivers;
import dev.gssbaton.handoff.Parcel;
import java.io.IOException;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** Gives each context before its first message, with its client's socket, to whoever receives them at that time. */
final class ServeHandOver implements HandOver {
    private final Consumer<String> journal;
    private volatile Receivers receivers;

    ServeHandOver(Receivers receivers, Consumer<String> journal) {
        this.receivers = receivers;
        this.journal = journal;
    }

    /** Gives all further contexts to others. */
    void giveTo(Receivers others) {
        receivers = others;
    }

    @Override
    public boolean handOver(Client client, BatonContext context)
            throws GSSException, IOException, InterruptedException {
        String enctype = EncryptionTypeName.of(context);
        String receiver = receivers.give(Parcel.of(context, client.channel()), client.session());
        journal.accept(client + ": accepted, " + enctype + ", " + receiver);
        return true;
    }
}
