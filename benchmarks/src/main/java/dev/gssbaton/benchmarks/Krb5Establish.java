package dev.gssbaton.benchmarks;

import java.io.IOException;
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
 * What does it cost to establish a context with mutual authentication, both ends, with the ticket at hand?
 *
 * <p>Replays are remembered in memory by Baton and the JDK, and in a file by the C libraries.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Krb5Establish
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO, Settings.TOUCHED})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class Krb5Establish {
    /** A client, a service, and the ticket between them. */
    @State(Scope.Thread)
    public static class Ends {
        /** Name of the encryption type of all keys. */
        @Param({"aes256-cts-hmac-sha1-96", "aes256-cts-hmac-sha384-192"})
        public String enctype;

        private Krb5Realm realm;
        private BenchmarkManager holder;

        /** Makes them. */
        @Setup
        public void begin() throws IOException {
            realm = new Krb5Realm(enctype);
            holder = new BenchmarkManager("process");
        }

        /** Removes what there is in files. */
        @TearDown
        public void end() throws IOException {
            holder.close();
        }
    }

    /** Baton. */
    @Benchmark
    public void baton(Ends ends) throws GSSException {
        ends.realm.baton(ends.holder.manager()).dispose();
    }

    /** The JDK's own mechanism. */
    @Benchmark
    public void jdk(Ends ends) throws GSSException {
        ends.realm.platform().dispose();
    }

    /** MIT krb5 behind the JDK's native bridge. */
    @Benchmark
    @Fork(
            value = Settings.FORKS,
            jvmArgsAppend = {
                Settings.HEAP_FROM,
                Settings.HEAP_TO,
                Settings.TOUCHED,
                Settings.NATIVE_BRIDGE,
                Settings.ITS_OWN_CREDENTIALS,
                Settings.MIT
            })
    public void mit(Ends ends) throws GSSException {
        Krb5Realm.library(ends.enctype).dispose();
    }
}
