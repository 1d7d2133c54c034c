package dev.gssbaton.benchmarks;

import dev.gssbaton.jgss.BatonProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.security.sasl.SaslException;
import org.ietf.jgss.GSSException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * What does a message cost the JDK's SASL, encrypted by the client and read by the server, on Baton and on the JDK's mechanism?
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar SaslMessages
 * }</pre>
 *
 * <p>{@link Turns} measures the same in turns, for a machine that does other work as well.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO, Settings.TOUCHED, Settings.UNDER_JGSS})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class SaslMessages {
    /** What is sent. */
    @State(Scope.Thread)
    public static class Message {
        /** Name of the encryption type of all keys. */
        @Param("aes256-cts-hmac-sha1-96")
        public String enctype;

        /** Octets of the message. */
        @Param({"256", "16384"})
        public int size;

        byte[] octets;

        /** Fills it. */
        @Setup
        public void begin() {
            octets = new byte[size];
            Arrays.fill(octets, (byte) 'm');
        }
    }

    /** Authenticates with Baton in front of all providers. What is kept goes into a folder. */
    static Krb5Realm.Connection onBaton(Krb5Realm realm, Path folder) throws IOException, GSSException {
        Path settings = folder.resolve("baton.properties");
        Files.writeString(settings, "claims=process\nkeys=account:" + folder.resolve("keys") + "\n");
        Provider provider = new BatonProvider().configure(settings.toString());
        Security.insertProviderAt(provider, 1);
        try {
            return realm.sasl();
        } finally {
            Security.removeProvider(provider.getName());
        }
    }

    /** A connection on Baton. */
    @State(Scope.Thread)
    public static class Baton {
        private TemporaryFolder folder;
        private Krb5Realm.Connection connection;

        /** Authenticates. */
        @Setup(Level.Trial)
        public void begin(Message sent) throws IOException, GSSException {
            folder = new TemporaryFolder();
            connection = onBaton(new Krb5Realm(sent.enctype), folder.path());
        }

        /** Ends it. */
        @TearDown(Level.Trial)
        public void end() throws IOException {
            connection.dispose();
            folder.close();
        }
    }

    /** A connection on the JDK's mechanism. */
    @State(Scope.Thread)
    public static class Platform {
        private Krb5Realm.Connection connection;

        /** Authenticates. */
        @Setup(Level.Trial)
        public void begin(Message sent) throws IOException, GSSException {
            connection = new Krb5Realm(sent.enctype).sasl();
        }

        /** Ends it. */
        @TearDown(Level.Trial)
        public void end() throws SaslException {
            connection.dispose();
        }
    }

    /** With Baton. */
    @Benchmark
    public byte[] baton(Message message, Baton baton) throws SaslException {
        return baton.connection.exchange(message.octets);
    }

    /** The JDK alone. */
    @Benchmark
    public byte[] jdk(Message message, Platform platform) throws SaslException {
        return platform.connection.exchange(message.octets);
    }
}
