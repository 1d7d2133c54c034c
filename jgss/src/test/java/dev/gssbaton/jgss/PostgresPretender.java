package dev.gssbaton.jgss;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pretends to be a PostgreSQL server as far as encryption by GSS-API goes: one client at a time, whose first token is answered as it is
 * told. Whoever goes on after that finds the connection closed.
 */
final class PostgresPretender implements AutoCloseable {
    /** What a client asks for that wants encryption by GSS-API. */
    private static final int GSSENC_REQUEST = 80_877_104;

    private static final int MAX_TOKEN = 1 << 16;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final ServerSocket listener;
    private final Answer answer;
    private final AtomicInteger packets = new AtomicInteger();

    /** Makes of a client's first token what it is answered. */
    @FunctionalInterface
    interface Answer {
        byte[] to(byte[] token) throws Exception;
    }

    PostgresPretender(Answer answer) throws IOException {
        this.answer = answer;
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "pretends to be PostgreSQL");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Tells how many clients have sent a packet after the answer. */
    int wentOn() {
        return packets.get();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                client.setSoTimeout(TIMEOUT_MILLIS);
                negotiate(new DataInputStream(client.getInputStream()), new DataOutputStream(client.getOutputStream()));
            } catch (IOException e) {
                // The client is gone, or this is closed: on to the next, if there is one.
            }
        }
    }

    private void negotiate(DataInputStream in, DataOutputStream out) throws IOException {
        int length = in.readInt();
        if (length != 8 || in.readInt() != GSSENC_REQUEST) {
            throw new IOException("this client does not ask for GSS-API");
        }
        out.write('G');
        out.flush();
        byte[] reply;
        try {
            reply = answer.to(packet(in));
        } catch (Exception e) {
            throw new IOException("the token cannot be answered", e);
        }
        out.writeInt(reply.length);
        out.write(reply);
        out.flush();
        packet(in);
        packets.incrementAndGet();
    }

    private static byte[] packet(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_TOKEN) {
            throw new IOException("a packet of " + length + " octets");
        }
        byte[] packet = new byte[length];
        in.readFully(packet);
        return packet;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
