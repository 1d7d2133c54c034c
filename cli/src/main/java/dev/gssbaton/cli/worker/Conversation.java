package dev.gssbaton.cli.worker;

import dev.gssbaton.BatonContext;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.ietf.jgss.GSSException;

/** What a worker does with a context that it has imported. */
public interface Conversation {
    /**
     * Goes on with the conversation, from the first octet that nobody has read, to its end.
     *
     * @param context the context, of which the worker disposes afterwards
     * @param peer the connection, which the worker closes afterwards
     * @throws GSSException if a message does not verify
     * @throws IOException if the connection breaks, or carries what is no message
     */
    void goOn(BatonContext context, SocketChannel peer) throws GSSException, IOException;
}
