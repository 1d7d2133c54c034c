package dev.gssbaton.cli.sample;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.ByteChannel;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;

/** Establishes a context with a server of the gss-sample protocol. */
public final class Initiation {
    private static final int MAX_TOKEN = 64 * 1024;

    private Initiation() {}

    /**
     * Establishes a context, and reads nothing beyond it.
     *
     * @param context the initiator's, which has made its first token
     * @param first that token
     * @param server the connection, from its beginning on
     * @throws GSSException if the server is not the one, or has refused and said so
     * @throws IOException if the connection breaks, or carries what is not of the protocol
     */
    public static void establish(GSSContext context, byte[] first, ByteChannel server)
            throws IOException, GSSException {
        Frame.empty(Frame.NOOP | Frame.CONTEXT_NEXT).write(server);
        byte[] token = first;
        while (true) {
            if (token != null) {
                new Frame(Frame.CONTEXT, token).write(server);
            }
            if (context.isEstablished()) {
                return;
            }
            Frame answer = Frame.read(server, MAX_TOKEN);
            if (answer == null) {
                throw new EOFException("the server ended before the context was established: see what it has logged");
            }
            if (!answer.has(Frame.CONTEXT)) {
                throw new ProtocolException("a frame with flags " + answer.flags() + " where a token of the context was"
                        + " expected: is this gss-server?");
            }
            token = context.initSecContext(answer.body(), 0, answer.body().length);
        }
    }
}
