package dev.gssbaton.claim.zookeeper;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.client.FourLetterWordMain;

/** Servers on 127.0.0.1: ports for them, and what they say of themselves. */
final class Loopback {
    static final String ADDRESS = "127.0.0.1";

    private static final int LEAST_PORT = 20_000;
    private static final int EPHEMERAL_PORTS = 32_768;
    private static final int ANSWER_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Loopback() {}

    /**
     * Finds ports below those that systems give to connections: a server that is restarted must find its own free, while many
     * clients try to connect.
     */
    static List<Integer> freePorts(int number) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < number) {
            int port = ThreadLocalRandom.current().nextInt(LEAST_PORT, EPHEMERAL_PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (BindException e) {
                // Somebody else's.
            }
        }
        return List.copyOf(ports);
    }

    /** Tells whether a server is there and serves as {@code leader} or {@code follower}. */
    static boolean serves(int port, String mode) {
        try {
            return FourLetterWordMain.send4LetterWord(ADDRESS, port, "srvr", false, ANSWER_MILLIS)
                    .contains("Mode: " + mode);
        } catch (Exception e) {
            return false;
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no " + what + " within " + PATIENCE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
