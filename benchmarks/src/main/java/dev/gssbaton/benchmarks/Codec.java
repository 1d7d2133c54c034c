package dev.gssbaton.benchmarks;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
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
 * What does it cost to write a krb5 context's state and to read it?
 *
 * <p>Without seal and claim. Reading makes a context whose ciphers are made at its first message.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Codec
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
public class Codec {
    private static final int ROOM = 512;

    /** Name of the encryption type of all keys. */
    @Param("aes256-cts-hmac-sha1-96")
    public String enctype;

    private ContextExporter exporter;
    private BenchmarkManager holder;
    private Environment environment;
    private MechanismContext context;
    private byte[] state;

    /** Establishes a context and writes its state. */
    @Setup
    public void begin() throws IOException, GSSException {
        holder = new BenchmarkManager("process");
        environment = new Environment(Clock.systemUTC(), new SecureRandom(), holder.claims());
        Krb5Realm realm = new Krb5Realm(enctype);
        exporter = realm.exporter(ContextExporter.BATON);
        context = realm.accept(environment);
        try (StateWriter out = new StateWriter(0, ROOM)) {
            exporter.write(context, Delegation.DROP, out);
            state = Arrays.copyOf(out.array(), out.position());
        }
    }

    /** Erases what is left. */
    @TearDown
    public void end() throws IOException {
        context.erase();
        holder.close();
    }

    /** Writes the state. */
    @Benchmark
    public int write() throws GSSException {
        try (StateWriter out = new StateWriter(0, ROOM)) {
            exporter.write(context, Delegation.DROP, out);
            return out.position();
        }
    }

    /** Reads the state. */
    @Benchmark
    public MechanismContext read() throws GSSException {
        return exporter.read(new StateReader(state, 0, state.length), Delegation.DROP, environment);
    }

    /** Copies as many octets, and nothing else. */
    @Benchmark
    public byte[] baseline() {
        return state.clone();
    }
}
