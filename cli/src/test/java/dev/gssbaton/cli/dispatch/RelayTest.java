package dev.gssbaton.cli.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gssbaton.cli.process.Watchdog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class RelayTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Watchdog watchdog = new Watchdog();
    private SocketChannel client;
    private SocketChannel clientEnd;
    private SocketChannel worker;
    private SocketChannel workerEnd;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(listener.getLocalAddress());
            clientEnd = listener.accept();
            worker = SocketChannel.open(listener.getLocalAddress());
            workerEnd = listener.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        worker.close();
        watchdog.close();
        threads.shutdownNow();
    }

    @Test
    void bothDirectionsArriveWholeAndInOrder() throws Exception {
        Future<Relay.Ended> ended = relay(Duration.ofSeconds(20));
        byte[] up = octets(3_000_000, 1);
        byte[] down = octets(2_000_000, 2);
        Future<?> sendUp = threads.submit(() -> send(client, up));
        Future<?> sendDown = threads.submit(() -> send(worker, down));
        Future<byte[]> gotUp = threads.submit(() -> receive(worker, up.length));
        assertArrayEquals(down, receive(client, down.length));
        assertArrayEquals(up, gotUp.get());
        sendUp.get();
        sendDown.get();
        client.close();
        worker.close();
        ended.get();
    }

    @Test
    void theClientsEndReachesTheWorkerAndItsLastAnswersStillArrive() throws Exception {
        Future<Relay.Ended> ended = relay(Duration.ofSeconds(20));
        send(client, octets(10, 3));
        client.shutdownOutput();
        receive(worker, 10);
        assertEquals(-1, worker.read(ByteBuffer.allocate(1)));
        byte[] answer = octets(500_000, 4);
        Future<Void> sending = threads.submit(() -> send(worker, answer));
        assertArrayEquals(answer, receive(client, answer.length));
        sending.get();
        worker.close();
        assertEquals(Relay.Ended.CLIENT, ended.get());
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
    }

    @Test
    void theWorkersEndReachesTheClientAfterItsLastAnswer() throws Exception {
        Future<Relay.Ended> ended = relay(Duration.ofSeconds(20));
        byte[] answer = octets(1000, 5);
        send(worker, answer);
        worker.close();
        assertArrayEquals(answer, receive(client, answer.length));
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        assertEquals(Relay.Ended.WORKER, ended.get());
        assertFalse(clientEnd.isOpen());
        assertFalse(workerEnd.isOpen());
    }

    @Test
    void whatStandsStillIsClosed() throws Exception {
        Future<Relay.Ended> ended = relay(Duration.ofMillis(300));
        assertEquals(Relay.Ended.IDLE, ended.get());
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        assertEquals(-1, worker.read(ByteBuffer.allocate(1)));
    }

    @Test
    void aClientThatSendsAndNeverReadsIsClosedInTheEnd() throws Exception {
        Future<Relay.Ended> ended = relay(Duration.ofMillis(300));
        byte[] much = octets(64_000_000, 6);
        Future<?> sending = threads.submit(() -> send(worker, much)); // more than any buffer between holds
        assertEquals(Relay.Ended.IDLE, ended.get());
        try {
            sending.get();
            throw new AssertionError("the relay went on taking octets that nobody reads");
        } catch (java.util.concurrent.ExecutionException e) {
            assertEquals(true, e.getCause() instanceof IOException, () -> "" + e.getCause());
        }
    }

    private Future<Relay.Ended> relay(Duration idle) {
        return threads.submit(() -> {
            try (Watchdog.Guard guard = watchdog.guard(idle, clientEnd, workerEnd)) {
                return new Relay(clientEnd, workerEnd, guard).run(threads);
            }
        });
    }

    private static Void send(SocketChannel to, byte[] octets) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
        return null;
    }

    private static byte[] receive(SocketChannel from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (from.read(buffer) < 0) {
                throw new IOException("ended after " + buffer.position() + " of " + length);
            }
        }
        return buffer.array();
    }

    private static byte[] octets(int length, long seed) {
        byte[] octets = new byte[length];
        new Random(seed).nextBytes(octets);
        return octets;
    }
}
