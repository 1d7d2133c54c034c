package dev.gssbaton.handoff;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * Frames and descriptors over a UNIX-domain socket. One thread receives; any thread sends.
 *
 * <p>The system delivers a descriptor with the first octet of the message that it was sent with, and never two at once. So
 * descriptors come in the order of the frames that say that they have one.
 */
final class Connection implements Closeable {
    private static final int ANCILLARY_SIZE = 1024;
    private static final int FIRST_CAPACITY = 64 * 1024;
    /** As many as one end may offer before the other takes any. */
    private static final int MAX_DESCRIPTORS = HandoffOptions.MAX_WINDOW;

    /** Ends connections whose peer is late. */
    private static final ScheduledThreadPoolExecutor WATCHDOG = watchdog();

    private final AFUNIXSocketChannel channel;
    private final Duration limit;
    private final Object sending = new Object();
    private final Deque<FileDescriptor> descriptors = new ArrayDeque<>();
    private ByteBuffer received = ByteBuffer.allocateDirect(FIRST_CAPACITY).flip();

    /**
     * Takes over a connected channel.
     *
     * @param channel the channel
     * @param limit how long the peer may take to read a frame
     */
    Connection(AFUNIXSocketChannel channel, Duration limit) {
        this.channel = channel;
        this.limit = limit;
        channel.setAncillaryReceiveBufferSize(ANCILLARY_SIZE);
    }

    private static ScheduledThreadPoolExecutor watchdog() {
        ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "baton-handoff-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        watchdog.setRemoveOnCancelPolicy(true);
        return watchdog;
    }

    /** Says who is at the other end. */
    Peer peer() throws IOException {
        AFUNIXSocketCredentials credentials = channel.getPeerCredentials();
        if (credentials == null || credentials.getUid() < 0) {
            throw new IOException("the system does not say who the peer is");
        }
        long pid = Math.max(0, credentials.getPid());
        long processGroup = 0;
        List<Long> ancestors = List.of();
        if (pid > 0) {
            try {
                ProcessStatus status = ProcessStatus.of(pid);
                ancestors = status.ancestors();
                processGroup = status.processGroup();
            } catch (IOException e) {
                // It has ended, or cannot be looked at: a policy that asks for either does not allow it.
            }
        }
        return new Peer(pid, credentials.getUid(), credentials.getGid(), processGroup, ancestors);
    }

    /**
     * Ends the connection unless it is closed in time: a thread that sends or receives is told then. It does not matter how often the peer
     * sends an octet meanwhile.
     *
     * @param limit the time
     */
    Watch watch(Duration limit) {
        return new Watch(limit);
    }

    /** Watches over what a peer is to do in time. */
    final class Watch implements AutoCloseable {
        private final ScheduledFuture<?> end;
        private volatile boolean late;

        private Watch(Duration limit) {
            end = WATCHDOG.schedule(this::strike, limit.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void strike() {
            late = true;
            try {
                channel.close();
            } catch (IOException e) {
                HandoffLog.debug("a connection whose peer is late could not be closed: {0}", e.getMessage());
            }
        }

        /** Says whether the connection was ended because the peer was late. */
        boolean isLate() {
            return late;
        }

        @Override
        public void close() {
            end.cancel(false);
        }
    }

    void send(Frame frame) throws IOException {
        send(frame, null);
    }

    /**
     * Sends a frame, and with its first octet a descriptor, which stays the caller's. If it cannot be sent in whole, the connection is
     * closed: nobody could tell where the next frame begins.
     */
    void send(Frame frame, FileDescriptor descriptor) throws IOException {
        ByteBuffer octets = frame.encode();
        synchronized (sending) {
            Watch watch = watch(limit);
            boolean sent = false;
            try {
                if (descriptor != null) {
                    channel.setOutboundFileDescriptors(descriptor);
                }
                while (octets.hasRemaining()) {
                    channel.write(octets);
                }
                sent = true;
            } catch (IOException e) {
                throw watch.isLate() ? new IOException("the peer has not read for " + limit, e) : e;
            } finally {
                watch.close();
                if (!sent) {
                    channel.close();
                }
            }
        }
    }

    /**
     * A frame that was received.
     *
     * @param frame the frame
     * @param socket what came with it, the receiver's to close; or null
     */
    record Received(Frame frame, PassedSocket socket) {}

    /** Waits for the next frame. */
    Received receive() throws IOException {
        Frame frame = Frame.decode(received);
        while (frame == null) {
            fill();
            frame = Frame.decode(received);
        }
        if (!frame.hasDescriptor()) {
            return new Received(frame, null);
        }
        FileDescriptor descriptor = descriptors.poll();
        if (descriptor == null) {
            throw new IOException("an offer without the descriptor that it says it has");
        }
        return new Received(frame, PassedSocket.received(descriptor));
    }

    private void fill() throws IOException {
        received.compact();
        if (!received.hasRemaining()) {
            received = ByteBuffer.allocateDirect(2 * received.capacity()).put(received.flip());
        }
        int count;
        try {
            count = channel.read(received);
        } finally {
            received.flip();
        }
        for (FileDescriptor descriptor : channel.getReceivedFileDescriptors()) {
            descriptors.add(descriptor);
        }
        if (descriptors.size() > MAX_DESCRIPTORS) {
            throw new IOException("the peer sends more than " + MAX_DESCRIPTORS + " descriptors at once");
        }
        if (count < 0) {
            throw new EOFException("the peer has closed the connection");
        }
    }

    /** Closes the connection, and what came over it and was not received. A thread that sends or receives is told. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
