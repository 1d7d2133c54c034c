package dev.gssbaton.benchmarks;

import dev.gssbaton.benchmarks.Krb5Realm.Pair;
import dev.gssbaton.krb5.crypto.EncryptionType;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Does a second thread double the throughput, on a context of its own, and as the receiver of one context beside its sender?
 *
 * <p>The time is one thread's for an operation, so that it stays the same where a second thread costs nothing. The
 * primitives alone, in two threads, tell what the machine gives.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Krb5Threads
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO, Settings.TOUCHED})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class Krb5Threads {
    /** What is sent. */
    @State(Scope.Benchmark)
    public static class Message {
        /** Name of the encryption type of all keys. */
        @Param("aes256-cts-hmac-sha1-96")
        public String enctype;

        /** Octets of the message. */
        @Param({"64", "1024"})
        public int size;

        private byte[] octets;

        /** Makes it. */
        @Setup
        public void begin() {
            octets = new byte[size];
        }
    }

    /** A context for each thread. */
    @State(Scope.Thread)
    public static class Own {
        private BenchmarkManager holder;
        private Pair pair;

        /** Establishes it. */
        @Setup
        public void begin(Message message) throws IOException, GSSException {
            holder = new BenchmarkManager("process");
            pair = new Krb5Realm(message.enctype).baton(holder.manager());
        }

        /** Erases it. */
        @TearDown
        public void end() throws IOException, GSSException {
            pair.dispose();
            holder.close();
        }
    }

    /** One context for all threads, and a token that it takes again and again. */
    @State(Scope.Benchmark)
    public static class Shared {
        private BenchmarkManager holder;
        private Pair pair;
        private byte[] token;

        /** Establishes it. */
        @Setup
        public void begin(Message message) throws IOException, GSSException {
            holder = new BenchmarkManager("process");
            pair = new Krb5Realm(message.enctype).baton(holder.manager());
            token = pair.acceptor().wrap(message.octets, 0, message.size, new MessageProp(0, true));
        }

        int send(Message message) throws GSSException {
            return pair.initiator().wrap(message.octets, 0, message.size, new MessageProp(0, true)).length;
        }

        int receive() throws GSSException {
            GSSContext context = pair.initiator();
            return context.unwrap(token, 0, token.length, new MessageProp(0, true)).length;
        }

        /** Erases it. */
        @TearDown
        public void end() throws IOException, GSSException {
            pair.dispose();
            holder.close();
        }
    }

    /** The primitives alone. */
    @State(Scope.Thread)
    public static class Floor {
        private MessageFloor floor;

        /** Makes them. */
        @Setup
        public void begin(Message message) throws GeneralSecurityException {
            floor = new MessageFloor(EncryptionType.named(message.enctype).orElseThrow(), message.size, true);
        }
    }

    /** One thread. */
    @Benchmark
    public int oneThread(Message message, Own own) throws GSSException {
        return Exchange.CONF.between(own.pair, message.octets, message.size);
    }

    /** Two threads, each with a context. */
    @Benchmark
    @Threads(2)
    public int twoThreads(Message message, Own own) throws GSSException {
        return Exchange.CONF.between(own.pair, message.octets, message.size);
    }

    /** One thread, which sends and receives in turn. */
    @Benchmark
    @OperationsPerInvocation(2)
    public int oneDuplexThread(Message message, Shared shared) throws GSSException {
        return shared.send(message) + shared.receive();
    }

    /** A sender and a receiver of one context. */
    @Benchmark
    @Threads(2)
    public int twoDuplexThreads(Message message, Shared shared, ThreadParams thread) throws GSSException {
        return thread.getThreadIndex() == 0 ? shared.send(message) : shared.receive();
    }

    /** The primitives in one thread. */
    @Benchmark
    public byte[] onePrimitivesThread(Floor floor) throws GeneralSecurityException {
        return floor.floor.exchange();
    }

    /** The primitives in two threads. */
    @Benchmark
    @Threads(2)
    public byte[] twoPrimitivesThreads(Floor floor) throws GeneralSecurityException {
        return floor.floor.exchange();
    }
}
