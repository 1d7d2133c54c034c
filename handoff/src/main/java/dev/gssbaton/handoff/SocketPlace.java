package dev.gssbaton.handoff;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.FileStatus;
import dev.gssbaton.account.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * Where a listener's socket stands: in a directory of this account's alone, so that nobody else puts one of theirs there; or, for
 * processes of several accounts, in one of root's that a group shares, where the peer's policy tells members apart.
 */
final class SocketPlace {
    private static final int PERMISSIONS = 07777;
    private static final int SHARED = 01770;

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
     * @param limit how long it may take to read a frame
     */
    Connection connect(Duration limit) throws IOException {
        if (isShared()) {
            SharedDirectory.at(path.getParent()).check();
        } else {
            directory.check();
        }
        AFUNIXSocketChannel channel = AFUNIXSocketChannel.open();
        boolean connected = false;
        try {
            channel.connect(AFUNIXSocketAddress.of(path));
            connected = true;
            return new Connection(channel, limit);
        } catch (IOException e) {
            throw new IOException("nobody listens for hand-overs at " + path + " (" + e.getMessage() + ")", e);
        } finally {
            if (!connected) {
                channel.close();
            }
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
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            requireLeftOver();
            Files.delete(path);
        }
        AFUNIXServerSocketChannel listener = AFUNIXServerSocketChannel.open();
        boolean bound = false;
        try {
            listener.bind(AFUNIXSocketAddress.of(path));
            if (shared) {
                letGroupConnect();
            } else {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            bound = true;
            return listener;
        } catch (IOException e) {
            throw new IOException("hand-overs cannot be listened for at " + path + " (" + e.getMessage() + ")", e);
        } finally {
            if (!bound) {
                listener.close();
            }
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

    private void requireLeftOver() throws IOException {
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(path + " is not a socket: move it away");
        }
        try (AFUNIXSocketChannel channel = AFUNIXSocketChannel.open()) {
            channel.connect(AFUNIXSocketAddress.of(path));
        } catch (IOException e) {
            return;
        }
        throw new IOException(
                "another process listens for hand-overs at " + path + ": end it first, or use another path");
    }
}
