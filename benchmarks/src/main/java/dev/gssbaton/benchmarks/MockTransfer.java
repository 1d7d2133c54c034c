package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a move cost with the smallest mechanism: how much of it is the mechanism's?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar MockTransfer
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
public class MockTransfer {
    private BenchmarkManager holder;
    private BatonManager manager;
    private BatonContext context;
    private AeadFloor floor;

    /** Establishes a context, and makes the floor for the size of its tokens. */
    @Setup
    public void begin() throws IOException, GeneralSecurityException, GSSException {
        holder = new BenchmarkManager("process");
        manager = holder.manager();
        TextName alice = new TextName(Mock.MECHANISM, "alice");
        TextName bob = new TextName(Mock.MECHANISM, "bob");
        SecretBytes secret = SecretBytes.take(new byte[16]);
        BatonContext initiator = manager.createContext(bob, Mock.MECHANISM, new SecretCredential(alice, secret), 0);
        context = manager.createContext(new SecretCredential(bob, secret));
        byte[] token = initiator.initSecContext(new byte[0], 0, 0);
        while (token != null) {
            byte[] reply = context.acceptSecContext(token, 0, token.length);
            token = reply == null ? null : initiator.initSecContext(reply, 0, reply.length);
        }
        byte[] exported = context.export();
        context = manager.createContext(exported);
        floor = new AeadFloor(TokenHeader.SIZE, exported.length - TokenHeader.MIN_TOKEN_SIZE);
    }

    /** Removes keys. */
    @TearDown
    public void end() throws IOException {
        holder.close();
    }

    /** Exports and imports. */
    @Benchmark
    public BatonContext roundTrip() throws GSSException {
        context = manager.createContext(context.export());
        return context;
    }

    /** Seals and opens as many octets, and nothing else. */
    @Benchmark
    public byte[] baseline() throws GeneralSecurityException {
        floor.seal();
        return floor.open();
    }
}
