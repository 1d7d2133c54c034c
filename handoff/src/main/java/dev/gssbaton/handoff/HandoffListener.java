package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * Waits for processes to connect that give or take contexts.
 *
 * <p>Its socket stands in a directory of mode 0700 that belongs to this account, is made if its parent is there, and is refused if
 * it has another owner, looser permissions or is a symbolic link. For processes of several accounts it is one that root made, of mode
 * 1770 and a group that they share; then the policy says which account is allowed, and the claims are shared in the same way.
 *
 * <p>Safe for use by several threads.
 */
public final class HandoffListener implements Closeable {
    private final SocketPlace place;
    private final HandoffOptions options;
    private final AFUNIXServerSocketChannel listener;
    private final Object file;

    private HandoffListener(SocketPlace place, HandoffOptions options) throws IOException {
        this.place = place;
        this.options = options;
        this.listener = place.bind();
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
     * Waits for a peer that is allowed. Others are told that they are not, logged, and passed over.
     *
     * @return a channel, the caller's
     * @throws ClosedChannelException if this listener is closed
     * @throws IOException if no peer can be waited for
     */
    public HandoffChannel accept() throws IOException {
        while (true) {
            AFUNIXSocketChannel accepted;
            try {
                accepted = listener.accept();
            } catch (IOException e) {
                if (!listener.isOpen()) {
                    ClosedChannelException closed = new ClosedChannelException();
                    closed.initCause(e);
                    throw closed;
                }
                throw e;
            }
            try {
                return new HandoffChannel(new Connection(accepted, options.limit()), Greeting.End.ACCEPTED, options);
            } catch (IOException e) {
                HandoffLog.warn("a process that connected to {0} was not let in: {1}", place.path(), e.getMessage());
            }
        }
    }

    private Object fileKey() throws IOException {
        return Files.readAttributes(place.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Stops listening, and removes the socket's file unless another listener has put its own there. Channels stay. */
    @Override
    public void close() throws IOException {
        listener.close();
        if (Files.exists(place.path(), LinkOption.NOFOLLOW_LINKS) && fileKey().equals(file)) {
            Files.deleteIfExists(place.path());
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
