package dev.gssbaton.handoff;

import dev.gssbaton.Offer;
import dev.gssbaton.TransferSession;
import dev.gssbaton.seal.TokenSealer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;

/** The giver's part of a channel: what is frozen and offered here, until it is settled who has it. Safe for use by several threads. */
final class Giving {
    private final Connection connection;
    private final HandoffOptions options;
    private final TransferSession session;
    private final TokenSealer sealer;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Gift> gifts = new ConcurrentHashMap<>();
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

    private void requireOpen() throws IOException {
        IOException ended = end;
        if (ended != null) {
            throw new IOException("the hand-over channel has ended: " + ended.getMessage(), ended);
        }
    }

    /** The peer says what became of an offer. */
    void answered(Frame frame) throws IOException {
        Gift gift = gifts.get(frame.number());
        if (gift != null) {
            gift.answered(frame);
        }
    }

    /** Nothing more will be heard. */
    void end(IOException why) {
        end = why;
        for (Gift gift : gifts.values()) {
            gift.cut(why);
        }
    }
}
