package dev.gssbaton.handoff;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.peers.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.ietf.jgss.GSSException;

/** A process of another group or account that connects to a listener, and says in one line for each command what came of it. */
final class Visitor {
    private final Frames parent = Frames.toParent();
    private HandoffChannel channel;

    private Visitor() {}

    public static void main(String[] arguments) throws IOException {
        new Visitor().run();
    }

    private void run() throws IOException {
        for (String line = parent.readLine(); line != null; line = parent.readLine()) {
            String answer;
            try {
                answer = perform(line.split(" ", -1));
            } catch (IOException | GSSException e) {
                answer = e.getClass().getSimpleName() + " " + e.getMessage();
            }
            parent.println(answer.replace('\n', ' '));
        }
    }

    private String perform(String[] words) throws IOException, GSSException {
        return switch (words[0]) {
            case "listen" -> listen(Path.of(words[1]));
            case "connect" -> connect(Path.of(words[1]), HostClaims.in(Path.of(words[2])));
            case "connect-shared" -> connect(Path.of(words[1]), HostClaims.shared(Path.of(words[2])));
            case "serve" -> serve();
            default -> throw new IOException("no command: " + words[0]);
        };
    }

    /** Says nothing, and gives all that it hears, as a plain client of the JDK's. */
    private static String listen(Path path) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (SocketChannel plain = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            plain.connect(UnixDomainSocketAddress.of(path));
            ByteBuffer in = ByteBuffer.allocate(100);
            while (plain.read(in.clear()) >= 0) {
                all.write(in.array(), 0, in.position());
            }
        }
        return "heard " + HexFormat.of().formatHex(all.toByteArray());
    }

    /** Connects to a process of root's or of its own account. */
    private String connect(Path path, HostClaims claims) throws IOException {
        long self = ProcessStatus.self().uid();
        PeerPolicy policy = self == 0 ? PeerPolicy.sameAccount() : PeerPolicy.account(0);
        HandoffOptions options = HandoffOptions.of(
                        BatonManager.builder().claims(claims).build())
                .withPolicy(policy)
                .withLimit(Duration.ofSeconds(30));
        channel = HandoffChannel.connect(path, options);
        return "connected as " + self;
    }

    /** Takes a context, and answers its client's next message with the same. */
    private String serve() throws IOException, GSSException {
        Handoff taken = channel.take();
        BatonContext context = taken.context();
        try (SocketChannel socket = taken.socket()) {
            byte[] message = new byte[read(socket, 4).getInt()];
            read(socket, message.length).get(message);
            String text = Pairs.unwrap(context, message);
            byte[] answer = Pairs.wrap(context, text);
            ByteBuffer out = ByteBuffer.allocate(4 + answer.length)
                    .putInt(answer.length)
                    .put(answer)
                    .flip();
            while (out.hasRemaining()) {
                socket.write(out);
            }
            return "served " + text;
        } finally {
            context.dispose();
        }
    }

    private static ByteBuffer read(SocketChannel socket, int size) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(size);
        while (in.hasRemaining()) {
            if (socket.read(in) < 0) {
                throw new IOException("the client has ended");
            }
        }
        return in.flip();
    }
}
