package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Listens on a free port of 127.0.0.1 and serves each connection in a daemon thread of its own. */
final class LoopbackListener implements AutoCloseable {
    private final ServerSocket listener;
    private final Service service;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    /** Serves one connection, which is closed when this returns or throws. */
    interface Service {
        void serve(Socket connection) throws IOException;
    }

    LoopbackListener(String name, Service service) {
        this.service = service;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("No free port", e);
        }
        daemon(name, this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Waits until no connection is being served. */
    void awaitIdle(int limitMillis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        while (!connections.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Connections to port " + port() + " are still open: " + connections);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close the listener on port " + port(), e);
        }
    }

    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void acceptAll() {
        while (true) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                if (listener.isClosed()) {
                    connection.close(); // which close() may have overlooked
                }
                daemon(Thread.currentThread().getName() + " for " + connection.getPort(), () -> serve(connection));
            } catch (SocketException e) {
                return; // closed
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot accept on port " + port(), e);
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException e) {
            // The other end has gone, or this one was closed: there is nobody to tell.
        } finally {
            connections.remove(connection);
        }
    }
}
