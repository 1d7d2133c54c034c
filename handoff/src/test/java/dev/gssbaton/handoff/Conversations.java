package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ietf.jgss.GSSException;

/** The conversations of a process with its clients: each message is answered with the same. */
final class Conversations {
    private final BatonManager manager;
    private final ServerSocketChannel listener = ServerSocketChannel.open();

    /** What is served, by the number that its client gave it. */
    private final Map<Integer, Conversation> served = new TreeMap<>();

    /** Clients that have not said who they are. */
    private final List<Conversation> strangers = new ArrayList<>();

    Conversations(BatonManager manager) throws IOException {
        this.manager = manager;
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        listener.configureBlocking(false);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    synchronized List<Integer> numbers() {
        return List.copyOf(served.keySet());
    }

    synchronized List<Conversation> all() {
        return List.copyOf(served.values());
    }

    /** Goes on with what was taken. */
    synchronized void add(BatonContext context, SocketChannel socket, byte[] unread, byte[] unwritten, byte[] note) {
        Conversation taken = new Conversation(socket);
        taken.number = ByteBuffer.wrap(note).getInt();
        taken.context = context;
        taken.in.put(unread);
        taken.out.clear().put(unwritten).flip();
        served.put(taken.number, taken);
    }

    /** Forgets what was given. */
    synchronized void remove(int number) {
        served.remove(number);
    }

    /** Reads, answers and writes what can be at once. */
    synchronized void serve() throws IOException, GSSException {
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
            next.configureBlocking(false);
            strangers.add(new Conversation(next));
        }
        for (Conversation each : List.copyOf(strangers)) {
            each.pump();
            strangers.removeIf(one -> one.number >= 0);
        }
        for (Conversation each : List.copyOf(served.values())) {
            each.pump();
            if (each.ended) {
                each.socket.close();
                served.remove(each.number);
            }
        }
    }

    /** One client: its context, its socket, and what is between them. */
    final class Conversation {
        private final SocketChannel socket;
        private int number = -1;
        private BatonContext context;
        private final ByteBuffer in = ByteBuffer.allocate(4096);
        private final ByteBuffer out = ByteBuffer.allocate(4096).limit(0);
        private boolean ended;

        private Conversation(SocketChannel socket) {
            this.socket = socket;
        }

        int number() {
            return number;
        }

        Parcel parcel() {
            byte[] unread = Arrays.copyOf(in.array(), in.position());
            byte[] unwritten = Arrays.copyOfRange(out.array(), out.position(), out.limit());
            return Parcel.of(context, socket)
                    .withUnread(unread)
                    .withUnwritten(unwritten)
                    .withNote(ByteBuffer.allocate(4).putInt(number).array());
        }

        private void pump() throws IOException, GSSException {
            ended = ended || socket.read(in) < 0;
            in.flip();
            while (!out.hasRemaining() && in.remaining() >= 4 && in.remaining() - 4 >= in.getInt(in.position())) {
                byte[] message = new byte[in.getInt()];
                in.get(message);
                answer(message);
            }
            in.compact();
            socket.write(out);
        }

        private void answer(byte[] message) throws GSSException {
            byte[] answer;
            if (number < 0) {
                number = ByteBuffer.wrap(message).getInt();
                context = Pairs.server(manager);
                answer = context.acceptSecContext(message, 4, message.length - 4);
                served.put(number, this);
            } else if (!context.isEstablished()) {
                context.acceptSecContext(message, 0, message.length);
                return;
            } else {
                answer = Pairs.wrap(context, Pairs.unwrap(context, message));
            }
            out.clear().putInt(answer.length).put(answer).flip();
        }
    }
}
