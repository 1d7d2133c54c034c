package dev.gssbaton.claim.zookeeper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;

/** An ensemble of three on 127.0.0.1, one for all tests of this JVM. Each test has a path of its own there. */
final class TestEnsemble {
    private static final int SWEEPS = 100;
    private static final int TICK_MILLIS = 500;
    private static final int MAX_CONNECTIONS = 100;
    private static final AtomicInteger PATHS = new AtomicInteger();
    private static TestEnsemble shared;

    private final TestingCluster cluster;

    private TestEnsemble() throws Exception {
        List<InstanceSpec> servers = new ArrayList<>();
        Iterator<Integer> ports = Loopback.freePorts(9).iterator();
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
                    Loopback.ADDRESS));
        }
        cluster = new TestingCluster(servers);
        cluster.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "end of the ensemble"));
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

    /** Gives the ports on which clients are served. */
    List<Integer> ports() {
        return cluster.getInstances().stream().map(InstanceSpec::getPort).toList();
    }
}
