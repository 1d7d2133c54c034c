package dev.gssbaton.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/** One client of a {@link CrashServer} with its own conversation, of which every answer must come, and in order. */
final class CrashClient implements AutoCloseable {
    private final int number;
    private final SocketChannel socket;
    private final BatonContext context;
    private byte[] rest = {};
    private int sent;
    private int answered;

    CrashClient(int number, int port, BatonManager manager) throws IOException, GSSException {
        this.number = number;
        socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.socket().setTcpNoDelay(true);
        socket.socket().setSoTimeout(20_000);
        context = Pairs.client(manager);
        byte[] first = context.initSecContext(new byte[0], 0, 0);
        write(framed(
                ByteBuffer.allocate(4 + first.length).putInt(number).put(first).array()));
    }

    int number() {
        return number;
    }

    void establish() throws IOException, GSSException {
        byte[] last = receive();
        write(framed(context.initSecContext(last, 0, last.length)));
    }

    void say() throws IOException, GSSException {
        write(framed(Pairs.wrap(context, number + "/" + sent++)));
    }

    /** Sends the first octets of the next message, or all of it if it has no more. */
    void begin(int octets) throws IOException, GSSException {
        byte[] message = framed(Pairs.wrap(context, number + "/" + sent++));
        int first = Math.min(octets, message.length);
        write(Arrays.copyOf(message, first));
        rest = Arrays.copyOfRange(message, first, message.length);
    }

    /** Sends what is left of the message that was begun, if anybody is there to read it. */
    void finish() {
        try {
            write(rest);
        } catch (IOException e) {
            // Its owner has died.
        }
    }

    private static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(4 + message.length)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private void write(byte[] octets) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(octets);
        while (out.hasRemaining()) {
            socket.write(out);
        }
    }

    /** Hears all answers that must come. */
    void hearAll() throws IOException, GSSException {
        while (answered < sent) {
            assertEquals(number + "/" + answered++, Pairs.unwrap(context, receive()));
        }
    }

    private byte[] receive() throws IOException {
        InputStream in = socket.socket().getInputStream();
        byte[] length = in.readNBytes(4);
        if (length.length < 4) {
            throw new EOFException("client " + number + " sees the end");
        }
        return in.readNBytes(ByteBuffer.wrap(length).getInt());
    }

    /** The connection is closed, sooner or later, though more answers may come first. */
    void expectEnd() throws IOException {
        try {
            socket.socket().getInputStream().readAllBytes();
        } catch (SocketException e) {
            // A reset is an end too: the server died with octets unread.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
