package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.seal.TokenHeader;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to move an established krb5 context, sealed and taken once, beside the AEAD alone?
 *
 * <p>The context is an acceptor's with mutual authentication and both subkeys. An imported context can be exported again,
 * so one context goes to and fro in {@link #roundTrip}; {@link #exportAlone} and {@link #importAlone} work on many, which
 * the other step prepares outside the measurement.
 *
 * <p>Each iteration has a store of claims of its own, which is empty at first, so that the way of a context is measured and
 * not how many others went before. {@link FullProcessClaims} shows what becomes of a store that holds a million.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Krb5Transfer
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class Krb5Transfer {
    private static final int MESSAGE_SIZE = 64;

    /**
     * A manager, and what its contexts come from. Only the other states ask for it, each once: JMH makes another one for each
     * method that does.
     */
    @State(Scope.Thread)
    public static class Managed {
        /** Name of the encryption type of all keys. */
        @Param("aes256-cts-hmac-sha1-96")
        public String enctype;

        /** Where a token is taken once. */
        @Param({"process", "host"})
        public String claims;

        private BenchmarkManager holder;
        private Krb5Realm realm;

        BatonManager manager;
        AeadFloor floor;

        /** Makes the manager, and the floor for the size that its tokens have. */
        @Setup(Level.Iteration)
        public void begin() throws IOException, GeneralSecurityException, GSSException {
            holder = new BenchmarkManager(claims);
            manager = holder.manager();
            realm = new Krb5Realm(enctype);
            byte[] token = establish().export();
            floor = new AeadFloor(TokenHeader.SIZE, token.length - TokenHeader.MIN_TOKEN_SIZE);
        }

        BatonContext establish() throws GSSException {
            return realm.accept(manager);
        }

        /** Removes keys and claims. */
        @TearDown(Level.Iteration)
        public void end() throws IOException {
            holder.close();
        }
    }

    /** One context. */
    @State(Scope.Thread)
    public static class One {
        private final byte[] message = new byte[MESSAGE_SIZE];
        private BatonManager manager;
        private BatonContext context;

        /** Establishes it. */
        @Setup(Level.Iteration)
        public void begin(Managed managed) throws GSSException {
            manager = managed.manager;
            context = managed.establish();
        }

        BatonContext move() throws GSSException {
            context = manager.createContext(context.export());
            return context;
        }
    }

    /** Contexts that are there to be exported. */
    @State(Scope.Thread)
    public static class Contexts {
        final BatonContext[] contexts = new BatonContext[Settings.BATCH];
        final byte[][] tokens = new byte[Settings.BATCH][];
        private BatonManager manager;

        /** Establishes them. */
        @Setup(Level.Iteration)
        public void begin(Managed managed) throws GSSException {
            manager = managed.manager;
            for (int i = 0; i < contexts.length; i++) {
                tokens[i] = managed.establish().export();
            }
        }

        /** Makes tokens contexts. */
        @Setup(Level.Invocation)
        public void prepare() throws GSSException {
            for (int i = 0; i < contexts.length; i++) {
                contexts[i] = manager.createContext(tokens[i]);
            }
        }
    }

    /** Tokens that are there to be imported. */
    @State(Scope.Thread)
    public static class Tokens {
        final BatonContext[] contexts = new BatonContext[Settings.BATCH];
        final byte[][] tokens = new byte[Settings.BATCH][];
        private BatonManager manager;

        /** Establishes their contexts. */
        @Setup(Level.Iteration)
        public void begin(Managed managed) throws GSSException {
            manager = managed.manager;
            for (int i = 0; i < contexts.length; i++) {
                contexts[i] = managed.establish();
            }
        }

        /** Makes contexts tokens. */
        @Setup(Level.Invocation)
        public void prepare() throws GSSException {
            for (int i = 0; i < contexts.length; i++) {
                tokens[i] = contexts[i].export();
            }
        }
    }

    /** Exports, and nothing else. */
    @Benchmark
    @OperationsPerInvocation(Settings.BATCH)
    public byte[][] exportAlone(Contexts batch, Allocated allocated) throws GSSException {
        allocated.begin();
        for (int i = 0; i < Settings.BATCH; i++) {
            batch.tokens[i] = batch.contexts[i].export();
        }
        allocated.end(Settings.BATCH, batch.tokens[0].length);
        return batch.tokens;
    }

    /** Imports, and nothing else. */
    @Benchmark
    @OperationsPerInvocation(Settings.BATCH)
    public BatonContext[] importAlone(Tokens batch, Allocated allocated) throws GSSException {
        allocated.begin();
        for (int i = 0; i < Settings.BATCH; i++) {
            batch.contexts[i] = batch.manager.createContext(batch.tokens[i]);
        }
        allocated.end(Settings.BATCH, 0);
        return batch.contexts;
    }

    /** Exports and imports. */
    @Benchmark
    public BatonContext roundTrip(One one) throws GSSException {
        return one.move();
    }

    /** Exports, imports, and answers with one message, so that nothing is put off until then. */
    @Benchmark
    public byte[] roundTripAndWrap(One one) throws GSSException {
        return one.move().wrap(one.message, 0, MESSAGE_SIZE, new MessageProp(0, true));
    }

    /** Seals and opens as many octets, and nothing else. */
    @Benchmark
    public byte[] baseline(Managed managed) throws GeneralSecurityException {
        managed.floor.seal();
        return managed.floor.open();
    }

    /** Seals as many octets, and nothing else. */
    @Benchmark
    public byte[] baselineSeal(Managed managed) throws GeneralSecurityException {
        return managed.floor.seal();
    }
}
