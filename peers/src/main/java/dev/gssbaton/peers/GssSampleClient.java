package dev.gssbaton.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import org.ietf.jgss.GSSException;

/**
 * A client of MIT's gss-sample protocol, with any initiator: for {@code gss-server} and for servers of ours.
 *
 * <p>Unlike {@code gss-client} it can have several messages in flight: {@link #send} does not wait, and
 * {@link #awaitAnswer} takes the answers in the order in which the messages were sent. Not safe for use by several
 * threads.
 */
public final class GssSampleClient implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** How a message is sent; with none of these it goes as it is and its answer is empty. */
    public enum Protection {
        /** The message is wrapped. */
        WRAP(GssSampleFrame.WRAPPED),
        /** The message is wrapped with confidentiality. */
        ENCRYPT(GssSampleFrame.ENCRYPTED),
        /** The answer is a MIC of the message. */
        ANSWER_MIC(GssSampleFrame.SEND_MIC);

        private final int flag;

        Protection(int flag) {
            this.flag = flag;
        }
    }

    private final Socket socket;
    private final PeerContext context;
    private final Queue<Sent> unanswered = new ArrayDeque<>();

    @SuppressWarnings("ArrayRecordComponent") // stays in this class
    private record Sent(byte[] message, boolean micExpected) {}

    private GssSampleClient(Socket socket, PeerContext context) {
        this.socket = socket;
        this.context = context;
    }

    /**
     * Connects to a port of 127.0.0.1 and establishes a context.
     *
     * @param initiator an initiator that has not begun; the caller keeps it and closes it
     * @throws IOException if the server cannot be reached or hangs up
     * @throws GSSException if the initiator refuses what the server sends
     */
    public static GssSampleClient connect(int port, PeerContext initiator) throws IOException, GSSException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            socket.setTcpNoDelay(true);
            GssSampleClient client = new GssSampleClient(socket, initiator);
            client.establish();
            return client;
        } catch (IOException | GSSException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a message and does not wait for the answer.
     *
     * @throws IOException if the server has hung up
     * @throws GSSException if the context refuses to wrap
     */
    public void send(byte[] message, Protection... protections) throws IOException, GSSException {
        Set<Protection> wanted = EnumSet.noneOf(Protection.class);
        wanted.addAll(Arrays.asList(protections));
        int flags = GssSampleFrame.DATA
                | wanted.stream().mapToInt(each -> each.flag).sum();
        byte[] token =
                wanted.contains(Protection.WRAP) ? context.wrap(message, wanted.contains(Protection.ENCRYPT)) : message;
        new GssSampleFrame(flags, token).write(socket.getOutputStream());
        unanswered.add(new Sent(message.clone(), wanted.contains(Protection.ANSWER_MIC)));
    }

    /**
     * Waits for the answer to the oldest message without one and verifies it.
     *
     * @return what the context says of the MIC; null for an empty answer to a message that asked for none
     * @throws IOException if the server has hung up
     * @throws GSSException if the context refuses the MIC
     */
    public Received awaitAnswer() throws IOException, GSSException {
        Sent sent = unanswered.remove();
        GssSampleFrame answer = GssSampleFrame.read(socket.getInputStream());
        if (answer.flags() != (sent.micExpected ? GssSampleFrame.MIC : GssSampleFrame.NOOP)) {
            throw new IllegalStateException("The server answers with a " + answer);
        }
        return sent.micExpected ? context.verifyMic(answer.token(), sent.message) : null;
    }

    /**
     * Sends an encrypted message and waits for its MIC, which must arrive in its place.
     *
     * @throws IOException if the server has hung up
     * @throws GSSException if the context refuses to wrap, or refuses the MIC
     */
    public void exchange(byte[] message) throws IOException, GSSException {
        send(message, Protection.values());
        Received mic = awaitAnswer();
        if (!mic.inSequence()) {
            throw new IllegalStateException("The answer arrives out of its place: " + mic);
        }
    }

    /** Says goodbye, if the server is still there, and closes the connection. */
    @Override
    public void close() throws IOException {
        try (socket) {
            if (!socket.isClosed()) {
                new GssSampleFrame(GssSampleFrame.NOOP, new byte[0]).write(socket.getOutputStream());
            }
        }
    }

    private void establish() throws IOException, GSSException {
        int first = GssSampleFrame.NOOP | GssSampleFrame.CONTEXT_NEXT;
        new GssSampleFrame(first, new byte[0]).write(socket.getOutputStream());
        byte[] token = context.step(new byte[0]);
        while (true) {
            if (token.length > 0) {
                new GssSampleFrame(GssSampleFrame.CONTEXT, token).write(socket.getOutputStream());
            }
            if (context.isEstablished()) {
                return;
            }
            GssSampleFrame reply = GssSampleFrame.read(socket.getInputStream());
            if (reply.flags() != GssSampleFrame.CONTEXT) {
                throw new IllegalStateException("The server answers a context token with a " + reply);
            }
            token = context.step(reply.token());
        }
    }
}
