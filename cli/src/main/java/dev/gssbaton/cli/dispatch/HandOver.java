package dev.gssbaton.cli.dispatch;

import dev.gssbaton.BatonContext;
import dev.gssbaton.cli.worker.WorkerConnection;
import java.io.IOException;
import org.ietf.jgss.GSSException;

/** What is done with a context once it is established: sooner or later a worker gets it. */
public interface HandOver {
    /**
     * Gives the context to a worker.
     *
     * @param client whose context it is; nothing beyond the last whole frame has been read from its connection
     * @param context an established context, which the caller disposes of
     * @return the connection to the worker that has it; null if none has, which has been said
     * @throws GSSException if the context cannot be exported
     * @throws IOException if the client's connection breaks, or no worker replies
     */
    WorkerConnection handOver(Client client, BatonContext context)
            throws GSSException, IOException, InterruptedException;
}
