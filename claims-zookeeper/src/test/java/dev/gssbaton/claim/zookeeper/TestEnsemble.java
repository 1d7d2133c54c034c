package dev.gssbaton.claim.zookeeper;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.apache.zookeeper.client.FourLetterWordMain;

/** An ensemble of three on 127.0.0.1, one for all tests of this JVM. Each test has a path of its own there. */
final class TestEnsemble {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int LEAST_PORT = 20_000;
    private static final int EPHEMERAL_PORTS = 32_768;
    private static final int SWEEPS = 100;
    private static final int TICK_MILLIS = 500;
    private static final int MAX_CONNECTIONS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger PATHS = new AtomicInteger();
    private static TestEnsemble shared;

    private final TestingCluster cluster;
    private final Set<InstanceSpec> killed = ConcurrentHashMap.newKeySet();

    private TestEnsemble() throws Exception {
        List<InstanceSpec> servers = new ArrayList<>();
        Iterator<Integer> ports = freePorts(9).iterator();
        for (int id = 1; id <= 3; id++) {
            servers.add(new InstanceSpec(
                    null,
                    ports.next(),
                    ports.next(),
                    ports.next(),
                    true,
                    id,
                    TICK_MILLIS,
                    MAX_CONNECTIONS,
                    Map.of(),
                    LOOPBACK));
        }
        cluster = new TestingCluster(servers);
        cluster.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "end of the ensemble"));
    }

    /**
     * Finds ports below those that systems give to connections: a server that is restarted must find its own free, while many
     * clients try to connect.
     */
    private static Set<Integer> freePorts(int number) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < number) {
            int port = ThreadLocalRandom.current().nextInt(LEAST_PORT, EPHEMERAL_PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (BindException e) {
                // Somebody else's.
            }
        }
        return ports;
    }

    static synchronized TestEnsemble shared() throws Exception {
        if (shared == null) {
            shared = new TestEnsemble();
        }
        return shared;
    }

    private void close() {
        try {
            cluster.close();
        } catch (IOException e) {
            System.err.println("the ensemble was not closed: " + e);
        }
    }

    String connectString() {
        return cluster.getConnectString();
    }

    /** Gives a path that no other test has. */
    static String newPath() {
        return "/test" + PATHS.incrementAndGet();
    }

    /** The settings of a store that anybody may use. */
    ZooKeeperClaimsBuilder open(String path) {
        return ZooKeeperClaims.builder()
                .connectString(connectString())
                .path(path)
                .openToAnyone();
    }

    /** Sweeps until something was removed: a store's own thread may have the lock for a moment, and leaves a young store alone. */
    static int sweep(ZooKeeperClaims store) throws Exception {
        int removed = 0;
        for (int attempt = 0; removed == 0 && attempt < SWEEPS; attempt++) {
            removed = store.sweep(Duration.ZERO);
        }
        return removed;
    }

    List<InstanceSpec> servers() {
        return List.copyOf(cluster.getInstances());
    }

    /** Gives the ports on which clients are served. */
    List<Integer> ports() {
        return servers().stream().map(InstanceSpec::getPort).toList();
    }

    /** Waits until there is a leader, and gives it. */
    InstanceSpec leader() {
        return serving("leader");
    }

    /** Waits until a server follows, and gives it. */
    InstanceSpec follower() {
        return serving("follower");
    }

    private InstanceSpec serving(String mode) {
        List<InstanceSpec> found = new ArrayList<>();
        await(mode, () -> {
            servers().stream()
                    .filter(server -> status(server).contains("Mode: " + mode))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no " + what + " within " + PATIENCE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static String status(InstanceSpec server) {
        try {
            String answer = FourLetterWordMain.send4LetterWord(LOOPBACK, server.getPort(), "srvr", false, 1000);
            return answer.contains("Mode: ") ? answer : "";
        } catch (Exception e) {
            return "";
        }
    }

    /** Ends a server at once, with all its connections. */
    void kill(InstanceSpec server) throws Exception {
        cluster.killServer(server);
        killed.add(server);
    }

    void restart(InstanceSpec server) throws Exception {
        cluster.restartServer(server);
        killed.remove(server);
    }

    /** Restarts what was killed, and waits until all three serve. */
    void restore() throws Exception {
        for (InstanceSpec server : List.copyOf(killed)) {
            restart(server);
        }
        leader();
        await("three servers", () -> servers().stream()
                .allMatch(server -> !status(server).isEmpty()));
    }
}
