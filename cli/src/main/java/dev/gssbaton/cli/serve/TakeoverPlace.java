package dev.gssbaton.cli.serve;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.cli.worker.Stores;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * Where a running {@code baton serve} waits for the next generation: a UNIX-domain socket in the directory of keys and claims, which
 * belongs to the account alone, one for each address and port. So who has another directory finds nobody.
 */
final class TakeoverPlace {
    private final AccountDirectory directory;
    private final Path path;

    private TakeoverPlace(AccountDirectory directory, Path path) {
        this.directory = directory;
        this.path = path;
    }

    static TakeoverPlace of(Stores stores, InetSocketAddress address) throws IOException {
        AccountDirectory directory =
                stores.directory() == null ? AccountDirectory.ofUser() : AccountDirectory.at(stores.directory());
        String name = "serve-" + address.getAddress().getHostAddress() + "-" + address.getPort();
        return new TakeoverPlace(directory, directory.path().toAbsolutePath().resolve(name));
    }

    /** Connects to who waits there; empty if nobody does. */
    Optional<ControlConnection> connect() throws IOException {
        directory.check();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.isSymbolicLink(path)) {
            throw new IOException(path + " is a symbolic link: remove it");
        }
        AFUNIXSocketChannel channel = AFUNIXSocketChannel.open();
        boolean connected = false;
        try {
            channel.connect(AFUNIXSocketAddress.of(path));
            connected = true;
        } catch (IOException e) {
            // What a process left that has ended.
            return Optional.empty();
        } finally {
            if (!connected) {
                channel.close();
            }
        }
        return Optional.of(new ControlConnection(channel));
    }

    /** Begins to wait there. What a process left there that has ended is removed. */
    Waiting await() throws IOException {
        directory.check();
        Optional<ControlConnection> other = connect();
        if (other.isPresent()) {
            other.get().close();
            throw new IOException("another process waits at " + path);
        }
        Files.deleteIfExists(path);
        AFUNIXServerSocketChannel listener = AFUNIXServerSocketChannel.open();
        boolean bound = false;
        try {
            listener.bind(AFUNIXSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            bound = true;
            return new Waiting(listener, path);
        } finally {
            if (!bound) {
                listener.close();
            }
        }
    }

    /**
     * Waits for the next generation.
     *
     * @param listener the socket
     * @param path its file, deleted with it
     */
    record Waiting(AFUNIXServerSocketChannel listener, Path path) implements Closeable {
        /** Returns who connects next; null when this is closed. */
        AFUNIXSocketChannel accept() throws IOException {
            try {
                return listener.accept();
            } catch (IOException e) {
                if (!listener.isOpen()) {
                    return null;
                }
                throw e;
            }
        }

        boolean isOpen() {
            return listener.isOpen();
        }

        @Override
        public void close() throws IOException {
            if (listener.isOpen()) {
                // First the file: afterwards it may be another's.
                Files.deleteIfExists(path);
                listener.close();
            }
        }
    }
}
