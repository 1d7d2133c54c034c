package dev.gssbaton.cli.dispatch;

import dev.gssbaton.cli.worker.SessionNote;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** A client: its connection, until a worker has that. */
public final class Client implements AutoCloseable {
    private final String id = SessionNote.newId();
    private final SocketChannel channel;
    private final String address;
    private volatile String name;
    private volatile boolean evicted;

    Client(SocketChannel channel) throws IOException {
        this.channel = channel;
        InetSocketAddress from = Listening.remoteAddress(channel);
        this.address = from.getAddress().getHostAddress() + ":" + from.getPort();
    }

    /** Returns the connection. */
    public SocketChannel channel() {
        return channel;
    }

    /** Returns what goes with its context from process to process. */
    public SessionNote session() {
        return new SessionNote(id, toString());
    }

    String id() {
        return id;
    }

    /** Returns the client's name once it is authenticated, and before that its address. */
    @Override
    public String toString() {
        String known = name;
        return known == null ? address : known + " (" + address + ")";
    }

    boolean authenticated() {
        return name != null;
    }

    void authenticated(String as) {
        name = as;
    }

    /** Closes the connection to make room for another. */
    void evict() throws IOException {
        evicted = true;
        close();
    }

    boolean evicted() {
        return evicted;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
