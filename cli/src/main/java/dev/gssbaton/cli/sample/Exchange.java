package dev.gssbaton.cli.sample;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.ByteChannel;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** Answers the messages of one client whose context is established. */
public final class Exchange {
    /** The longest message taken, wrapped: the client is authenticated, so it may be large. */
    private static final int MAX_MESSAGE = 1 << 20;

    private final GSSContext context;
    private final ByteChannel client;
    private final Answers answers;
    private final String speaker;

    /**
     * Makes an exchange.
     *
     * @param context the acceptor's context
     * @param client the connection, from its next unread octet on
     * @param answers what is answered
     * @param speaker who answers
     */
    public Exchange(GSSContext context, ByteChannel client, Answers answers, String speaker) {
        this.context = context;
        this.client = client;
        this.answers = answers;
        this.speaker = speaker;
    }

    /**
     * Answers the next message.
     *
     * @return false if the client has said that there is none
     * @throws GSSException if the message does not verify
     * @throws IOException if the connection breaks, or carries what is no message
     */
    public boolean answerNext() throws IOException, GSSException {
        Frame message = Frame.read(client, MAX_MESSAGE);
        if (message == null || message.has(Frame.NOOP)) {
            return false;
        }
        if (!message.has(Frame.DATA)) {
            throw new ProtocolException("a frame with flags " + message.flags() + " where a message was expected");
        }
        answers.answer(context, message, text(message), speaker).write(client);
        return true;
    }

    private byte[] text(Frame message) throws GSSException {
        if (!message.has(Frame.WRAPPED)) {
            return message.body();
        }
        MessageProp prop = new MessageProp(false);
        byte[] text = context.unwrap(message.body(), 0, message.body().length, prop);
        InOrder.require(prop);
        return text;
    }
}
