package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for processes to connect that give or take contexts.
 *
 * <p>Its socket stands in a directory of mode 0700 that belongs to this account, is made if its parent is there, and is refused if
 * it has another owner, looser permissions or is a symbolic link. For processes of several accounts it is one that root made, of mode
 * 1770 and a group that they share; then the policy says which account is allowed, and the claims are shared in the same way.
 *
 * <p>Safe for use by several threads. Daemon threads of its own accept and greet.
 */
public final class HandoffListener implements Closeable {
    private final SocketPlace place;
    private final Reception reception;
    private final Object file;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HandoffListener(SocketPlace place, HandoffOptions options) throws IOException {
        this.place = place;
        this.reception = new Reception(place.bind(), place.path(), options);
        this.file = fileKey();
    }

    /**
     * Binds a listener whose contexts belong to a manager with the defaults.
     *
     * @param path where its socket is to stand
     * @param policy which peers are allowed
     * @return the listener, the caller's
     * @throws IOException if the directory is not this account's alone, or another process listens there; the message says what to do
     */
    public static HandoffListener bind(Path path, PeerPolicy policy) throws IOException {
        return bind(path, HandoffOptions.of(BatonManager.withDefaults()).withPolicy(policy));
    }

    /**
     * Binds a listener.
     *
     * @param path where its socket is to stand
     * @param options how to give and to take
     * @return the listener, the caller's
     * @throws IOException if the directory is not this account's alone, or another process listens there; the message says what to do
     */
    public static HandoffListener bind(Path path, HandoffOptions options) throws IOException {
        return new HandoffListener(SocketPlace.of(path), options);
    }

    /**
     * Gives the path.
     *
     * @return where its socket stands, absolute
     */
    public Path path() {
        return place.path();
    }

    /**
     * Waits for a peer that is allowed and has been greeted. Others are told that they are not allowed, logged, and passed over, as is
     * one that does not greet within the limit of the options.
     *
     * <p>Peers are greeted while a thread is in this method: up to 16 side by side, so that a silent one keeps no other waiting, and the
     * first that is greeted is returned first. Those beyond 16 wait in the system's queue.
     *
     * @return a channel, the caller's
     * @throws ClosedChannelException if this listener is closed
     * @throws IOException if no peer can be waited for, or the thread is interrupted
     */
    public HandoffChannel accept() throws IOException {
        return reception.next();
    }

    private Object fileKey() throws IOException {
        return Files.readAttributes(place.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /**
     * Stops listening, and removes the socket's file unless another listener has put its own there. Peers that are being greeted, or were
     * and have not been returned, see the connection end; channels that {@link #accept} returned stay.
     */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        // First the file, while the socket behind it keeps its number from any other.
        try {
            if (Files.exists(place.path(), LinkOption.NOFOLLOW_LINKS)
                    && fileKey().equals(file)) {
                Files.deleteIfExists(place.path());
            }
        } finally {
            reception.close();
        }
    }

    /**
     * Names the path.
     *
     * @return a text for messages
     */
    @Override
    public String toString() {
        return "HandoffListener[" + place.path() + "]";
    }
}
