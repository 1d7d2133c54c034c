package dev.gssbaton.cli.sample;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Optional;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** Answers the messages of one client whose context is established. */
public final class Exchange {
    /** The longest message taken, wrapped: the client is authenticated, so it may be large. */
    private static final int MAX_MESSAGE = 1 << 20;

    private final GSSContext context;
    private final Answers answers;
    private final String speaker;

    /**
     * Makes an exchange.
     *
     * @param context the acceptor's context
     * @param answers what is answered
     * @param speaker who answers
     */
    public Exchange(GSSContext context, Answers answers, String speaker) {
        this.context = context;
        this.answers = answers;
        this.speaker = speaker;
    }

    /**
     * Reads the next message, and not an octet more, and answers it.
     *
     * @param client the connection, from its next unread octet on
     * @return false if the client has said that there is none
     * @throws GSSException if the message does not verify
     * @throws IOException if the connection breaks, or carries what is no message
     */
    public boolean answerNext(ByteChannel client) throws IOException, GSSException {
        Frame message = Frame.read(client, MAX_MESSAGE);
        Optional<Frame> answer = message == null ? Optional.empty() : answer(message);
        if (answer.isPresent()) {
            answer.get().write(client);
        }
        return answer.isPresent();
    }

    /**
     * Takes the next message out of what was read.
     *
     * @param in what was read; its position moves behind the message
     * @return the message; null if it is not whole yet
     * @throws ProtocolException if it is longer than any that is taken
     */
    public static Frame next(ByteBuffer in) throws ProtocolException {
        return Frame.next(in, MAX_MESSAGE);
    }

    /**
     * Answers a message.
     *
     * @return the answer; empty if the client says that there are no more
     * @throws GSSException if the message does not verify
     * @throws ProtocolException if it is no message
     */
    public Optional<Frame> answer(Frame message) throws ProtocolException, GSSException {
        if (message.has(Frame.NOOP)) {
            return Optional.empty();
        }
        if (!message.has(Frame.DATA)) {
            throw new ProtocolException("a frame with flags " + message.flags() + " where a message was expected");
        }
        return Optional.of(answers.answer(context, message, text(message), speaker));
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
