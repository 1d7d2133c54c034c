package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.seal.TokenHeader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Locale;
import org.ietf.jgss.GSSException;

/**
 * What does it cost to move a context, on a machine that does other work as well?
 *
 * <p>JMH goes by the clock on the wall, which tells nothing where threads wait for a processor. This goes by the time that
 * the thread had one, and takes turns between the floor and the round trip, so that both meet the same neighbours. Each ten
 * rounds have a store of claims of their own. It prints the medians.
 *
 * <pre>{@code
 * java -Xms2g -Xmx2g -cp benchmarks/target/benchmarks.jar dev.gssbaton.benchmarks.ProcessorTime
 * }</pre>
 */
public final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 60;
    private static final int MOVES = 20_000;
    private static final int ROUNDS_OF_A_STORE = 10;

    private static int sum;

    private ProcessorTime() {}

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws IOException, GeneralSecurityException, GSSException {
        Krb5Realm realm = new Krb5Realm("aes256-cts-hmac-sha1-96");
        double[] floors = new double[ROUNDS];
        double[] moves = new double[ROUNDS];
        for (int first = -WARM_UP; first < ROUNDS; first += ROUNDS_OF_A_STORE) {
            try (BenchmarkManager holder = new BenchmarkManager("process")) {
                BatonManager manager = holder.manager();
                int size = realm.accept(manager).export().length;
                AeadFloor floor = new AeadFloor(TokenHeader.SIZE, size - TokenHeader.MIN_TOKEN_SIZE);
                BatonContext context = realm.accept(manager);
                for (int round = first; round < first + ROUNDS_OF_A_STORE; round++) {
                    long begin = THREADS.getCurrentThreadCpuTime();
                    sealAndOpen(floor);
                    long middle = THREADS.getCurrentThreadCpuTime();
                    context = move(manager, context);
                    long end = THREADS.getCurrentThreadCpuTime();
                    if (round >= 0) {
                        floors[round] = (middle - begin) / (double) MOVES;
                        moves[round] = (end - middle) / (double) MOVES;
                    }
                }
                context.dispose();
            }
        }
        Arrays.sort(floors);
        Arrays.sort(moves);
        System.out.printf(
                Locale.ROOT,
                "floor %.0f ns, export + import %.0f ns: %.2f times the floor (%d)%n",
                floors[ROUNDS / 2],
                moves[ROUNDS / 2],
                moves[ROUNDS / 2] / floors[ROUNDS / 2],
                sum);
    }

    private static void sealAndOpen(AeadFloor floor) throws GeneralSecurityException {
        for (int i = 0; i < MOVES; i++) {
            floor.seal();
            sum += floor.open()[0];
        }
    }

    private static BatonContext move(BatonManager manager, BatonContext first) throws GSSException {
        BatonContext context = first;
        for (int i = 0; i < MOVES; i++) {
            context = manager.createContext(context.export());
        }
        return context;
    }
}
