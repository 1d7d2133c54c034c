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
import java.util.concurrent.atomic.AtomicLong;
import org.ietf.jgss.GSSException;

/** The receiver's part of a channel: what the peer has offered, until somebody takes it. Safe for use by several threads. */
final class Taking {
    /** How many octets of offers may wait: 32 of the largest, which are as many as a giver offers with a socket at once. */
    private static final long MOST_OCTETS = 64L << 20;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Incoming END = new Incoming(null, null, 0);

    private final Connection connection;
    private final HandoffOptions options;
    private final TransferSession session;
    private final TokenSealer sealer;

    private final BlockingQueue<Incoming> incoming = new LinkedBlockingQueue<>();
    private final AtomicLong octets = new AtomicLong();
    private volatile IOException end;
    private volatile boolean closed;

    /**
     * An offer of the peer's that waits to be taken.
     *
     * @param offered what is offered; null where nothing more comes
     * @param socket what came with it, or null
     * @param deadline until when to ask the claim store, by the monotonic clock
     */
    private record Incoming(Offered offered, PassedSocket socket, long deadline) implements Closeable {
        boolean isEnd() {
            return offered == null;
        }

        long inode() {
            return socket == null ? 0 : socket.inode();
        }

        long octets() {
            return isEnd() ? 0 : offered.token().length + offered.sealed().length;
        }

        @Override
        public void close() {
            if (socket != null) {
                try {
                    socket.close();
                } catch (IOException e) {
                    HandoffLog.debug("a descriptor that was not taken could not be closed: {0}", e.getMessage());
                }
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
            octets.addAndGet(-next.octets());
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
    private Optional<Handoff> take(Incoming next) {
        try (next) {
            int number = next.offered().number();
            HandoffRecord record = null;
            PreparedContext context;
            try {
                record = HandoffRecord.open(sealer, next.offered().sealed());
                context = session.prepare(next.offered().token(), options.expected());
            } catch (GSSException | IllegalStateException e) {
                // Also where this end is being closed, so that its keys are erased already.
                if (record != null) {
                    record.erase();
                }
                answer(Frame.declined(number, e.getMessage()));
                return Optional.empty();
            }
            SocketChannel socket;
            try {
                record.requireFor(context.id(), next.inode());
                claim(context, next.deadline());
                socket = next.socket() == null ? null : next.socket().toChannel();
            } catch (GSSException | IOException | RuntimeException e) {
                record.erase();
                HandoffLog.warn("token {0}: not taken: {1}", context.id(), e.getMessage());
                answer(Frame.renounced(number, context.renounce(), e.getMessage()));
                return Optional.empty();
            }
            answer(Frame.taken(number));
            return Optional.of(new Handoff(
                    context.live(), context.id(), socket, record.unread(), record.unwritten(), record.note()));
        }
    }

    /**
     * Claims a token, again and again as long as the store cannot say who has it. It gives up while the giver still waits: the claim may be
     * recorded, and only who hears that it is renounced can have the context back. A thread that is interrupted asks once.
     */
    private void claim(PreparedContext context, long deadline) throws GSSException {
        // The claim store may be one of files, which an interrupted thread cannot open.
        boolean interrupted = Thread.interrupted();
        try {
            Duration pause = FIRST_PAUSE;
            while (true) {
                try {
                    context.claim();
                    return;
                } catch (GSSException e) {
                    if (!isUnknown(e) || interrupted || System.nanoTime() - deadline >= 0) {
                        throw e;
                    }
                    HandoffLog.debug("token {0}: {1}", context.id(), e.getMessage());
                }
                interrupted = !rest(pause, deadline);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isUnknown(GSSException e) {
        return TransferFault.of(e).filter(TransferFault.CLAIM_UNKNOWN::equals).isPresent();
    }

    /** Says whether it was left in peace. */
    private static boolean rest(Duration pause, long deadline) {
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(pause.toNanos(), Math.max(0, deadline - System.nanoTime())));
            return true;
        } catch (InterruptedException e) {
            return false;
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
    void offered(Offered offered, PassedSocket socket) throws IOException {
        long wait = Math.min(offered.answerWithin().toNanos(), options.limit().toNanos());
        Incoming next = new Incoming(offered, socket, System.nanoTime() + wait / 2);
        if (incoming.size() >= HandoffOptions.MAX_WINDOW || octets.get() + next.octets() > MOST_OCTETS) {
            next.close();
            throw new IOException("the peer offers too much at once: at most " + HandoffOptions.MAX_WINDOW
                    + " contexts and " + (MOST_OCTETS >> 20) + " MiB wait to be taken");
        }
        octets.addAndGet(next.octets());
        incoming.add(next);
        if (closed) {
            dropAll();
        }
    }

    /** The peer has taken back what it offered: what waits with it would keep its client from seeing the end. */
    void withdrawn(int number) {
        for (Incoming each : incoming) {
            if (!each.isEnd() && each.offered().number() == number && incoming.remove(each)) {
                drop(each);
            }
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
            drop(left);
        }
    }

    private void drop(Incoming left) {
        octets.addAndGet(-left.octets());
        left.close();
    }
}
