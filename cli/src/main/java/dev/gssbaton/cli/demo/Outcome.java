package dev.gssbaton.cli.demo;

import dev.gssbaton.cli.process.SharedSocket;
import dev.gssbaton.cli.worker.SessionNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * What became of a token that was offered to a worker.
 *
 * @param worker the worker's number, from 1
 * @param reply what it replied
 * @param connection the connection to it, closed unless it has taken the context
 */
record Outcome(int worker, Reply reply, AFUNIXSocketChannel connection) implements AutoCloseable {
    /** Offers a token; it is neither kept nor wiped. */
    static Outcome ofOffer(int worker, Path socket, byte[] token) throws IOException {
        AFUNIXSocketChannel connection = AFUNIXSocketChannel.open(AFUNIXSocketAddress.of(socket));
        boolean taken = false;
        try {
            TokenOffer.write(token, connection);
            Reply reply = Reply.read(connection);
            taken = reply.taken();
            return new Outcome(worker, reply, connection);
        } finally {
            if (!taken) {
                connection.close();
            }
        }
    }

    /** Tells whether the worker has the context now. */
    boolean taken() {
        return reply.taken();
    }

    /** Passes the client's socket to the worker that has the context, and closes this process's copy without a word. */
    void pass(SocketChannel client, SessionNote session) throws IOException {
        ByteBuffer note = ByteBuffer.wrap(session.encode());
        connection.setOutboundFileDescriptors(SharedSocket.descriptor(client));
        while (note.hasRemaining()) {
            connection.write(note);
        }
        connection.shutdownOutput();
        // It is passed when the worker has read it.
        if (connection.read(ByteBuffer.allocate(1)) != 1) {
            throw new IOException("worker " + worker + " ended before it had the socket");
        }
        SharedSocket.close(client);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
