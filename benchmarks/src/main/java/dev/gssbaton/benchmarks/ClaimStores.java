package dev.gssbaton.benchmarks;

import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.claim.zookeeper.ZooKeeperClaims;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.ietf.jgss.GSSException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a claim cost in each kind of store?
 *
 * <p>ZooKeeper's three servers are in this JVM and on one disk, which is not how anybody runs them: what they cost each other
 * is in the figures, and what the network costs is not. Each waits for the disk, unless {@code -Dzookeeper.forceSync=no} is said.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar ClaimStores -bm sample            # latency
 * java -jar benchmarks/target/benchmarks.jar ClaimStores -bm thrpt -tu s -t 16 # throughput
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class ClaimStores {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Which store. */
    @Param({"process", "host", "zookeeper"})
    public String kind;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private ClaimStore store;

    /** Makes the store. */
    @Setup
    public void open() throws Exception {
        store = switch (kind) {
            case "process" -> process();
            case "host" -> host();
            case "zookeeper" -> zooKeeper();
            default -> throw new IllegalArgumentException(kind);
        };
        store.now();
    }

    /** Its clock goes a thousand times as fast, so that records have their time before they fill it. */
    private static ClaimStore process() {
        return new ProcessClaims(new SecureRandom(), new SuppliedClock(() -> System.nanoTime() / 1000));
    }

    private ClaimStore host() throws IOException {
        TemporaryFolder folder = new TemporaryFolder();
        opened.add(folder);
        return HostClaims.in(folder.path());
    }

    private ClaimStore zooKeeper() throws Exception {
        List<InstanceSpec> servers = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            servers.add(new InstanceSpec(null, -1, -1, -1, true, id, 1000, 100, Map.of(), "127.0.0.1"));
        }
        TestingCluster cluster = new TestingCluster(servers);
        opened.add(cluster);
        cluster.start();
        ZooKeeperClaims claims = ZooKeeperClaims.builder()
                .connectString(cluster.getConnectString())
                .timeLimit(MINUTE)
                .openToAnyone()
                .build();
        opened.add(0, claims);
        return claims;
    }

    /** Removes the store. */
    @TearDown
    public void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** Claims something new. */
    @Benchmark
    public ClaimOutcome claim(Claimant claimant) throws GSSException {
        return store.claim(claimant.next(), claimant.id(), store.now().plus(MINUTE));
    }
}
