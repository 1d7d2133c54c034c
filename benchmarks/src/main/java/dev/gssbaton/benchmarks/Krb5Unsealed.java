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
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
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
 * What does it cost to write a token of a C library and to read it, beside that library's own export and import behind the JDK's
 * native bridge?
 *
 * <p>Without the claim, which the library has not. The context is an acceptor's with mutual authentication and both subkeys,
 * and without authorization data. On JDK 17 only: later bridges free an exported context twice.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Krb5Unsealed
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class Krb5Unsealed {
    private static final int ROOM = 1200;
    private static final String ENCTYPE = "aes256-cts-hmac-sha1-96";

    /** A context of Baton, which goes to and fro. */
    @State(Scope.Thread)
    public static class Ours {
        /** The format. */
        @Param({"mit", "heimdal-7", "heimdal-8"})
        public String format;

        private BenchmarkManager holder;
        private Environment environment;
        private ContextExporter exporter;
        private MechanismContext context;

        /** Establishes it. */
        @Setup
        public void begin() throws IOException, GSSException {
            holder = new BenchmarkManager("process");
            environment = new Environment(Clock.systemUTC(), new SecureRandom(), holder.claims());
            Krb5Realm realm = new Krb5Realm(ENCTYPE);
            exporter = realm.exporter(format);
            context = realm.accept(environment);
        }

        MechanismContext move() throws GSSException {
            try (StateWriter out = new StateWriter(0, ROOM)) {
                exporter.write(context, Delegation.DROP, out);
                context.erase();
                context = exporter.read(new StateReader(out.array(), 0, out.position()), Delegation.DROP, environment);
                return context;
            }
        }

        /** Erases what is left. */
        @TearDown
        public void end() throws IOException {
            context.erase();
            holder.close();
        }
    }

    /** A context of a C library, which goes to and fro. */
    @State(Scope.Thread)
    public static class Library {
        private GSSManager manager;
        private GSSContext context;

        /** Establishes it. */
        @Setup
        public void begin() throws GSSException {
            manager = GSSManager.getInstance();
            context = Krb5Realm.library(ENCTYPE).acceptor();
        }

        GSSContext move() throws GSSException {
            context = manager.createContext(context.export());
            return context;
        }
    }

    /** Writes a token, erases the context, and reads the token. */
    @Benchmark
    public MechanismContext baton(Ours ours) throws GSSException {
        return ours.move();
    }

    /** MIT krb5's export and import. */
    @Benchmark
    @Fork(
            value = Settings.FORKS,
            jvmArgsAppend = {
                Settings.HEAP_FROM,
                Settings.HEAP_TO,
                Settings.NATIVE_BRIDGE,
                Settings.ITS_OWN_CREDENTIALS,
                Settings.MIT
            })
    public GSSContext mit(Library library) throws GSSException {
        return library.move();
    }

    /** Heimdal's export and import. */
    @Benchmark
    @Fork(
            value = Settings.FORKS,
            jvmArgsAppend = {
                Settings.HEAP_FROM,
                Settings.HEAP_TO,
                Settings.NATIVE_BRIDGE,
                Settings.ITS_OWN_CREDENTIALS,
                Settings.HEIMDAL
            })
    public GSSContext heimdal(Library library) throws GSSException {
        return library.move();
    }
}
