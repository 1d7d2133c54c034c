package dev.gssbaton.cli.worker;

import dev.gssbaton.BatonContext;
import dev.gssbaton.cli.process.SharedSocket;
import dev.gssbaton.cli.sample.Exchange;
import dev.gssbaton.cli.sample.Frame;
import dev.gssbaton.handoff.Parcel;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/**
 * A conversation with one client, which never waits: so it can be stopped between any two octets, and go on in another
 * process. It is its thread's alone.
 *
 * <p>While answers wait for a client that does not read, nothing is read from it.
 */
final class Conversation {
    private static final int FIRST_CAPACITY = 4 * 1024;
    /** Answers to messages that came together go together, up to so many octets. Then it is the others' turn. */
    private static final int TOGETHER = 16 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SessionNote session;
    private final BatonContext context;
    private final SocketChannel channel;
    private final Exchange exchange;
    /** What was read and is no whole message yet, up to its position. */
    private ByteBuffer in = NOTHING;
    /** What is to be written. */
    private ByteBuffer out = NOTHING;
    /** Whether whole messages may be left for the next turn. */
    private boolean more;

    private boolean ended;
    private SelectionKey key;
    private long progress = System.nanoTime();

    /**
     * Goes on with a conversation.
     *
     * @param session whose it is
     * @param context the context, disposed of at the end
     * @param channel the connection, one of junixsocket's, closed at the end
     * @param unread what was read before
     * @param unwritten what was to be written before
     * @param exchange what is answered
     */
    Conversation(
            SessionNote session,
            BatonContext context,
            SocketChannel channel,
            byte[] unread,
            byte[] unwritten,
            Exchange exchange) {
        this.session = session;
        this.context = context;
        this.channel = channel;
        this.exchange = exchange;
        this.out = ByteBuffer.wrap(unwritten);
        if (unread.length > 0) {
            in = ByteBuffer.allocate(unread.length).put(unread);
        }
    }

    SessionNote session() {
        return session;
    }

    /** Begins to be selected, and goes on with what came along. */
    boolean begin(Selector selector) throws IOException, GSSException {
        channel.configureBlocking(false);
        key = channel.register(selector, 0, this);
        progress = System.nanoTime();
        return proceed();
    }

    /** Reads, answers and writes one turn's worth, and tells whether it goes on. */
    boolean ready() throws IOException, GSSException {
        if (!out.hasRemaining() && !ended && !more) {
            read();
        }
        return proceed();
    }

    private boolean proceed() throws IOException, GSSException {
        write();
        if (!out.hasRemaining() && !ended) {
            answer();
            write();
        }
        boolean over = ended && !out.hasRemaining();
        if (!over) {
            // What is left comes when it can be written to, which is soon.
            key.interestOps(out.hasRemaining() || more ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
        return !over;
    }

    private void read() throws IOException, GSSException {
        if (!in.hasRemaining()) {
            int capacity = Math.max(FIRST_CAPACITY, 2 * in.capacity());
            in = ByteBuffer.allocate(capacity).put(in.flip());
        }
        int count = channel.read(in);
        if (count > 0) {
            progress = System.nanoTime();
        }
        if (count < 0) {
            while (!ended && answer()) {
                // What came before its end is answered.
                write();
            }
            if (!ended && in.position() > 0) {
                throw new EOFException("the peer ended in the middle of a frame");
            }
            ended = true;
        }
    }

    /** Answers whole messages, as many as go together, and tells whether there were any. Notes whether there may be more. */
    private boolean answer() throws IOException, GSSException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        WritableByteChannel to = Channels.newChannel(answers);
        in.flip();
        try {
            Frame message = Exchange.next(in);
            while (message != null && !ended) {
                Optional<Frame> answer = exchange.answer(message);
                if (answer.isEmpty()) {
                    ended = true;
                } else {
                    answer.get().write(to);
                    message = answers.size() < TOGETHER ? Exchange.next(in) : null;
                }
            }
        } finally {
            in.compact();
        }
        more = !ended && answers.size() >= TOGETHER;
        if (in.position() == 0) {
            in = NOTHING;
        }
        if (answers.size() > 0) {
            out = joined(out, answers.toByteArray());
        }
        return answers.size() > 0;
    }

    private static ByteBuffer joined(ByteBuffer first, byte[] second) {
        return ByteBuffer.allocate(first.remaining() + second.length)
                .put(first)
                .put(second)
                .flip();
    }

    private void write() throws IOException {
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                return;
            }
            progress = System.nanoTime();
        }
        out = NOTHING;
    }

    /** Tells for how many nanoseconds nothing has moved. */
    long idle() {
        return System.nanoTime() - progress;
    }

    /** Tells whether it can be given now: not while it is ending, nor in the middle of a message that is too long for it. */
    boolean canBeGiven() {
        return !ended && in.position() <= Parcel.MAX_OCTETS && out.remaining() <= Parcel.MAX_OCTETS;
    }

    /** Stops being selected. The selector must select once before it is given. */
    void detach() {
        key.cancel();
    }

    /** Returns what is given to another process. */
    Parcel parcel() {
        byte[] unread = Arrays.copyOf(in.array(), in.position());
        byte[] unwritten = new byte[out.remaining()];
        out.duplicate().get(unwritten);
        return Parcel.of(context, channel)
                .withUnread(unread)
                .withUnwritten(unwritten)
                .withNote(session.encode());
    }

    /** Closes the connection, and erases the context. */
    void close() throws IOException, GSSException {
        try {
            context.dispose();
        } finally {
            if (key != null) {
                key.cancel();
            }
            // As long as its selector knows it, junixsocket shuts a socket down and does not close it.
            SharedSocket.close(channel);
        }
    }
}
