package dev.gssbaton.cli.dispatch;

import dev.gssbaton.cli.process.SharedSocket;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.newsclub.net.unix.AFGenericSocketAddress;
import org.newsclub.net.unix.AFServerSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A listening socket whose descriptor is known, so that another process can be given it.
 *
 * <p>The JDK binds it, which junixsocket cannot, and junixsocket accepts from it, since the JDK cannot from a descriptor that came
 * from elsewhere. What is accepted are channels of junixsocket's, whose descriptors are known too.
 *
 * <p>Safe for use by several threads.
 */
public final class Listening implements Closeable {
    private static final int BACKLOG = 1024;
    private static final int INET = 2;
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENS = "0A";

    /** What the kernel keeps for a client that sends faster than it is answered, or does not read its answers. */
    private static final int BUFFER_SIZE = 64 * 1024;

    private final AFServerSocketChannel<?> channel;
    private final Selector selector;
    private volatile boolean closed;
    private volatile boolean paused;

    private Listening(AFServerSocketChannel<?> channel, Selector selector) {
        this.channel = channel;
        this.selector = selector;
    }

    /** Begins to listen. */
    public static Listening at(InetSocketAddress address) throws IOException {
        try (ServerSocketChannel bound = ServerSocketChannel.open()) {
            // A port whose last connections are still winding down is free.
            bound.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bound.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_SIZE);
            bound.bind(address, BACKLOG);
            FileDescriptor known =
                    FileDescriptorCast.unsafeUsing(descriptor(bound)).getFileDescriptor();
            // A second descriptor: the JDK closes its own.
            return of(FileDescriptorCast.duplicating(known).getFileDescriptor());
        }
    }

    /** Goes on with a descriptor that listens, which it closes at the end, and closes if this fails. */
    public static Listening of(FileDescriptor descriptor) throws IOException {
        boolean done = false;
        try {
            ServerSocketChannel channel = FileDescriptorCast.using(descriptor).as(ServerSocketChannel.class);
            channel.configureBlocking(false);
            Selector selector = channel.provider().openSelector();
            channel.register(selector, SelectionKey.OP_ACCEPT);
            done = true;
            return new Listening((AFServerSocketChannel<?>) channel, selector);
        } finally {
            if (!done) {
                SharedSocket.close(descriptor);
            }
        }
    }

    /** Finds a listening channel's descriptor: the JDK keeps it to itself, but the system lists both. */
    private static int descriptor(ServerSocketChannel channel) throws IOException {
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        Set<String> sockets = new HashSet<>();
        for (String file : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            addListening(Path.of(file), port, sockets);
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                if (sockets.contains(target(each))) {
                    return Integer.parseInt(each.getFileName().toString());
                }
            }
        }
        throw new IOException("the descriptor of the listening socket cannot be found in /proc");
    }

    private static void addListening(Path file, int port, Set<String> sockets) throws IOException {
        String local = ":%04X".formatted(port);
        try {
            Files.readString(file, StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(fields ->
                            fields.length > INODE && fields[STATE].equals(LISTENS) && fields[LOCAL].endsWith(local))
                    .forEach(fields -> sockets.add("socket:[" + fields[INODE] + "]"));
        } catch (NoSuchFileException e) {
            // A system without IPv6.
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    /** Waits for a client; null when this is closed. The channel is the caller's, and blocks. */
    public synchronized SocketChannel accept() throws IOException {
        while (!closed) {
            if (paused) {
                awaitResumed();
                continue;
            }
            selector.select();
            selector.selectedKeys().clear();
            SocketChannel client = closed || paused ? null : channel.accept();
            if (client != null) {
                boolean done = false;
                try {
                    client.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_SIZE);
                    done = true;
                    return client;
                } finally {
                    if (!done) {
                        client.close();
                    }
                }
            }
        }
        return null;
    }

    private synchronized void awaitResumed() throws InterruptedIOException {
        try {
            while (paused && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while nobody was let in");
        }
    }

    /** Lets nobody in from here on. Who connects waits, or is let in by another process that has the socket. */
    public void pause() {
        paused = true;
        selector.wakeup();
        synchronized (this) {
            // Whoever was being let in is in.
            notifyAll();
        }
    }

    /** Lets clients in again. */
    public synchronized void resume() {
        paused = false;
        notifyAll();
    }

    /** Returns the descriptor, for another process to go on with. */
    public FileDescriptor descriptor() throws IOException {
        return SharedSocket.descriptor(channel);
    }

    /** Returns where it listens. */
    public InetSocketAddress address() throws IOException {
        return address((AFGenericSocketAddress) channel.getLocalAddress());
    }

    /** Returns who is at the other end of a channel that was accepted, unless that one has hung up already. */
    static InetSocketAddress remoteAddress(SocketChannel client) throws IOException {
        AFGenericSocketAddress address = (AFGenericSocketAddress) client.getRemoteAddress();
        if (address == null) {
            throw new EOFException("its client hung up before it was let in");
        }
        return address(address);
    }

    /**
     * Reads what the system calls {@code sockaddr_in} or {@code sockaddr_in6}.
     *
     * <pre>
     * 0..1  family, in this machine's order | 2..3 port | 4..7 address
     * 0..1  family, in this machine's order | 2..3 port | 4..7 flow | 8..23 address
     * </pre>
     */
    private static InetSocketAddress address(AFGenericSocketAddress address) throws IOException {
        byte[] octets = address.toBytes();
        int family = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder()).getShort(0);
        int port = Short.toUnsignedInt(ByteBuffer.wrap(octets).getShort(2));
        byte[] host = family == INET ? Arrays.copyOfRange(octets, 4, 8) : Arrays.copyOfRange(octets, 8, 24);
        return new InetSocketAddress(InetAddress.getByAddress(host), port);
    }

    /** Stops listening, unless another process has the socket too. Who waits for a client is told. */
    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        synchronized (this) {
            notifyAll();
            if (selector.isOpen()) {
                SharedSocket.close(channel);
                selector.close();
            }
        }
    }
}
