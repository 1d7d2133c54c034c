package dev.gssbaton.benchmarks;

import dev.gssbaton.benchmarks.Krb5Realm.Pair;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.ietf.jgss.GSSException;

/**
 * How much heap does a context take: established, while messages go both ways, and when it has rested since?
 *
 * <p>The difference of the heap in use before and after so many pairs of contexts are there, after a collection. A pair has
 * two contexts, and both their names are shared, as those of one service and one client are.
 *
 * <pre>{@code
 * java -Xmx4g -cp benchmarks/target/benchmarks.jar dev.gssbaton.benchmarks.ContextHeap [contexts] [enctype]
 * }</pre>
 */
public final class ContextHeap {
    /** Longer than keys are kept that nobody uses. */
    private static final long REST_SECONDS = 40;

    private static final int SMALL = 64;
    /** The largest of those that are copied; of larger ones less is kept. */
    private static final int LARGE = 1024;

    private ContextHeap() {}

    /**
     * Measures.
     *
     * @param contexts how many contexts, an even number
     * @param enctype name of the encryption type
     * @param restSeconds how long they rest
     * @return octets for one context: established, active with short messages, active with long ones, at rest
     */
    static long[] measure(int contexts, String enctype, long restSeconds)
            throws IOException, GSSException, InterruptedException {
        try (BenchmarkManager holder = new BenchmarkManager("process")) {
            Krb5Realm realm = new Krb5Realm(enctype);
            List<Pair> pairs = new ArrayList<>(contexts / 2);
            exchange(List.of(realm.baton(holder.manager())), LARGE);
            long before = used();
            for (int i = 0; i < contexts / 2; i++) {
                pairs.add(realm.baton(holder.manager()));
            }
            // An acceptor's record of the authenticator is not the context's.
            long[] octets = new long[4];
            octets[0] = (used() - before) / contexts;
            exchange(pairs, SMALL);
            octets[1] = (used() - before) / contexts;
            exchange(pairs, LARGE);
            octets[2] = (used() - before) / contexts;
            TimeUnit.SECONDS.sleep(restSeconds);
            octets[3] = (used() - before) / contexts;
            for (Pair pair : pairs) {
                pair.dispose();
            }
            return octets;
        }
    }

    private static void exchange(List<Pair> pairs, int size) throws GSSException {
        byte[] message = new byte[size];
        for (Pair pair : pairs) {
            Pair back = new Pair(/* initiator= */ pair.acceptor(), /* acceptor= */ pair.initiator());
            for (Pair way : List.of(pair, back)) {
                Exchange.CONF.between(way, message, size);
            }
        }
    }

    private static long used() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /**
     * Measures and prints.
     *
     * @param arguments number of contexts, 100,000 unless given, and encryption type
     */
    public static void main(String[] arguments) throws IOException, GSSException, InterruptedException {
        int contexts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
        String enctype = arguments.length > 1 ? arguments[1] : "aes256-cts-hmac-sha1-96";
        long[] octets = measure(contexts, enctype, REST_SECONDS);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.printf(Locale.ROOT, "heap of one of %,d contexts, %s%n", contexts, enctype);
        out.printf(Locale.ROOT, "%-56s %,7d B%n", "established", octets[0]);
        out.printf(Locale.ROOT, "%-56s %,7d B%n", "active, messages of 64 octets both ways", octets[1]);
        out.printf(Locale.ROOT, "%-56s %,7d B%n", "active, messages of 1,024 octets both ways", octets[2]);
        out.printf(Locale.ROOT, "%-56s %,7d B%n", "at rest for " + REST_SECONDS + " s", octets[3]);
    }
}
