package dev.gssbaton.claim.zookeeper;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between a client and the servers, each connection with another of them, and cuts a connection at a certain place of
 * the exchange: with a transaction, which is what a claim is. It can also make the leader's clock seem to be another.
 */
final class CuttingProxy implements AutoCloseable {
    /** Where the connection of the next transaction is cut. */
    enum Cut {
        /** The server does not get the request. */
        BEFORE_REQUEST,
        /** The server answers, and the client does not get the answer. */
        BEFORE_ANSWER,
        /** The server gets the request when {@link #letPass} is called, after the client has gone on, and the client no answer. */
        REQUEST_LATE
    }

    /** A request that is held back. */
    private static final class Late {
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch answered = new CountDownLatch(1);
    }

    /** A transaction that waits in front of the server, on a connection that stays. */
    static final class Pause {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);

        void awaitTransaction() throws InterruptedException {
            if (!reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no transaction came");
            }
        }

        void end() {
            over.countDown();
        }
    }

    private static final int WRITE = 5;
    private static final int TRANSACTION = 14;
    /** In the answer to a write: number (4), zxid (8), error (4); czxid (8), mzxid (8), ctime (8), mtime (8). */
    private static final int ERROR_POS = 12;

    private static final int MTIME_POS = ERROR_POS + 4 + 24;
    private static final int MAX_FRAME = 1 << 20;
    private static final int PATIENCE_SECONDS = 60;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Integer> servers;
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Cut> next = new AtomicReference<>();
    private final AtomicReference<Pause> nextPause = new AtomicReference<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile Late late = new Late();
    private volatile Duration leaderAhead = Duration.ZERO;
    private volatile boolean refusing;
    private volatile boolean refusesAfterCut;

    CuttingProxy(List<Integer> servers) throws IOException {
        this.servers = servers;
        daemon("proxy", this::acceptAll);
    }

    /** Names the proxy more than once, since a client waits a second before it tries its only server again. */
    String connectString() {
        return String.join(",", Collections.nCopies(3, "127.0.0.1:" + listener.getLocalPort()));
    }

    /** Cuts the connection of the next transaction. */
    void cutNext(Cut cut) {
        late = new Late();
        next.set(cut);
    }

    /** Cuts the connection of the next transaction, and accepts none until {@link #heal}. */
    void cutNextForGood(Cut cut) {
        refusesAfterCut = true;
        next.set(cut);
    }

    /** Lets the next transaction wait. */
    Pause pauseNext() {
        Pause pause = new Pause();
        nextPause.set(pause);
        return pause;
    }

    void heal() {
        refusesAfterCut = false;
        refusing = false;
    }

    /** Makes the leader's clock, as the answers to writes show it, differ from what it is. */
    void setLeaderAhead(Duration ahead) {
        leaderAhead = ahead;
    }

    /** How many connections were cut. */
    int cuts() {
        return cuts.get();
    }

    /** Gives the server the request that it was to get late, if any, and returns when it answered or closed the connection. */
    void letPass(Cut cut) throws InterruptedException {
        if (cut == Cut.REQUEST_LATE) {
            late.released.countDown();
            if (!late.answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server neither answers nor closes the connection");
            }
        }
    }

    private void acceptAll() {
        while (true) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Socket server =
                    new Socket(listener.getInetAddress(), servers.get(connections.getAndIncrement() % servers.size()));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            new Connection(client, server).start();
        } catch (IOException e) {
            client.close();
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        /** The number of the request whose answer is dropped; no request of a client has this one. */
        private volatile int dropped = Integer.MIN_VALUE;

        /** The numbers of the writes that are not answered yet. */
        private final Set<Integer> writes = ConcurrentHashMap.newKeySet();

        /** What is held back of this connection, or null. */
        private volatile Late held;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            open.add(client);
            open.add(server);
        }

        void start() {
            daemon("proxy, requests", () -> pump(client, server, this::passRequest, this::endRequests));
            daemon("proxy, answers", () -> pump(server, client, this::passAnswer, this::endAnswers));
        }

        /** Passes frames on, the first of which, the greeting, has no header. */
        private void pump(Socket from, Socket to, Gate gate, Runnable end) {
            try {
                DataInputStream in = new DataInputStream(from.getInputStream());
                DataOutputStream out = new DataOutputStream(to.getOutputStream());
                boolean greeted = false;
                while (true) {
                    int length = in.readInt();
                    if (length < 0 || length > MAX_FRAME) {
                        throw new IOException("not a frame");
                    }
                    byte[] frame = in.readNBytes(length);
                    if (greeted && !gate.passes(frame, out)) {
                        return;
                    }
                    greeted = true;
                    send(out, frame);
                }
            } catch (IOException e) {
                // One end has gone.
            } finally {
                end.run();
            }
        }

        private boolean passRequest(byte[] frame, DataOutputStream out) throws IOException {
            ByteBuffer header = ByteBuffer.wrap(frame);
            int number = header.getInt();
            int kind = header.getInt();
            if (kind == WRITE) {
                writes.add(number);
            }
            if (kind != TRANSACTION) {
                return true;
            }
            Pause pause = nextPause.getAndSet(null);
            if (pause != null) {
                pause.reached.countDown();
                awaitQuietly(pause.over);
            }
            Cut cut = next.getAndSet(null);
            if (cut == null) {
                return true;
            }
            cuts.incrementAndGet();
            refusing = refusesAfterCut;
            switch (cut) {
                case BEFORE_REQUEST -> {
                    return false;
                }
                case BEFORE_ANSWER -> {
                    dropped = number;
                    return true;
                }
                case REQUEST_LATE -> {
                    Late holding = late;
                    held = holding;
                    daemon("proxy, late request", () -> passLate(holding, frame, out));
                    return false;
                }
            }
            throw new IllegalStateException();
        }

        private void awaitQuietly(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        private void passLate(Late holding, byte[] frame, DataOutputStream out) {
            cut(client);
            try {
                holding.released.await();
                send(out, frame);
            } catch (IOException e) {
                // The server closed the connection, since the client has another one.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean passAnswer(byte[] frame, DataOutputStream out) {
            ByteBuffer answer = ByteBuffer.wrap(frame);
            int number = answer.getInt();
            if (writes.remove(number) && answer.getInt(ERROR_POS) == 0) {
                answer.putLong(MTIME_POS, answer.getLong(MTIME_POS) + leaderAhead.toMillis());
            }
            return held == null && number != dropped;
        }

        /** After this the server has answered what came late, or has closed the connection. */
        private void endAnswers() {
            cut(client);
            cut(server);
            if (held != null) {
                held.answered.countDown();
            }
        }

        private void endRequests() {
            cut(client);
            if (held == null) {
                cut(server);
            }
        }

        private void cut(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed all the same.
            }
            open.remove(socket);
        }
    }

    @FunctionalInterface
    private interface Gate {
        boolean passes(byte[] frame, DataOutputStream out) throws IOException;
    }

    private static void send(DataOutputStream out, byte[] frame) throws IOException {
        byte[] whole = ByteBuffer.allocate(Integer.BYTES + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
        out.write(whole);
        out.flush();
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
