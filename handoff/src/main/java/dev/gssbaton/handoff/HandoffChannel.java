package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.PreparedContext;
import dev.gssbaton.TransferSession;
import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.TransferFault;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/**
 * A connection over which either end gives contexts and the other takes them.
 *
 * <p>Giving a context is a hand-over in two phases: it is frozen here and offered; the receiver does all that can fail, claims the
 * token, and says so; only then it is erased here. If the receiver declines, dies or says nothing in time, the claim store decides
 * who has it. So it is never live twice, and lost only with the process that owned it: the giver before the claim, the receiver
 * after it.
 *
 * <p>The receiver does not touch the socket before its claim, and the giver does not touch it after the offer, unless it keeps the
 * context. Both have one file description, so that options which either sets hold for both.
 *
 * <p>Safe for use by several threads. One daemon thread receives.
 */
public final class HandoffChannel implements Closeable {
    private static final Incoming END = new Incoming(null, null);

    private final Connection connection;
    private final Peer peer;
    private final HandoffOptions options;
    private final RecipientKeys keys;
    private final TransferSession session;
    private final TokenSealer sealer;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Gift> gifts = new ConcurrentHashMap<>();
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

    /** Greets a peer that is connected; closes the connection if either end does not allow the other. */
    HandoffChannel(Connection connection, Greeting.End end, HandoffOptions options) throws IOException {
        this.connection = connection;
        this.options = options;
        boolean greeted = false;
        try {
            peer = connection.peer();
            keys = new Greeting(connection, peer, options)
                    .exchange(end, options.manager().claimStoreId());
            greeted = true;
        } catch (GSSException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (!greeted) {
                connection.close();
            }
        }
        session = options.manager().session(keys);
        sealer = session.sealerBeside(HandoffRecord.USE);
        Thread receiver = new Thread(this::receive, "baton-handoff-" + peer.pid());
        receiver.setDaemon(true);
        receiver.start();
    }

    /**
     * Connects to a listener of this account, whose contexts belong to a manager with the defaults.
     *
     * @param path the listener's socket, in a directory of this account's alone
     * @param policy which listener is allowed
     * @return the channel, the caller's
     * @throws HandoffRefusedException if either end does not allow the other
     * @throws IOException if there is no listener, or its directory is not this account's alone
     */
    public static HandoffChannel connect(Path path, PeerPolicy policy) throws IOException {
        return connect(path, HandoffOptions.of(BatonManager.withDefaults()).withPolicy(policy));
    }

    /**
     * Connects to a listener.
     *
     * @param path the listener's socket, in a directory of this account's alone
     * @param options how to give and to take
     * @return the channel, the caller's
     * @throws HandoffRefusedException if either end does not allow the other
     * @throws IOException if there is no listener, or its directory is not this account's alone
     */
    public static HandoffChannel connect(Path path, HandoffOptions options) throws IOException {
        return new HandoffChannel(SocketPlace.of(path).connect(options.limit()), Greeting.End.CONNECTED, options);
    }

    /**
     * Says who is at the other end.
     *
     * @return the peer, as it was when the channel was connected
     */
    public Peer peer() {
        return peer;
    }

    // Giving

    /**
     * Gives a context, and waits until it is settled who has it.
     *
     * @param context the context
     * @param socket the socket, still, as {@link Parcel} says; or null
     * @param unread octets that were read and not processed
     * @param note what else the receiver needs to know
     * @return what became of it
     * @throws GSSException if the context cannot be offered: it is as it was
     * @throws IOException if the socket cannot be passed, and the context is as it was; or if it could not be closed here
     *     afterwards
     */
    public Gift give(BatonContext context, SocketChannel socket, byte[] unread, byte[] note)
            throws GSSException, IOException {
        return give(Parcel.of(context, socket).withUnread(unread).withNote(note));
    }

    /**
     * Gives a context, and waits until it is settled who has it.
     *
     * @param parcel the context, and what goes with it
     * @return what became of it
     * @throws GSSException if the context cannot be offered: it is as it was
     * @throws IOException if the socket cannot be passed, and the context is as it was; or if it could not be closed here
     *     afterwards
     * @throws IllegalStateException if the socket is registered with a selector
     */
    public Gift give(Parcel parcel) throws GSSException, IOException {
        Gift gift = begin(parcel, new SocketTable());
        settle(gift);
        return gift;
    }

    /**
     * Gives many contexts, so many at once as the options say, and waits until it is settled for each who has it. A context that
     * cannot be offered stays as it was; the others go on.
     *
     * @param parcels the contexts, and what goes with them
     * @param progress is told of each as soon as it is settled, in their order
     * @return what became of each that was offered, in their order
     * @throws IllegalStateException if a socket is registered with a selector; nothing is given then
     */
    public List<Gift> giveAll(Collection<Parcel> parcels, Consumer<Gift> progress) {
        Objects.requireNonNull(progress, "progress");
        parcels.forEach(HandoffChannel::requireStill);
        SocketTable table = new SocketTable();
        List<Gift> all = new ArrayList<>();
        Deque<Gift> open = new ArrayDeque<>();
        for (Parcel parcel : parcels) {
            if (open.size() == options.window()) {
                finish(open.remove(), progress);
            }
            try {
                Gift gift = begin(parcel, table);
                open.add(gift);
                all.add(gift);
            } catch (GSSException | IOException | RuntimeException e) {
                HandoffLog.warn("a context was not offered, and stays: {0}", e.getMessage());
            }
        }
        open.forEach(gift -> finish(gift, progress));
        return all;
    }

    private void finish(Gift gift, Consumer<Gift> progress) {
        try {
            settle(gift);
        } catch (IOException e) {
            HandoffLog.warn("token {0}: its socket could not be closed here: {1}", gift.id(), e.getMessage());
        }
        progress.accept(gift);
    }

    private void settle(Gift gift) throws IOException {
        try {
            gift.await(options.limit());
        } finally {
            gifts.remove(gift.number());
        }
    }

    private static void requireStill(Parcel parcel) {
        if (parcel.socket() != null && parcel.socket().isRegistered()) {
            throw new IllegalStateException(
                    "the socket is registered with a selector: cancel its key and let the selector"
                            + " select once (selectNow) before it is given");
        }
    }

    /** Freezes a context and offers it. Whatever fails before it is frozen is thrown; what fails later is settled. */
    private Gift begin(Parcel parcel, SocketTable table) throws GSSException, IOException {
        requireStill(parcel);
        try (PassedSocket socket = parcel.socket() == null ? null : table.find(parcel.socket())) {
            requireOpen();
            Offer offer = session.offer(parcel.context(), options.offer());
            Gift gift = new Gift(parcel, offer, numbers.getAndIncrement());
            gifts.put(gift.number(), gift);
            try {
                HandoffRecord record = new HandoffRecord(
                        offer.id(),
                        socket == null ? 0 : socket.inode(),
                        parcel.unread(),
                        parcel.unwritten(),
                        parcel.note());
                byte[] sealed = record.seal(sealer, offer.token().notAfter());
                connection.send(
                        Frame.offer(gift.number(), socket != null, offer.token().octets(), sealed),
                        socket == null ? null : socket.descriptor());
                requireOpen();
            } catch (GSSException | IOException | RuntimeException e) {
                gift.cut(e instanceof IOException cut ? cut : new IOException(e));
            } finally {
                offer.token().close();
            }
            return gift;
        }
    }

    private String reasonOfEnd() {
        IOException why = end;
        return why == null ? "it was closed here" : why.getMessage();
    }

    private void requireOpen() throws IOException {
        IOException ended = end;
        if (ended != null) {
            throw new IOException("the hand-over channel has ended: " + ended.getMessage(), ended);
        }
    }

    // Taking

    /**
     * Waits for a context of the peer's, and takes it. What cannot be taken is answered, logged and passed over.
     *
     * @return the context, live, and what came with it
     * @throws EOFException if the channel has ended, and nothing is left to take
     * @throws IOException if the thread is interrupted
     */
    public Handoff take() throws IOException {
        Optional<Handoff> taken = Optional.empty();
        while (taken.isEmpty()) {
            taken = take(Duration.ofHours(1));
        }
        return taken.get();
    }

    /**
     * Waits for a context of the peer's, and takes it. What cannot be taken is answered, logged and passed over.
     *
     * @param limit how long to wait
     * @return the context, live, and what came with it; empty if none came
     * @throws EOFException if the channel has ended, and nothing is left to take
     * @throws IOException if the thread is interrupted
     */
    public Optional<Handoff> take(Duration limit) throws IOException {
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

    // Receiving

    private void receive() {
        IOException why;
        try {
            while (true) {
                received(connection.receive());
            }
        } catch (IOException e) {
            why = e;
        } catch (RuntimeException e) {
            why = new IOException(e);
        }
        end = why;
        for (Gift gift : gifts.values()) {
            gift.cut(why);
        }
        incoming.add(END);
        closeConnection();
    }

    private void received(Connection.Received received) throws IOException {
        Frame frame = received.frame();
        switch (frame.type()) {
            case OFFER -> {
                if (incoming.size() >= HandoffOptions.MAX_WINDOW) {
                    throw new IOException(
                            "the peer offers more than " + HandoffOptions.MAX_WINDOW + " contexts at once");
                }
                incoming.add(new Incoming(frame, received.socket()));
                if (closed) {
                    dropAll();
                }
            }
            case TAKEN, RENOUNCED, DECLINED -> {
                Gift gift = gifts.get(frame.number());
                if (gift != null) {
                    gift.answered(frame);
                }
            }
            default -> throw new IOException("the peer sends " + frame.type() + " after the greeting");
        }
    }

    /**
     * Closes the connection and erases the session's keys. What was given and not answered is settled with the claim store, by
     * whoever gave it; what the peer offered and nobody took stays the peer's. Closing twice is harmless.
     */
    @Override
    public void close() {
        closed = true;
        closeConnection();
        dropAll();
        incoming.add(END);
        sealer.close();
        session.close();
        keys.close();
    }

    private void closeConnection() {
        try {
            connection.close();
        } catch (IOException e) {
            HandoffLog.debug("the connection could not be closed: {0}", e.getMessage());
        }
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

    /**
     * Names the peer.
     *
     * @return a text for messages
     */
    @Override
    public String toString() {
        return "HandoffChannel[" + peer + "]";
    }
}
