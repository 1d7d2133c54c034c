package dev.gssbaton.cli.dispatch;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.spi.OutputTokenException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.ByteChannel;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/** Establishes a context with a client of the gss-sample protocol. */
final class Acceptance {
    /** Room for a ticket with a large PAC. */
    private static final int MAX_TOKEN = 64 * 1024;

    private final BatonManager manager;
    private final GSSCredential credential;

    Acceptance(BatonManager manager, GSSCredential credential) {
        this.manager = manager;
        this.credential = credential;
    }

    /**
     * Establishes a context, and reads nothing beyond it.
     *
     * @return the context, established, the caller's to dispose of
     * @throws GSSException if the client does not authenticate; the client was told, where the mechanism has a token for that
     * @throws IOException if the connection breaks, or carries what is not of the protocol
     */
    BatonContext accept(ByteChannel client) throws IOException, GSSException {
        Frame first = next(client);
        if (!first.has(Frame.NOOP)) {
            throw new ProtocolException("its first frame has flags " + first.flags() + ": this is not gss-client");
        }
        if (!first.has(Frame.CONTEXT_NEXT)) {
            throw new ProtocolException("it does not want to authenticate (gss-client -na), so there is no context");
        }
        BatonContext context = manager.createContext(credential);
        boolean done = false;
        try {
            while (!context.isEstablished()) {
                step(context, next(client), client);
            }
            done = true;
            return context;
        } finally {
            if (!done) {
                context.dispose();
            }
        }
    }

    private static void step(BatonContext context, Frame in, ByteChannel client) throws IOException, GSSException {
        if (!in.has(Frame.CONTEXT)) {
            throw new ProtocolException(
                    "a frame with flags " + in.flags() + " where a token of the context was expected");
        }
        try {
            byte[] out = context.acceptSecContext(in.body(), 0, in.body().length);
            if (out != null) {
                new Frame(Frame.CONTEXT, out).write(client);
            }
        } catch (OutputTokenException e) {
            new Frame(Frame.CONTEXT, e.getOutputToken()).write(client);
            throw e;
        }
    }

    private static Frame next(ByteChannel client) throws IOException {
        Frame frame = Frame.read(client, MAX_TOKEN);
        if (frame == null) {
            throw new EOFException("it ended before it was authenticated");
        }
        return frame;
    }
}
