package dev.gssbaton.benchmarks;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
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
 * java -jar benchmarks/target/benchmarks.jar Claims
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
public class Claims {
    private static final int ID_SIZE = 24;
    private static final long HOUR_MILLIS = 3_600_000;

    /** Records that are live. */
    @Param({"1000", "1000000"})
    public int live;

    private final SplittableRandom random = new SplittableRandom();
    private final CountingClock clock = new CountingClock();
    private final byte[] octets = new byte[ID_SIZE];
    private ProcessClaims claims;
    private PublicId claimant;

    /** Fills the store. */
    @Setup
    public void begin() {
        claims = new ProcessClaims(new SecureRandom(), clock);
        claimant = new PublicId(random.nextLong(), random.nextLong());
        for (int i = 0; i < 2 * live; i++) {
            claim();
        }
    }

    /** Claims something new. */
    @Benchmark
    public ClaimOutcome claim() {
        long now = clock.advance(live);
        return claims.claim(nextId(), claimant, Instant.ofEpochMilli(now + HOUR_MILLIS));
    }

    /** Makes the identity alone. */
    @Benchmark
    public ClaimId baseline() {
        return nextId();
    }

    private ClaimId nextId() {
        ByteBuffer.wrap(octets).putLong(random.nextLong()).putLong(random.nextLong());
        return ClaimId.of(octets);
    }

    /** A clock that goes on by an hour with each so many claims. */
    private static final class CountingClock extends Clock {
        private double millis;

        long advance(int claimsInAnHour) {
            millis += (double) HOUR_MILLIS / claimsInAnHour;
            return millis();
        }

        @Override
        public long millis() {
            return (long) millis;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
