package dev.gssbaton.cli.demo;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.cli.Complaint;
import dev.gssbaton.cli.process.SharedSocket;
import dev.gssbaton.cli.worker.Conversations;
import dev.gssbaton.cli.worker.SessionNote;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.ietf.jgss.GSSException;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Takes bare tokens, of which the same one may be offered to several workers at once, and after its reply the client's socket:
 * what a hand-over does in one, so that each step can be tried.
 */
final class TokenTaker {
    private static final int MAX_NOTE = 4096;
    private static final long PAUSE_MILLIS = 100;

    private final AFUNIXServerSocketChannel listener;
    private final BatonManager manager;
    private final Conversations conversations;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private TokenTaker(AFUNIXServerSocketChannel listener, BatonManager manager, Conversations conversations) {
        this.listener = listener;
        this.manager = manager;
        this.conversations = conversations;
    }

    /** Returns where tokens are offered to a worker that takes hand-overs at a socket. */
    static Path beside(Path socket) {
        return socket.resolveSibling(socket.getFileName() + ".tokens");
    }

    /** Begins to take tokens, until the process ends. */
    static void start(Path socket, BatonManager manager, Conversations conversations) throws IOException {
        AFUNIXServerSocketChannel listener = AFUNIXServerSocketChannel.open();
        listener.bind(AFUNIXSocketAddress.of(socket));
        TokenTaker taker = new TokenTaker(listener, manager, conversations);
        Thread thread = new Thread(taker::run, "baton-tokens");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (true) {
            try {
                AFUNIXSocketChannel connection = listener.accept();
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                System.out.println("cannot take an offer: " + Complaint.of(e));
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(AFUNIXSocketChannel connection) {
        try (connection) {
            connection.setAncillaryReceiveBufferSize(MAX_NOTE);
            byte[] token = TokenOffer.read(connection);
            try {
                BatonContext context =
                        manager.createContext(token, ImportOptions.any().expectRole(ImportOptions.Role.ACCEPTOR));
                goOn(connection, context);
            } catch (GSSException e) {
                Reply.no(e).write(connection);
            } finally {
                Arrays.fill(token, (byte) 0);
            }
        } catch (IOException e) {
            System.out.println("an offer failed: " + Complaint.of(e));
        }
    }

    /** Goes on with the conversation once its socket has come. */
    private void goOn(AFUNIXSocketChannel connection, BatonContext context) throws IOException, GSSException {
        boolean goesOn = false;
        try {
            Reply.yes().write(connection);
            ByteArrayOutputStream note = new ByteArrayOutputStream();
            SocketChannel client = null;
            ByteBuffer buffer = ByteBuffer.allocate(MAX_NOTE);
            while (connection.read(buffer.clear()) >= 0) {
                note.write(buffer.array(), 0, buffer.position());
                for (FileDescriptor each : connection.getReceivedFileDescriptors()) {
                    client = FileDescriptorCast.using(SharedSocket.received(each))
                            .as(SocketChannel.class);
                }
            }
            if (client == null) {
                throw new IOException("no socket came with the token");
            }
            connection.write(ByteBuffer.allocate(1));
            conversations.take(SessionNote.decode(note.toByteArray()), context, client, new byte[0], new byte[0]);
            goesOn = true;
        } finally {
            if (!goesOn) {
                context.dispose();
            }
        }
    }
}
