package dev.gssbaton.handoff;

import dev.gssbaton.PreparedContext;
import dev.gssbaton.TransferSession;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.TransferFault;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;

/** The receiver's part of a channel: what the peer has offered, until somebody takes it. Safe for use by several threads. */
final class Taking {
    private static final Incoming END = new Incoming(null, null);

    private final Connection connection;
    private final HandoffOptions options;
    private final TransferSession session;
    private final TokenSealer sealer;

    private final BlockingQueue<Incoming> incoming = new LinkedBlockingQueue<>();
    private volatile IOException end;
    private volatile boolean closed;

    /** An offer of the peer's that waits to be taken. */
    private record Incoming(Frame frame, PassedSocket socket) implements Closeable {
        boolean isEnd() {
            return frame == null;
        }

        long inode() {
            return socket == null ? 0 : socket.inode();
        }

        @Override
        public void close() throws IOException {
            if (socket != null) {
                socket.close();
            }
        }
    }

    Taking(Connection connection, HandoffOptions options, TransferSession session, TokenSealer sealer) {
        this.connection = connection;
        this.options = options;
        this.session = session;
        this.sealer = sealer;
    }

    /** Waits for an offer, and takes it. */
    Optional<Handoff> take(Duration limit) throws IOException {
        long begin = System.nanoTime();
        while (true) {
            Incoming next;
            try {
                next = incoming.poll(Math.max(0, limit.toNanos() - (System.nanoTime() - begin)), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the thread that waited for a hand-over was interrupted", e);
            }
            if (next == null) {
                return Optional.empty();
            }
            if (next.isEnd()) {
                incoming.add(next);
                EOFException ended = new EOFException("the hand-over channel has ended: " + reasonOfEnd());
                ended.initCause(end);
                throw ended;
            }
            Optional<Handoff> taken = take(next);
            if (taken.isPresent()) {
                return taken;
            }
        }
    }

    private String reasonOfEnd() {
        IOException why = end;
        return why == null ? "it was closed here" : why.getMessage();
    }

    /** Takes what was offered: all that can fail, the claim, the answer, and only then is it live. */
    private Optional<Handoff> take(Incoming offered) throws IOException {
        try (offered) {
            int number = offered.frame().number();
            PreparedContext context;
            HandoffRecord record = null;
            try {
                record = HandoffRecord.open(sealer, offered.frame().sealed());
                context = session.prepare(offered.frame().token(), options.expected());
            } catch (GSSException | IOException | IllegalStateException e) {
                // Also where this end is being closed, so that its keys are erased already.
                if (record != null) {
                    record.erase();
                }
                answer(Frame.declined(number, e.getMessage()));
                return Optional.empty();
            }
            try {
                record.requireFor(context.id(), offered.inode());
                claim(context);
                SocketChannel socket =
                        offered.socket() == null ? null : offered.socket().toChannel();
                answer(Frame.taken(number));
                return Optional.of(new Handoff(
                        context.live(), context.id(), socket, record.unread(), record.unwritten(), record.note()));
            } catch (GSSException | IOException | RuntimeException e) {
                record.erase();
                HandoffLog.warn("token {0}: not taken: {1}", context.id(), e.getMessage());
                answer(Frame.renounced(number, context.renounce(), e.getMessage()));
                return Optional.empty();
            }
        }
    }

    /** Claims a token, again and again as long as the store cannot say who has it. */
    private void claim(PreparedContext context) throws GSSException {
        long begin = System.nanoTime();
        while (true) {
            try {
                context.claim();
                return;
            } catch (GSSException e) {
                boolean unknown = TransferFault.of(e)
                        .filter(TransferFault.CLAIM_UNKNOWN::equals)
                        .isPresent();
                if (!unknown || System.nanoTime() - begin >= options.limit().toNanos()) {
                    throw e;
                }
                HandoffLog.debug("token {0}: {1}", context.id(), e.getMessage());
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw TransferFault.CLAIM_UNKNOWN.exception("the thread that claimed was interrupted");
            }
        }
    }

    /** Tells the giver, who otherwise asks the claim store. */
    private void answer(Frame frame) {
        try {
            connection.send(frame);
        } catch (IOException e) {
            HandoffLog.debug("the giver could not be told {0}: {1}", frame.type(), e.getMessage());
        }
    }

    /** The peer offers a context. */
    void offered(Connection.Received received) throws IOException {
        if (incoming.size() >= HandoffOptions.MAX_WINDOW) {
            throw new IOException("the peer offers more than " + HandoffOptions.MAX_WINDOW + " contexts at once");
        }
        incoming.add(new Incoming(received.frame(), received.socket()));
        if (closed) {
            dropAll();
        }
    }

    /** Nothing more will be offered; what was can still be taken. */
    void end(IOException why) {
        end = why;
        incoming.add(END);
    }

    /** Drops what nobody has taken: it stays the peer's. */
    void close() {
        closed = true;
        dropAll();
        incoming.add(END);
    }

    private void dropAll() {
        for (Incoming left = incoming.poll(); left != null; left = incoming.poll()) {
            try {
                left.close();
            } catch (IOException e) {
                HandoffLog.debug("a descriptor that was not taken could not be closed: {0}", e.getMessage());
            }
        }
    }
}
