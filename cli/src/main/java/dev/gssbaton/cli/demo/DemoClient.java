package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.cli.sample.Initiation;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

/** One client, in the Subject of its user: plain JGSS, with the platform's own manager. */
final class DemoClient {
    private static final int MAX_FRAME = 64 * 1024;

    private final String name;
    private final int port;
    private int byDispatcher;
    private int byWorker;
    private String worker;

    DemoClient(String name, int port) {
        this.name = name;
        this.port = port;
    }

    Report run() throws IOException, GSSException {
        GSSManager manager = GSSManager.getInstance();
        GSSName service = manager.createName(Script.SERVICE, new Oid("1.2.840.113554.1.2.2.1"));
        GSSContext context =
                manager.createContext(service, new Oid("1.2.840.113554.1.2.2"), null, GSSContext.DEFAULT_LIFETIME);
        context.requestMutualAuth(true);
        context.requestSequenceDet(true);
        byte[] token = context.initSecContext(new byte[0], 0, 0);
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            Initiation.establish(context, token, channel);
            sendAtOnce(context, channel);
            return converse(context, channel);
        } finally {
            context.dispose();
        }
    }

    /** Sends more messages than the dispatcher will answer, in one go: the rest is on the way while the context moves. */
    private void sendAtOnce(GSSContext context, SocketChannel channel) throws IOException, GSSException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        WritableByteChannel frames = Channels.newChannel(octets);
        for (int number = 1; number <= Script.AT_ONCE; number++) {
            message(context, number).write(frames);
        }
        ByteBuffer all = ByteBuffer.wrap(octets.toByteArray());
        while (all.hasRemaining()) {
            channel.write(all);
        }
    }

    private Report converse(GSSContext context, SocketChannel channel) throws IOException, GSSException {
        for (int number = 1; number <= Script.MESSAGES; number++) {
            if (number > Script.AT_ONCE) {
                message(context, number).write(channel);
            }
            if (name.equals(Script.LATE) && number > Script.BEFORE_MOVE) {
                return expectEnd(channel);
            }
            check(context, next(channel), number);
        }
        Frame.empty(Frame.NOOP).write(channel);
        int inFlight = Script.AT_ONCE - byDispatcher;
        return Report.of(Report.Kind.DONE, name, byDispatcher, byWorker, worker, inFlight);
    }

    private Frame message(GSSContext context, int number) throws GSSException {
        byte[] text = Script.message(name, number).getBytes(StandardCharsets.UTF_8);
        return new Frame(
                Frame.DATA | Frame.WRAPPED | Frame.ENCRYPTED,
                context.wrap(text, 0, text.length, new MessageProp(true)));
    }

    /** An answer must be the answer to this message, in order, and after the first worker's nobody else may speak. */
    private void check(GSSContext context, Frame answer, int number) throws IOException, GSSException {
        MessageProp prop = new MessageProp(true);
        String text = new String(context.unwrap(answer.body(), 0, answer.body().length, prop), StandardCharsets.UTF_8);
        if (prop.isDuplicateToken() || prop.isGapToken() || prop.isOldToken() || prop.isUnseqToken()) {
            throw new ProtocolException("answer " + number + " is out of order");
        }
        String message = Script.message(name, number);
        if (worker == null && text.equals(Answers.echo(message, DemoHandOver.SPEAKER))) {
            byDispatcher++;
            return;
        }
        String start = Answers.echo(message, "");
        if (!text.startsWith(start)) {
            throw new ProtocolException("answer " + number + " is for another message: " + text);
        }
        String speaker = text.substring(start.length());
        if (worker == null) {
            worker = speaker;
        }
        if (!speaker.equals(worker)) {
            throw new ProtocolException("answer " + number + " is from " + speaker + " after one from " + worker);
        }
        byWorker++;
    }

    private Report expectEnd(SocketChannel channel) throws IOException {
        try {
            if (Frame.read(channel, MAX_FRAME) != null) {
                throw new ProtocolException("an answer came although the context is lost");
            }
        } catch (ProtocolException | EOFException e) {
            throw e;
        } catch (IOException e) {
            // Reset, since messages were left unread: an end as well.
        }
        return Report.of(Report.Kind.NOTE, "the client whose token expired has lost its context, as it must");
    }

    private static Frame next(SocketChannel channel) throws IOException {
        Frame frame = Frame.read(channel, MAX_FRAME);
        if (frame == null) {
            throw new EOFException("the connection ended before the conversation");
        }
        return frame;
    }
}
