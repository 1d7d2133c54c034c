package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonContext;
import dev.gssbaton.benchmarks.Krb5Realm.Pair;
import dev.gssbaton.krb5.crypto.EncryptionType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What does a message cost at both ends, beside the primitives alone, the JDK's own mechanism, and the C libraries behind
 * the JDK's native bridge?
 *
 * <p>In each fork messages of all sizes are exchanged before one size is measured, so that what is measured was not
 * compiled for that one alone.
 *
 * <pre>{@code
 * java -jar benchmarks/target/benchmarks.jar Krb5Messages
 * }</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = Settings.FORKS,
        jvmArgsAppend = {Settings.HEAP_FROM, Settings.HEAP_TO, Settings.TOUCHED})
@Warmup(iterations = Settings.WARM_UP, time = Settings.SECONDS)
@Measurement(iterations = Settings.ITERATIONS, time = Settings.SECONDS)
public class Krb5Messages {
    private static final int[] SIZES = {64, 256, 1024, 16384, 1 << 20};
    private static final int LARGEST = 1 << 20;
    private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long ONCE = 0;

    /** What is sent. */
    @State(Scope.Thread)
    public static class Message {
        /** Name of the encryption type of all keys. */
        @Param({
            "aes256-cts-hmac-sha1-96",
            "aes128-cts-hmac-sha1-96",
            "aes128-cts-hmac-sha256-128",
            "aes256-cts-hmac-sha384-192"
        })
        public String enctype;

        /** How it is protected. */
        @Param({"CONF", "INTEG", "MIC"})
        public Exchange protection;

        /** Octets of the message. */
        @Param({"64", "256", "1024", "16384", "1048576"})
        public int size;

        final byte[] octets = new byte[LARGEST];
        private long nanos;

        /** Fills it. */
        @Setup
        public void begin(BenchmarkParams run) {
            Arrays.fill(octets, (byte) 'm');
            nanos = run.getWarmup().getCount() == 0 ? ONCE : WARM_UP_NANOS;
        }

        /** Exchanges messages of every size. */
        <E extends Exception> void warmUp(Exchanging<E> exchanging) throws E {
            for (int length : SIZES) {
                long begun = System.nanoTime();
                do {
                    if (exchanging.exchange(length) != length) {
                        throw new IllegalStateException("another message arrived");
                    }
                } while (System.nanoTime() - begun < nanos);
            }
        }
    }

    /** One exchange of a message of so many octets, which gives how many arrived. */
    @FunctionalInterface
    interface Exchanging<E extends Exception> {
        int exchange(int length) throws E;
    }

    /** A context of Baton's. */
    @State(Scope.Thread)
    public static class Baton {
        private static final int OVERHEAD = 128;

        private BenchmarkManager holder;
        private final ByteBuffer message = ByteBuffer.allocate(LARGEST);
        private final ByteBuffer token = ByteBuffer.allocate(LARGEST + OVERHEAD);
        private final ByteBuffer taken = ByteBuffer.allocate(LARGEST + OVERHEAD);
        Pair pair;

        /** Establishes it. */
        @Setup
        public void begin(Message sent) throws IOException, GSSException {
            holder = new BenchmarkManager("process");
            pair = new Krb5Realm(sent.enctype).baton(holder.manager());
            sent.warmUp(length -> sent.protection.between(pair, sent.octets, length));
            sent.warmUp(length -> buffers(sent.protection, length));
        }

        int buffers(Exchange protection, int length) throws GSSException {
            return protection.between(
                    (BatonContext) pair.initiator(),
                    (BatonContext) pair.acceptor(),
                    message.position(0).limit(length),
                    token.clear(),
                    taken.clear());
        }

        /** Erases it. */
        @TearDown
        public void end() throws IOException, GSSException {
            pair.dispose();
            holder.close();
        }
    }

    /** A context of the JDK's own mechanism. */
    @State(Scope.Thread)
    public static class Platform {
        Pair pair;

        /** Establishes it. */
        @Setup
        public void begin(Message sent) throws GSSException {
            pair = new Krb5Realm(sent.enctype).platform();
            sent.warmUp(length -> sent.protection.between(pair, sent.octets, length));
        }
    }

    /** A context of a C library. */
    @State(Scope.Thread)
    public static class Library {
        Pair pair;

        /** Establishes it. */
        @Setup
        public void begin(Message sent) throws GSSException {
            pair = Krb5Realm.library(sent.enctype);
            sent.warmUp(length -> sent.protection.between(pair, sent.octets, length));
        }
    }

    /** The primitives alone. */
    @State(Scope.Thread)
    public static class Floor {
        MessageFloor floor;

        /** Makes them. */
        @Setup
        public void begin(Message sent) throws GeneralSecurityException {
            EncryptionType type = EncryptionType.named(sent.enctype).orElseThrow();
            boolean encrypts = sent.protection == Exchange.CONF;
            Map<Integer, MessageFloor> others = new TreeMap<>();
            for (int size : SIZES) {
                others.put(size, new MessageFloor(type, size, encrypts));
            }
            sent.warmUp(length -> {
                others.get(length).exchange();
                return length;
            });
            floor = new MessageFloor(type, sent.size, encrypts);
        }
    }

    /** Baton, between arrays, as JGSS has it. */
    @Benchmark
    public int baton(Message message, Baton context) throws GSSException {
        return message.protection.between(context.pair, message.octets, message.size);
    }

    /** Baton, between buffers of the caller. */
    @Benchmark
    public int batonBuffers(Message message, Baton context) throws GSSException {
        return context.buffers(message.protection, message.size);
    }

    /** The JDK's own mechanism. */
    @Benchmark
    public int jdk(Message message, Platform context) throws GSSException {
        return message.protection.between(context.pair, message.octets, message.size);
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
    public int mit(Message message, Library context) throws GSSException {
        return message.protection.between(context.pair, message.octets, message.size);
    }

    /** Heimdal behind the JDK's native bridge. */
    @Benchmark
    @Fork(
            value = Settings.FORKS,
            jvmArgsAppend = {
                Settings.HEAP_FROM,
                Settings.HEAP_TO,
                Settings.TOUCHED,
                Settings.NATIVE_BRIDGE,
                Settings.ITS_OWN_CREDENTIALS,
                Settings.HEIMDAL
            })
    public int heimdal(Message message, Library context) throws GSSException {
        return message.protection.between(context.pair, message.octets, message.size);
    }

    /** CTS and HMAC over as many octets, and 16 random ones. */
    @Benchmark
    public byte[] baseline(Floor floor) throws GeneralSecurityException {
        return floor.floor.exchange();
    }
}
