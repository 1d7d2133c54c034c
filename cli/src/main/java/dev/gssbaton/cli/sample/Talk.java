package dev.gssbaton.cli.sample;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.IntConsumer;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * The initiator's messages to one server, numbered from 1, and their answers.
 *
 * <p>Some messages are sent ahead of the answers. A message's text follows from its number, so that another process can
 * verify the answer to a message that it has not sent.
 */
public final class Talk {
    /** What is done with a message. */
    public enum Protection {
        /** It is wrapped. */
        WRAP(Frame.WRAPPED),
        /** It is wrapped with confidentiality. */
        ENCRYPT(Frame.ENCRYPTED),
        /** Its answer is to be a MIC of it. */
        ANSWER_MIC(Frame.SEND_MIC);

        private final int flag;

        Protection(int flag) {
            this.flag = flag;
        }
    }

    private static final int MAX_ANSWER = 64 * 1024;

    private final GSSContext context;
    private final ByteChannel server;
    private final Set<Protection> protections;
    private final int ahead;
    private final IntConsumer journal;
    private int sent;
    private int answered;

    /**
     * Begins, or goes on.
     *
     * @param context the initiator's context, established
     * @param server the connection, from its next unread octet on
     * @param protections what is done with each message
     * @param ahead how many messages may be without an answer
     * @param sent the last message that has been sent, by whomever
     * @param answered the last message whose answer has been verified, by whomever
     * @param journal told the number of each message whose answer has been verified
     */
    public Talk(
            GSSContext context,
            ByteChannel server,
            Set<Protection> protections,
            int ahead,
            int sent,
            int answered,
            IntConsumer journal) {
        this.context = context;
        this.server = server;
        this.protections = protections;
        this.ahead = ahead;
        this.sent = sent;
        this.answered = answered;
        this.journal = journal;
    }

    /** Returns the last message that has been sent. */
    public int sent() {
        return sent;
    }

    /** Returns the last message whose answer has been verified. */
    public int answered() {
        return answered;
    }

    /**
     * Sends all messages up to one, and takes no more answers than must be taken for that.
     *
     * @throws GSSException if an answer does not verify, or is out of order
     * @throws IOException if the connection breaks, or carries what is no answer
     */
    public void sendUpTo(int last) throws IOException, GSSException {
        while (sent < last) {
            while (sent - answered >= ahead) {
                takeAnswer();
            }
            send(sent + 1);
            sent++;
        }
    }

    /**
     * Takes the answers to all messages that have been sent, and says that there are no more.
     *
     * @throws GSSException if an answer does not verify, or is out of order
     * @throws IOException if the connection breaks, or carries what is no answer
     */
    public void end() throws IOException, GSSException {
        while (answered < sent) {
            takeAnswer();
        }
        Frame.empty(Frame.NOOP).write(server);
    }

    private void send(int number) throws IOException, GSSException {
        byte[] text = text(number);
        boolean wrap = protections.contains(Protection.WRAP);
        byte[] body = wrap
                ? context.wrap(text, 0, text.length, new MessageProp(protections.contains(Protection.ENCRYPT)))
                : text;
        int flags =
                Frame.DATA | protections.stream().mapToInt(each -> each.flag).sum();
        new Frame(flags, body).write(server);
    }

    private void takeAnswer() throws IOException, GSSException {
        int number = answered + 1;
        Frame answer = Frame.read(server, MAX_ANSWER);
        if (answer == null) {
            throw new EOFException("the server ended before it answered message " + number);
        }
        boolean mic = protections.contains(Protection.ANSWER_MIC);
        if (!answer.has(mic ? Frame.MIC : Frame.NOOP)) {
            throw new ProtocolException("a frame with flags " + answer.flags() + " where the answer to message "
                    + number + " was expected");
        }
        if (mic) {
            byte[] text = text(number);
            MessageProp prop = new MessageProp(false);
            context.verifyMIC(answer.body(), 0, answer.body().length, text, 0, text.length, prop);
            InOrder.require(prop);
        }
        answered = number;
        journal.accept(number);
    }

    private static byte[] text(int number) {
        return ("message " + number + " of baton connect").getBytes(StandardCharsets.UTF_8);
    }
}
