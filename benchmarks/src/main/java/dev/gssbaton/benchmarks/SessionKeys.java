package dev.gssbaton.benchmarks;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.StateWriter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to agree on the keys of a session, beside one token that is sealed with them?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar SessionKeys
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
public class SessionKeys {
    private static final int OCTETS = 260;

    private final SecureRandom random = new SecureRandom();
    private final Instant notAfter = Instant.now().plus(Duration.ofHours(1));
    private final byte[] state = new byte[OCTETS];
    private byte[] recipient;
    private RecipientKeys keys;
    private TokenSealer sealer;

    /** Makes a session, and a sealer with its keys. */
    @Setup(Level.Trial)
    public void begin() throws GSSException {
        recipient = SessionKeyPair.draw(random).publicKey();
        keys = encapsulate();
        Clock clock = Clock.systemUTC();
        sealer = new TokenSealer(keys, "", new ProcessClaims(random, clock), random, clock);
    }

    /** Erases the keys. */
    @TearDown
    public void end() {
        sealer.close();
        keys.close();
    }

    /** Draws a key pair and encapsulates: one end's part of a connection. */
    @Benchmark
    public RecipientKeys encapsulate() throws GSSException {
        try (SessionKeyPair pair = SessionKeyPair.draw(random)) {
            return pair.encapsulate(recipient);
        }
    }

    /** The floor: seals a token of a krb5 context's size. */
    @Benchmark
    public byte[] baseline() throws GSSException {
        try (StateWriter out = new StateWriter(TokenHeader.SIZE, OCTETS + TokenHeader.MIN_TOKEN_SIZE)) {
            out.octets(state);
            return sealer.seal(out, notAfter);
        }
    }
}
