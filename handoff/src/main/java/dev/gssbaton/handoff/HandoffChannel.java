package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.TransferSession;
import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.TokenSealer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
 * <p>A thread that is interrupted harms no other's hand-over: what is being sent is sent in whole. Its own are settled at once: one that
 * gives asks the claim store without waiting for the answer any longer, one that takes claims once, and gives back what it could not
 * claim.
 *
 * <p>Safe for use by several threads. One daemon thread receives.
 */
public final class HandoffChannel implements Closeable {
    private final Connection connection;
    private final Peer peer;
    private final RecipientKeys keys;
    private final TransferSession session;
    private final TokenSealer sealer;
    private final Giving giving;
    private final Taking taking;

    /** Greets a peer that is connected; closes the connection if either end does not allow the other. */
    HandoffChannel(Connection connection, Greeting.End end, HandoffOptions options) throws IOException {
        this(connection, end, options, options.limit());
    }

    private HandoffChannel(Connection connection, Greeting.End end, HandoffOptions options, Duration greeting)
            throws IOException {
        this.connection = connection;
        boolean greeted = false;
        try {
            peer = connection.peer();
            keys = new Greeting(connection, peer, options)
                    .exchange(end, options.manager().claimStoreId(), greeting);
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
        giving = new Giving(connection, options, session, sealer);
        taking = new Taking(connection, options, session, sealer);
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
     * @throws IOException if there is no listener, or its directory is not this account's alone, or it does not accept and greet within
     *     the limit of the options, or the thread is interrupted
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
     * @throws IOException if there is no listener, or its directory is not this account's alone, or it does not accept and greet within
     *     the limit of the options, or the thread is interrupted
     */
    public static HandoffChannel connect(Path path, HandoffOptions options) throws IOException {
        long begin = System.nanoTime();
        Connection connection = SocketPlace.of(path).connect(options.limit());
        Duration left = options.limit().minusNanos(System.nanoTime() - begin);
        return new HandoffChannel(
                connection, Greeting.End.CONNECTED, options, left.isNegative() ? Duration.ZERO : left);
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
        return giving.give(parcel);
    }

    /**
     * Gives many contexts, so many at once as the options say, though at most 32 with a socket, and waits until it is settled for each who
     * has it. A context that cannot be offered stays as it was; the others go on.
     *
     * <p>If {@code progress} throws, no more are offered. Those that are frozen are settled, and {@code progress} is told of them too,
     * before it is thrown on.
     *
     * @param parcels the contexts, and what goes with them
     * @param progress is told of each as soon as it is settled, in their order
     * @return what became of each that was offered, in their order
     * @throws IllegalStateException if a socket is registered with a selector; nothing is given then
     */
    public List<Gift> giveAll(Collection<Parcel> parcels, Consumer<Gift> progress) {
        return giving.giveAll(parcels, Objects.requireNonNull(progress, "progress"));
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
        return taking.take(limit);
    }

    // Receiving

    private void receive() {
        IOException why = receiveAll();
        closeConnection();
        giving.end(why);
        taking.end(why);
    }

    /** Receives until it fails, and says why: whatever that is, be it the memory, who waits must be told. */
    private IOException receiveAll() {
        try {
            while (true) {
                received(connection.receive());
            }
        } catch (IOException e) {
            return e;
        } catch (RuntimeException | Error e) {
            return new IOException("receiving failed: " + e, e);
        }
    }

    private void received(Connection.Received received) throws IOException {
        Frame frame = received.frame();
        switch (frame.type()) {
            case OFFER -> taking.offered(offered(received), received.socket());
            case TAKEN, RENOUNCED, DECLINED -> giving.answered(frame.answer());
            case WITHDRAWN -> taking.withdrawn(frame.withdrawn());
            default -> throw new IOException("the peer sends " + frame.type() + " after the greeting");
        }
    }

    private static Offered offered(Connection.Received received) throws IOException {
        boolean whole = false;
        try {
            Offered offered = received.frame().offered();
            whole = true;
            return offered;
        } finally {
            if (!whole && received.socket() != null) {
                received.socket().close();
            }
        }
    }

    /**
     * Closes the connection and erases the session's keys. What was given and not answered is settled with the claim store, by
     * whoever gave it; what the peer offered and nobody took stays the peer's. Closing twice is harmless.
     */
    @Override
    public void close() {
        closeConnection();
        taking.close();
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
