package dev.gssbaton.benchmarks;

import dev.gssbaton.seal.OpenedToken;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.StateWriter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
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
 * What does a token's seal cost, beside the AEAD alone?
 *
 * <p>Without mechanism and claim. The state is written into a new writer each time, as an export does, since sealing uses
 * it up.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Seal
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
public class Seal {
    /** Octets of the state: 260 are about those of a krb5 context, 4096 those of one with authorization data. */
    @Param({"260", "4096"})
    public int octets;

    private final Instant notAfter = Instant.now().plus(Duration.ofHours(1));
    private BenchmarkManager holder;
    private TokenSealer sealer;
    private byte[] state;
    private byte[] token;
    private AeadFloor floor;

    /** Makes a sealer, a token, and the floor. */
    @Setup
    public void begin() throws IOException, GeneralSecurityException, GSSException {
        holder = new BenchmarkManager("process");
        sealer = new TokenSealer(holder.keys(), "", holder.claims(), new SecureRandom(), Clock.systemUTC());
        state = new byte[octets];
        token = seal();
        floor = new AeadFloor(TokenHeader.SIZE, octets);
    }

    /** Removes the keys. */
    @TearDown
    public void end() throws IOException {
        sealer.close();
        holder.close();
    }

    /** Seals a new token. */
    @Benchmark
    public byte[] seal() throws GSSException {
        try (StateWriter out = new StateWriter(TokenHeader.SIZE, octets + TokenHeader.MIN_TOKEN_SIZE)) {
            out.octets(state);
            return sealer.seal(out, notAfter);
        }
    }

    /** Opens a token. */
    @Benchmark
    public int open() throws GSSException {
        try (OpenedToken opened = sealer.open(token, Duration.ZERO)) {
            return opened.state().remaining();
        }
    }

    /** Seals a new token and opens it. */
    @Benchmark
    public int sealAndOpen() throws GSSException {
        try (OpenedToken opened = sealer.open(seal(), Duration.ZERO)) {
            return opened.state().remaining();
        }
    }

    /** Seals and opens as many octets, and nothing else. */
    @Benchmark
    public byte[] baseline() throws GeneralSecurityException {
        floor.seal();
        return floor.open();
    }
}
