package dev.gssbaton.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.benchmarks.Krb5Realm.Pair;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.seal.TokenHeader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What does a message cost at both ends, or a context to establish or to move, on a machine that does other work as well?
 *
 * <p>JMH goes by the clock on the wall and takes one benchmark after the other, so that a busy machine makes any ratio. Here
 * all take turns of two milliseconds in one process, by the time that the thread had a processor, and what counts is the
 * fastest turn. Each size is warmed before any is measured. A C library cannot be in the same process as the JDK's own
 * mechanism: it takes turns with the floor in a process of its own, which relates it to the others.
 *
 * <p>Prints lines of: what, octets of the message or the token, nanoseconds, octets allocated. {@link Matrix} runs it.
 */
public final class Turns {
    static final String ESTABLISH = "ESTABLISH";
    /** A context to and fro, beside the AEAD alone; each has a store of claims of its own, which is empty at first. */
    static final String TRANSFER = "TRANSFER";
    /** Messages through the JDK's SASL; needs {@link Settings#UNDER_JGSS}. */
    static final String SASL = "SASL";

    private static final String CONFIGURATION = "java.security.krb5.conf";
    private static final int[] SIZES = {64, 256, 1024, 16384, 1 << 20};
    private static final int LARGEST = 1 << 20;
    private static final int OVERHEAD = 128;
    private static final long TURN = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long WARM_UP = TimeUnit.MILLISECONDS.toNanos(400);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final String enctype;
    private final int rounds;
    private final PrintStream out;

    private Turns(String enctype, int rounds, PrintStream out) {
        this.enctype = enctype;
        this.rounds = rounds;
        this.out = out;
    }

    /** What is measured. */
    private interface Operation {
        int run() throws Exception;
    }

    /** What is measured, for each size. */
    private interface Sized {
        Operation of(int size) throws Exception;
    }

    /**
     * Measures.
     *
     * @param arguments encryption type, an {@link Exchange}, {@value #ESTABLISH}, {@value #TRANSFER} or {@value #SASL},
     *     rounds
     */
    public static void main(String[] arguments) throws Exception {
        run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    static void run(String[] arguments, PrintStream out) throws Exception {
        Turns turns = new Turns(arguments[0], Integer.parseInt(arguments[2]), out);
        boolean library = Boolean.getBoolean("sun.security.jgss.native");
        try (BenchmarkManager holder = new BenchmarkManager("process")) {
            if (arguments[1].equals(ESTABLISH)) {
                turns.establish(holder, library);
            } else if (arguments[1].equals(TRANSFER)) {
                turns.transfer(holder);
            } else if (arguments[1].equals(SASL)) {
                turns.sasl();
            } else {
                turns.exchange(holder, Exchange.valueOf(arguments[1]), library);
            }
        }
    }

    private void establish(BenchmarkManager holder, boolean library) throws Exception {
        Krb5Realm realm = new Krb5Realm(enctype);
        Map<String, Sized> kinds = new LinkedHashMap<>();
        kinds.put(Report.FLOOR, size -> floor(Exchange.CONF, size));
        if (library) {
            kinds.put("library", size -> () -> dispose(Krb5Realm.library(enctype)));
        } else {
            kinds.put("baton", size -> () -> dispose(realm.baton(holder.manager())));
            kinds.put("jdk", size -> () -> dispose(realm.platform()));
        }
        measure(kinds, SIZES[0]);
    }

    private void transfer(BenchmarkManager warm) throws Exception {
        Krb5Realm realm = new Krb5Realm(enctype);
        int tokenSize = realm.accept(warm.manager()).export().length;
        try (BenchmarkManager measured = new BenchmarkManager("process")) {
            Iterator<BenchmarkManager> managers = List.of(warm, measured).iterator();
            Map<String, Sized> kinds = new LinkedHashMap<>();
            kinds.put(Report.FLOOR, Turns::sealedAndOpened);
            kinds.put("baton", size -> moved(realm, managers.next().manager()));
            measure(kinds, tokenSize);
        }
    }

    private static Operation sealedAndOpened(int tokenSize) throws Exception {
        AeadFloor floor = new AeadFloor(TokenHeader.SIZE, tokenSize - TokenHeader.MIN_TOKEN_SIZE);
        return () -> {
            floor.seal();
            return floor.open()[0];
        };
    }

    private static Operation moved(Krb5Realm realm, BatonManager manager) throws Exception {
        BatonContext[] context = {realm.accept(manager)};
        return () -> {
            context[0] = manager.createContext(context[0].export());
            return 1;
        };
    }

    private void sasl() throws Exception {
        try (TemporaryFolder folder = new TemporaryFolder()) {
            if (System.getProperty(CONFIGURATION) == null) {
                Path file = Krb5Realm.writeConfiguration(folder.path());
                System.setProperty(CONFIGURATION, file.toString());
            }
            Krb5Realm realm = new Krb5Realm(enctype);
            Krb5Realm.Connection jdk = realm.sasl();
            Krb5Realm.Connection baton = SaslMessages.onBaton(realm, folder.path());
            Map<String, Sized> kinds = new LinkedHashMap<>();
            kinds.put("baton", size -> sasl(baton, size));
            kinds.put("jdk", size -> sasl(jdk, size));
            measure(kinds, SIZES);
        }
    }

    private static Operation sasl(Krb5Realm.Connection connection, int size) {
        byte[] message = new byte[size];
        return () -> connection.exchange(message).length;
    }

    private static int dispose(Pair pair) throws Exception {
        pair.dispose();
        return 1;
    }

    private void exchange(BenchmarkManager holder, Exchange how, boolean library) throws Exception {
        byte[] message = new byte[LARGEST];
        Map<String, Sized> kinds = new LinkedHashMap<>();
        EncryptionType type = EncryptionType.named(enctype).orElseThrow();
        if (MessageFloor.knows(type)) {
            kinds.put(Report.FLOOR, size -> floor(how, size));
        }
        if (library) {
            Pair pair = Krb5Realm.library(enctype);
            kinds.put("library", size -> () -> how.between(pair, message, size));
        } else {
            Krb5Realm realm = new Krb5Realm(enctype);
            Pair baton = realm.baton(holder.manager());
            Pair jdk = realm.platform();
            kinds.put("baton", size -> () -> how.between(baton, message, size));
            kinds.put("batonBuffers", buffers(baton, how));
            kinds.put("jdk", size -> () -> how.between(jdk, message, size));
        }
        measure(kinds, SIZES);
    }

    private Operation floor(Exchange how, int size) throws Exception {
        MessageFloor floor = new MessageFloor(EncryptionType.named(enctype).orElseThrow(), size, how == Exchange.CONF);
        return () -> floor.exchange()[0];
    }

    /** With buffers of the caller's, used again. */
    private static Sized buffers(Pair pair, Exchange how) {
        BatonContext from = (BatonContext) pair.initiator();
        BatonContext to = (BatonContext) pair.acceptor();
        ByteBuffer message = ByteBuffer.allocate(LARGEST);
        ByteBuffer token = ByteBuffer.allocate(LARGEST + OVERHEAD);
        ByteBuffer taken = ByteBuffer.allocate(LARGEST + OVERHEAD);
        return size -> () -> how.between(from, to, message.position(0).limit(size), token.clear(), taken.clear());
    }

    private void measure(Map<String, Sized> kinds, int... sizes) throws Exception {
        for (int size : sizes) {
            for (Sized kind : kinds.values()) {
                Operation operation = kind.of(size);
                long end = processorTime() + (rounds > 1 ? WARM_UP : 0);
                do {
                    operation.run();
                } while (processorTime() < end);
            }
        }
        for (int size : sizes) {
            Map<String, Operation> operations = new LinkedHashMap<>();
            for (Map.Entry<String, Sized> kind : kinds.entrySet()) {
                operations.put(kind.getKey(), kind.getValue().of(size));
            }
            measure(operations, size);
        }
    }

    private void measure(Map<String, Operation> operations, int size) throws Exception {
        double[] fastest = new double[operations.size()];
        double[] allocated = new double[operations.size()];
        int[] batch = new int[operations.size()];
        Arrays.fill(fastest, Double.MAX_VALUE);
        Arrays.fill(batch, 1);
        for (int round = 0; round < rounds; round++) {
            int i = 0;
            for (Operation operation : operations.values()) {
                long octets = THREADS.getCurrentThreadAllocatedBytes();
                long begin = processorTime();
                for (int n = 0; n < batch[i]; n++) {
                    operation.run();
                }
                double time = (processorTime() - begin) / (double) batch[i];
                allocated[i] = (THREADS.getCurrentThreadAllocatedBytes() - octets) / (double) batch[i];
                fastest[i] = Math.min(fastest[i], time);
                batch[i] = (int) Math.max(1, TURN / Math.max(fastest[i], 1));
                i++;
            }
        }
        int i = 0;
        for (String kind : operations.keySet()) {
            out.printf(Locale.ROOT, "%s %d %.1f %.1f%n", kind, size, fastest[i], allocated[i]);
            i++;
        }
    }

    private static long processorTime() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
