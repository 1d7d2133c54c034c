package dev.gssbaton.cli.serve;

import dev.gssbaton.cli.process.SharedSocket;
import dev.gssbaton.handoff.Peer;
import dev.gssbaton.handoff.PeerPolicy;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * What two generations of {@code baton serve} say to each other, in lines: nothing secret, and once the listening socket's
 * descriptor. Either end checks first that the other is a process of its account.
 */
final class ControlConnection implements Closeable {
    private static final int MAX_LINE = 4096;
    private static final int ANCILLARY_SIZE = 1024;

    private final AFUNIXSocketChannel channel;
    private final long pid;
    private FileDescriptor descriptor;

    ControlConnection(AFUNIXSocketChannel channel) throws IOException {
        this.channel = channel;
        boolean done = false;
        try {
            channel.setAncillaryReceiveBufferSize(ANCILLARY_SIZE);
            AFUNIXSocketCredentials peer = channel.getPeerCredentials();
            if (peer == null || peer.getUid() < 0) {
                throw new IOException("the system does not say whose process is at the other end");
            }
            pid = peer.getPid();
            Optional<String> refusal = PeerPolicy.sameAccount()
                    .refusal(new Peer(Math.max(0, pid), peer.getUid(), peer.getGid(), 0, List.of()));
            if (refusal.isPresent()) {
                throw new IOException("process " + pid + " is refused: " + refusal.get());
            }
            done = true;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    /** Returns the number of the process at the other end. */
    long pid() {
        return pid;
    }

    void send(String line) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (octets.hasRemaining()) {
            channel.write(octets);
        }
    }

    /** Sends a line and with it a descriptor, which stays the caller's. */
    void send(String line, FileDescriptor with) throws IOException {
        channel.setOutboundFileDescriptors(with);
        send(line);
    }

    /** Waits for the next line; empty if the other end closes the connection without one. */
    Optional<String> receiveIfAny() throws IOException {
        try {
            return Optional.of(receive());
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    /** Waits for the next line. */
    String receive() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer octet = ByteBuffer.allocate(1);
        while (line.size() < MAX_LINE) {
            if (channel.read(octet.clear()) < 0) {
                throw new EOFException("process " + pid + " has ended the connection");
            }
            for (FileDescriptor each : channel.getReceivedFileDescriptors()) {
                FileDescriptor ours = SharedSocket.received(each);
                if (descriptor != null) {
                    SharedSocket.close(ours);
                    throw new ProtocolException("process " + pid + " sends more than one descriptor");
                }
                descriptor = ours;
            }
            if (octet.get(0) == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(octet.get(0));
        }
        throw new ProtocolException("process " + pid + " sends a line that is too long");
    }

    /** Waits for a line that must be this one. */
    void expect(String line) throws IOException {
        String received = receive();
        if (!received.equals(line)) {
            throw new ProtocolException("process " + pid + " says '" + received + "' where '" + line + "' belongs");
        }
    }

    /** Takes the descriptor that came; it is the caller's. */
    FileDescriptor takeDescriptor() throws IOException {
        if (descriptor == null) {
            throw new ProtocolException("process " + pid + " sent no descriptor");
        }
        FileDescriptor taken = descriptor;
        descriptor = null;
        return taken;
    }

    /** Closes the connection; who waits for a line is told. */
    @Override
    public void close() throws IOException {
        if (descriptor != null) {
            SharedSocket.close(descriptor);
            descriptor = null;
        }
        channel.close();
    }
}
