package dev.gssbaton.handoff;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * Frames and descriptors over a UNIX-domain socket. One thread receives; any thread sends, interrupted or not.
 *
 * <p>A frame that comes with a descriptor says so in its length, and the descriptor comes with the octet that follows: only that one
 * octet is read with room for descriptors. The system closes whatever comes with others, so that it never becomes this process's.
 */
final class Connection implements Closeable {
    /**
     * How many descriptors of a peer's may wait at once. One message may bring 253, and junixsocket has room for 60: those of a larger
     * message would be this process's, and nobody would know their numbers. So nothing is read with room for descriptors while more wait.
     */
    static final int MOST_DESCRIPTORS = 60;

    private static final int NO_ROOM = 0;
    /** What junixsocket makes of every size but zero. */
    private static final int ROOM = 256;

    private static final int CHUNK = 64 * 1024;
    private static final Duration PAUSE = Duration.ofMillis(1);

    /** Ends connections whose peer is late. */
    private static final ScheduledThreadPoolExecutor WATCHDOG = watchdog();

    private final AFUNIXSocketChannel channel;
    private final Duration limit;
    private final WaitingDescriptors waiting;
    private final Object sending = new Object();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    private volatile int mostOctets = Frame.MAX_GREETING;

    /**
     * Takes over a connected channel.
     *
     * @param channel the channel
     * @param limit how long the peer may take to read a frame
     */
    Connection(AFUNIXSocketChannel channel, Duration limit) throws IOException {
        this.channel = channel;
        this.limit = limit;
        this.waiting = WaitingDescriptors.of(channel.getFileDescriptor());
        channel.setAncillaryReceiveBufferSize(NO_ROOM);
    }

    /** Lets larger frames come, and descriptors: both ends know each other. */
    void greeted() {
        mostOctets = Frame.MAX_LENGTH;
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
                processGroup = status.processGroup();
                ancestors = status.ancestors();
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
     * Sends a frame, and with it a descriptor, which stays the caller's. If it cannot be sent in whole, the connection is closed: nobody
     * could tell where the next frame begins. That the thread is interrupted, before or meanwhile, is no reason: others use the
     * connection too, and the peer would go on waiting for what this frame says.
     */
    void send(Frame frame, FileDescriptor descriptor) throws IOException {
        byte[] octets = frame.encode();
        int announced = descriptor == null ? 0 : Frame.WITH_DESCRIPTOR;
        byte[] header = ByteBuffer.allocate(Frame.HEADER_SIZE)
                .putInt(octets.length | announced)
                .array();
        synchronized (sending) {
            Watch watch = watch(limit);
            boolean interrupted = Thread.interrupted();
            boolean sent = false;
            try {
                if (descriptor == null) {
                    interrupted |= write(together(header, octets));
                } else {
                    interrupted |= write(header);
                    channel.setOutboundFileDescriptors(descriptor);
                    interrupted |= write(octets);
                }
                sent = true;
            } catch (IOException e) {
                throw watch.isLate() ? new IOException("the peer has not read for " + limit, e) : e;
            } finally {
                watch.close();
                if (!sent) {
                    channel.close();
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static byte[] together(byte[] header, byte[] octets) {
        return ByteBuffer.allocate(header.length + octets.length)
                .put(header)
                .put(octets)
                .array();
    }

    /** Writes all, and says whether the thread was interrupted. A stream, since a channel is closed by an interruption. */
    private boolean write(byte[] octets) throws IOException {
        OutputStream out = channel.socket().getOutputStream();
        boolean interrupted = false;
        int written = 0;
        while (written < octets.length) {
            try {
                out.write(octets, written, octets.length - written);
                written = octets.length;
            } catch (InterruptedIOException e) {
                // Only when it had written a part.
                interrupted |= Thread.interrupted();
                written += e.bytesTransferred;
            }
        }
        return interrupted;
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
        byte[] header = new byte[Frame.HEADER_SIZE];
        read(header, 0);
        int word = ByteBuffer.wrap(header).getInt();
        int length = word & ~Frame.WITH_DESCRIPTOR;
        if (length < 1 || length > mostOctets) {
            throw new IOException("a frame of " + length + " octets");
        }
        byte[] octets = new byte[length];
        if (word == length) {
            read(octets, 0);
            return new Received(Frame.decode(octets), null);
        }
        PassedSocket socket = readWithSocket(octets);
        boolean whole = false;
        try {
            if (FrameType.of(octets[0]) != FrameType.OFFER) {
                throw new IOException("a descriptor with " + FrameType.of(octets[0]));
            }
            read(octets, 1);
            Received received = new Received(Frame.decode(octets), socket);
            whole = true;
            return received;
        } finally {
            if (!whole) {
                socket.close();
            }
        }
    }

    private void read(byte[] octets, int from) throws IOException {
        for (int at = from; at < octets.length; ) {
            at += read(octets, at, octets.length - at);
        }
    }

    private int read(byte[] octets, int at, int most) throws IOException {
        chunk.clear().limit(Math.min(most, chunk.capacity()));
        int count = channel.read(chunk);
        if (count < 0) {
            throw new EOFException("the peer has closed the connection");
        }
        chunk.flip().get(octets, at, count);
        return count;
    }

    /** Reads the first octet, and the socket that comes with it. */
    private PassedSocket readWithSocket(byte[] octets) throws IOException {
        if (mostOctets == Frame.MAX_GREETING) {
            throw new IOException("a descriptor before the greeting");
        }
        awaitDescriptor();
        channel.setAncillaryReceiveBufferSize(ROOM);
        FileDescriptor[] all;
        try {
            read(octets, 0, 1);
        } finally {
            channel.setAncillaryReceiveBufferSize(NO_ROOM);
            all = channel.getReceivedFileDescriptors();
        }
        if (all.length != 1) {
            for (FileDescriptor each : all) {
                PassedSocket.close(each);
            }
            throw new IOException("the peer sends " + all.length + " descriptors where one belongs");
        }
        return PassedSocket.received(all[0]);
    }

    /** Waits for what the peer sends right after it has announced it, and looks how many come. */
    private void awaitDescriptor() throws IOException {
        long begin = System.nanoTime();
        while (waiting.isKnown()) {
            boolean come = channel.socket().getInputStream().available() > 0;
            int count = waiting.count();
            if (count > MOST_DESCRIPTORS) {
                throw new IOException("the peer sends " + count + " descriptors at once: at most " + MOST_DESCRIPTORS);
            }
            if (count > 0) {
                return;
            }
            if (come || System.nanoTime() - begin >= limit.toNanos()) {
                throw new IOException("an offer without the descriptor that it says it has");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Closes the connection, and what came over it and was not received. A thread that sends or receives is told. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
