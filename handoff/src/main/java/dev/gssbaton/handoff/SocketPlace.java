package dev.gssbaton.handoff;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.FileStatus;
import dev.gssbaton.account.SharedDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.ConnectionRefusedSocketException;

/**
 * Where a listener's socket stands: in a directory of this account's alone, so that nobody else puts one of theirs there; or, for
 * processes of several accounts, in one of root's that a group shares, where the peer's policy tells members apart.
 */
final class SocketPlace {
    private static final int PERMISSIONS = 07777;
    private static final int SHARED = 01770;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Path path;
    private final AccountDirectory directory;

    private SocketPlace(Path path) {
        this.path = path;
        this.directory = AccountDirectory.at(path.getParent());
    }

    static SocketPlace of(Path path) {
        return new SocketPlace(path.toAbsolutePath().normalize());
    }

    Path path() {
        return path;
    }

    /**
     * Connects to a listener.
     *
     * @param limit how long it may take: a listener that does not accept has a queue that may be full; and to read a frame
     */
    Connection connect(Duration limit) throws IOException {
        if (isShared()) {
            SharedDirectory.at(path.getParent()).check();
        } else {
            directory.check();
        }
        long begin = System.nanoTime();
        try {
            Optional<AFUNIXSocketChannel> channel = tryToConnect();
            while (channel.isEmpty()) {
                if (System.nanoTime() - begin >= limit.toNanos()) {
                    throw new IOException("its queue has been full for " + limit + ": is it stopped?");
                }
                rest();
                channel = tryToConnect();
            }
            return connection(channel.get(), limit);
        } catch (IOException e) {
            throw new IOException("nobody listens for hand-overs at " + path + " (" + e.getMessage() + ")", e);
        }
    }

    private static Connection connection(AFUNIXSocketChannel channel, Duration limit) throws IOException {
        boolean done = false;
        try {
            channel.configureBlocking(true);
            Connection connection = new Connection(channel, limit);
            done = true;
            return connection;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    /** Connects without waiting; gives nothing if the listener's queue is full. */
    private Optional<AFUNIXSocketChannel> tryToConnect() throws IOException {
        AFUNIXSocketChannel channel = AFUNIXSocketChannel.open();
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            connected = channel.connect(AFUNIXSocketAddress.of(path));
            return connected ? Optional.of(channel) : Optional.empty();
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    private static void rest() throws IOException {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the thread was interrupted", e);
        }
    }

    /** Binds a listener; what a listener that has ended left there is removed. */
    AFUNIXServerSocketChannel bind() throws IOException {
        boolean shared = isShared();
        if (shared) {
            SharedDirectory.at(path.getParent()).check();
        } else {
            directory.make();
        }
        try {
            BindLock held = BindLock.of(path, shared);
            try {
                removeLeftOver();
                return listen(shared);
            } finally {
                held.close();
            }
        } catch (IOException e) {
            throw new IOException("hand-overs cannot be listened for at " + path + " (" + e.getMessage() + ")", e);
        }
    }

    private AFUNIXServerSocketChannel listen(boolean shared) throws IOException {
        AFUNIXServerSocketChannel listener = AFUNIXServerSocketChannel.open();
        boolean bound = false;
        try {
            // What stands there is removed here alone, and the listener's file by HandoffListener, before it is closed.
            listener.socket().setReuseAddress(false);
            listener.socket().setDeleteOnClose(false);
            listener.bind(AFUNIXSocketAddress.of(path));
            if (shared) {
                letGroupConnect();
            } else {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            bound = true;
            return listener;
        } finally {
            if (!bound) {
                listener.close();
            }
        }
    }

    private void removeLeftOver() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || isGone()) {
            return;
        }
        try {
            Files.deleteIfExists(path);
        } catch (FileSystemException e) {
            throw new IOException(
                    "a listener of account " + FileStatus.of(path).owner()
                            + " that has ended left its socket: ask that account to remove it",
                    e);
        }
    }

    /** What is neither this nor a private directory is refused as a private one that is not as it must be. */
    private boolean isShared() throws IOException {
        if (!Files.isDirectory(path.getParent(), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        FileStatus status = FileStatus.of(path.getParent());
        return status.owner() == 0 && (status.mode() & PERMISSIONS) == SHARED;
    }

    private void letGroupConnect() throws IOException {
        GroupPrincipal group = Files.readAttributes(
                        path.getParent(), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .group();
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setGroup(group);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    }

    /** Says whether the socket has gone by itself; if it has a listener, or that cannot be told, that is an error. */
    private boolean isGone() throws IOException {
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new IOException(path + " is not a socket: move it away");
            }
            Optional<AFUNIXSocketChannel> living = tryToConnect();
            if (living.isPresent()) {
                living.get().close();
            }
        } catch (ConnectionRefusedSocketException e) {
            // The one thing that says that nobody listens; whatever else fails says nothing.
            return false;
        } catch (IOException e) {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
            throw e;
        }
        throw new IOException(
                "another process listens for hand-overs at " + path + ": end it first, or use another path");
    }
}
