package dev.gssbaton.benchmarks;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a claim cost in a process that has taken many contexts within the hour that it remembers?
 *
 * <p>The store's clock goes on with the claims, so that as many records have their time at any moment as are made, and are
 * swept in passing.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar FullProcessClaims
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class FullProcessClaims {
    private static final double HOUR_MILLIS = 3_600_000;

    /** Records that are live. */
    @Param({"1000", "1000000"})
    public int live;

    private double millis;
    private ProcessClaims claims;

    /** Fills the store. */
    @Setup
    public void begin(Claimant claimant) {
        claims = new ProcessClaims(new SecureRandom(), new SuppliedClock(() -> (long) millis));
        for (int i = 0; i < 2 * live; i++) {
            claim(claimant);
        }
    }

    /** Claims something new. */
    @Benchmark
    public ClaimOutcome claim(Claimant claimant) {
        millis += HOUR_MILLIS / live;
        return claims.claim(claimant.next(), claimant.id(), Instant.ofEpochMilli((long) (millis + HOUR_MILLIS)));
    }

    /** Makes the identity alone. */
    @Benchmark
    public ClaimId baseline(Claimant claimant) {
        return claimant.next();
    }
}
