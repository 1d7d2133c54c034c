package dev.gssbaton.handoff;

import dev.gssbaton.Offer;
import dev.gssbaton.TransferSession;
import dev.gssbaton.seal.TokenSealer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** The giver's part of a channel: what is frozen and offered here, until it is settled who has it. Safe for use by several threads. */
final class Giving {
    /**
     * How many sockets are offered at once: fewer than the descriptors that the receiver lets wait, with room for those of offers that
     * were withdrawn.
     */
    static final int MOST_SOCKETS = 32;

    private static final Duration FOR_THE_LATE = Duration.ofMinutes(1);

    private final Connection connection;
    private final HandoffOptions options;
    private final TransferSession session;
    private final TokenSealer sealer;

    private final AtomicInteger numbers = new AtomicInteger();
    /** Offered, and not settled. */
    private final Map<Integer, Gift> gifts = new ConcurrentHashMap<>();

    private final Semaphore sockets = new Semaphore(MOST_SOCKETS);
    private volatile IOException end;

    Giving(Connection connection, HandoffOptions options, TransferSession session, TokenSealer sealer) {
        this.connection = connection;
        this.options = options;
        this.session = session;
        this.sealer = sealer;
    }

    Gift give(Parcel parcel) throws GSSException, IOException {
        Gift gift = begin(parcel, new SocketTable());
        settle(gift);
        return gift;
    }

    List<Gift> giveAll(Collection<Parcel> parcels, Consumer<Gift> progress) {
        parcels.forEach(Giving::requireStill);
        SocketTable table = new SocketTable();
        List<Gift> all = new ArrayList<>();
        Deque<Gift> open = new ArrayDeque<>();
        Progress told = new Progress(progress);
        for (Parcel parcel : parcels) {
            while (!open.isEmpty() && (open.size() >= options.window() || mustWait(parcel))) {
                finish(open.remove(), told);
            }
            if (told.hasFailed()) {
                break;
            }
            try {
                Gift gift = begin(parcel, table);
                open.add(gift);
                all.add(gift);
            } catch (GSSException | IOException | RuntimeException e) {
                HandoffLog.warn("a context was not offered, and stays: {0}", e.getMessage());
            }
        }
        open.forEach(gift -> finish(gift, told));
        told.requireNoFailure();
        return all;
    }

    private boolean mustWait(Parcel parcel) {
        return parcel.socket() != null && sockets.availablePermits() == 0;
    }

    /** Tells of what is settled, and keeps what the one who is told throws until nothing is frozen any more. */
    private static final class Progress {
        private final Consumer<Gift> told;
        private RuntimeException failure;

        Progress(Consumer<Gift> told) {
            this.told = told;
        }

        void tell(Gift gift) {
            try {
                told.accept(gift);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }

        boolean hasFailed() {
            return failure != null;
        }

        void requireNoFailure() {
            if (failure != null) {
                throw failure;
            }
        }
    }

    private void finish(Gift gift, Progress progress) {
        try {
            settle(gift);
        } catch (IOException e) {
            HandoffLog.warn("token {0}: its socket could not be closed here: {1}", gift.id(), e.getMessage());
        }
        progress.tell(gift);
    }

    private void settle(Gift gift) throws IOException {
        gift.await(wait(gift.offer()), options.limit());
    }

    private Duration wait(Offer offer) {
        return wait(options.limit(), offer.lifetime());
    }

    /**
     * How long the answer is waited for: as long as the token can be claimed, and a while for the one who claims too late and gives back.
     * Some minutes later the context could not be had back.
     */
    static Duration wait(Duration limit, Duration lifetime) {
        Duration most = lifetime.plus(FOR_THE_LATE);
        return most.compareTo(limit) < 0 ? most : limit;
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
        PassedSocket socket = parcel.socket() == null ? null : table.find(parcel.socket());
        try {
            requireOpen();
            return offer(parcel, socket);
        } finally {
            if (socket != null) {
                close(socket);
            }
        }
    }

    private static void close(PassedSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            HandoffLog.warn("a descriptor that was sent could not be closed here: {0}", e.getMessage());
        }
    }

    private Gift offer(Parcel parcel, PassedSocket socket) throws GSSException, IOException {
        Gift gift = freeze(parcel);
        Offer offer = gift.offer();
        try {
            HandoffRecord record = new HandoffRecord(
                    offer.id(),
                    socket == null ? 0 : socket.inode(),
                    parcel.unread(),
                    parcel.unwritten(),
                    parcel.note());
            byte[] sealed = record.seal(sealer, offer.token().notAfter());
            connection.send(
                    Frame.offer(new Offered(
                            gift.number(), wait(offer), offer.token().octets(), sealed)),
                    socket == null ? null : socket.descriptor());
            requireOpen();
        } catch (GSSException | IOException | RuntimeException e) {
            gift.cut(e instanceof IOException cut ? cut : new IOException(e));
            release(gift);
        } finally {
            offer.token().close();
        }
        return gift;
    }

    private Gift freeze(Parcel parcel) throws GSSException, IOException {
        acquire(parcel);
        boolean frozen = false;
        try {
            Offer offer = session.offer(parcel.context(), options.offer());
            frozen = true;
            Gift gift = new Gift(parcel, offer, numbers.getAndIncrement(), this::settled);
            gifts.put(gift.number(), gift);
            return gift;
        } finally {
            if (!frozen && parcel.socket() != null) {
                sockets.release();
            }
        }
    }

    private void acquire(Parcel parcel) throws IOException {
        if (parcel.socket() == null || sockets.tryAcquire()) {
            return;
        }
        try {
            if (!sockets.tryAcquire(options.limit().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(MOST_SOCKETS
                        + " sockets were offered to the peer, and none of them was answered for " + options.limit());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the thread was interrupted before the context was offered", e);
        }
    }

    private void requireOpen() throws IOException {
        IOException ended = end;
        if (ended != null) {
            throw new IOException("the hand-over channel has ended: " + ended.getMessage(), ended);
        }
    }

    /** The peer says what became of an offer. */
    void answered(Answer answer) {
        Gift gift = gifts.get(answer.number());
        if (gift != null) {
            gift.answered(answer);
            release(gift);
        }
    }

    /** It is settled who has it, and an answer that comes later changes nothing. */
    private void settled(Gift gift) {
        gifts.remove(gift.number());
        release(gift);
        if (gift.state() == Offer.State.KEPT && gift.isPending()) {
            withdraw(gift);
        }
    }

    private void release(Gift gift) {
        if (gift.leaves()) {
            sockets.release();
        }
    }

    /** Tells the receiver that it need not take what is kept here, so that it closes its copy of the socket. */
    private void withdraw(Gift gift) {
        try {
            connection.send(Frame.withdrawn(gift.number()));
        } catch (IOException e) {
            HandoffLog.debug(
                    "token {0}: the receiver could not be told that it is kept: {1}", gift.id(), e.getMessage());
        }
    }

    /** Nothing more will be heard. */
    void end(IOException why) {
        end = why;
        for (Gift gift : gifts.values()) {
            gift.cut(why);
            release(gift);
        }
    }
}
