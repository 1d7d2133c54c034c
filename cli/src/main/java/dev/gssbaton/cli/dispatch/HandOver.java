package dev.gssbaton.cli.dispatch;

import dev.gssbaton.BatonContext;
import java.io.IOException;
import org.ietf.jgss.GSSException;

/** What is done with a context once it is established: sooner or later a worker gets it. */
public interface HandOver {
    /**
     * Gives the context and the client's socket to a worker.
     *
     * @param client whose context it is; nothing beyond the last whole frame has been read from its connection
     * @param context an established context, which the caller disposes of
     * @return whether a worker has them; if none has, that has been said
     * @throws GSSException if the context cannot be handed over
     * @throws IOException if the client's connection breaks, or no worker takes it
     */
    boolean handOver(Client client, BatonContext context) throws GSSException, IOException, InterruptedException;
}
