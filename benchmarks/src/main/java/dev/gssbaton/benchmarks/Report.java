package dev.gssbaton.benchmarks;

import dev.gssbaton.krb5.crypto.EncryptionType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks in one JMH run, and prints them beside the floor of the same run. Ratios are of the fastest iterations.
 *
 * <pre>{@code
 * mvn -Pquick -pl benchmarks -am -DskipTests package
 * java -jar benchmarks/target/benchmarks.jar [what JMH's command line takes]
 * }</pre>
 *
 * <p>Without arguments that is all of them, in some ten minutes. JMH's own figures are written to {@code benchmarks.json},
 * or where {@code -rff} says. What JMH's main program can do beside that is there by its name:
 * {@code java -cp benchmarks/target/benchmarks.jar org.openjdk.jmh.Main -h}.
 */
public final class Report {
    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    static final String FLOOR = "baseline";
    private static final double MOST_TIMES_THE_FLOOR = 2.0;
    private static final double MOST_BYTES_FOR_AN_EXPORT = 1024;

    private final Map<String, RunResult> results = new TreeMap<>();
    private final PrintStream out;

    Report(Collection<RunResult> runs, PrintStream out) {
        runs.forEach(run -> results.put(name(run), run));
        this.out = out;
    }

    /**
     * Runs benchmarks and prints the table.
     *
     * @param arguments as for JMH's main program
     */
    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException, IOException {
        CommandLineOptions given = new CommandLineOptions(arguments);
        try (TemporaryFolder folder = new TemporaryFolder()) {
            Collection<RunResult> runs = new Runner(new OptionsBuilder()
                            .parent(given)
                            .jvm(launcher(folder, given.getJvm().orElse(JAVA)))
                            .addProfiler(GCProfiler.class)
                            .resultFormat(given.getResultFormat().orElse(ResultFormatType.JSON))
                            .result(given.getResult().orElse("benchmarks.json"))
                            .build())
                    .run();
            new Report(runs, new PrintStream(System.out, true, StandardCharsets.UTF_8)).print();
        }
    }

    /** Makes a launcher for the forks, in which the C libraries find credentials. */
    static String launcher(TemporaryFolder folder, String java) throws IOException {
        List<String> enctypes = Arrays.stream(EncryptionType.values())
                .map(EncryptionType::rfcName)
                .toList();
        return NativeCredentials.write(folder.path(), enctypes, java).toString();
    }

    void print() {
        out.printf(
                Locale.ROOT,
                "%n%s, %s %s, %d processors%n%n",
                System.getProperty("java.vm.name"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
        out.printf(
                Locale.ROOT,
                "%-76s %11s %21s %8s %8s %8s %9s%n",
                "",
                "fastest",
                "ns/op",
                "× floor",
                "JDK ×",
                "MIT ×",
                "B/op");
        results.forEach(this::printLine);
        out.println();
        MessageGoal.ALL.forEach(this::printGoal);
        results.keySet().stream()
                .filter(name -> name.startsWith("Krb5Transfer.roundTrip ") && name.contains("claims=process"))
                .forEach(this::printTargets);
    }

    private void printLine(String name, RunResult run) {
        Result<?> time = run.getPrimaryResult();
        out.printf(
                Locale.ROOT,
                "%-76s %11.0f %11.0f ± %7.0f %8s %8s %8s %9.0f%n",
                name,
                fastest(run),
                time.getScore(),
                time.getScoreError(),
                ratio(time(name), score(name, FLOOR)),
                ratio(score(name, "jdk"), time(name)),
                ratio(score(name, "mit"), time(name)),
                allocated(run));
    }

    /**
     * The time of the fastest iteration. Whatever else runs on a machine makes iterations slower, never faster, so that these
     * can be compared where means cannot.
     */
    private static double fastest(RunResult run) {
        return run.getPrimaryResult().getStatistics().getMin();
    }

    static String ratio(Optional<Double> of, Optional<Double> to) {
        return of.isEmpty() || to.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", of.get() / to.get());
    }

    private void printGoal(MessageGoal goal) {
        for (EncryptionType type : EncryptionType.values()) {
            String name = "Krb5Messages.baton enctype=" + type.rfcName() + " protection=CONF size=" + goal.size() + " ";
            if (results.containsKey(name)) {
                double time = fastest(results.get(name));
                score(name, FLOOR)
                        .ifPresent(floor -> printTarget(name, "of the floor", time / floor, goal.timesTheFloor()));
                if (type == EncryptionType.AES256_CTS_HMAC_SHA1_96) {
                    score(name, "jdk")
                            .ifPresent(jdk ->
                                    printTarget(name, "of the JDK's time", time / jdk, 1 / goal.timesFasterThanJdk()));
                }
                score(name, "mit").ifPresent(mit -> printTarget(name, "of MIT's time", time / mit, 1.0));
            }
        }
    }

    private void printTarget(String name, String what, double ratio, double most) {
        out.printf(
                Locale.ROOT, "%s: %.2f %s, at most %.2f: %s%n", name.trim(), ratio, what, most, verdict(ratio <= most));
    }

    /** What an export and an import may take, and whether they keep to it. */
    private void printTargets(String roundTrip) {
        String export = sibling(roundTrip, "exportAlone");
        String seal = sibling(roundTrip, "baselineSeal");
        if (score(roundTrip, FLOOR).isEmpty() || !results.keySet().containsAll(List.of(export, seal))) {
            return;
        }
        double times = fastest(results.get(roundTrip)) / score(roundTrip, FLOOR).get();
        double token = perOperation(results.get(export), "tokenBytes").orElseThrow();
        double sealBytes = allocated(results.get(seal));
        double beside = allocated(results.get(export)) - token - sealBytes;
        out.printf(
                Locale.ROOT,
                "sealed export + import, process claim: %.2f times the floor, at most %.1f: %s%n",
                times,
                MOST_TIMES_THE_FLOOR,
                verdict(times <= MOST_TIMES_THE_FLOOR));
        out.printf(
                Locale.ROOT,
                "an export allocates %.0f B = %.0f of the token + %.0f as the floor's seal does + %.0f, at most %.0f: %s%n",
                allocated(results.get(export)),
                token,
                sealBytes,
                beside,
                MOST_BYTES_FOR_AN_EXPORT,
                verdict(beside <= MOST_BYTES_FOR_AN_EXPORT));
    }

    private static String verdict(boolean kept) {
        return kept ? "kept" : "MISSED";
    }

    /** The time of a benchmark, if it was measured. */
    Optional<Double> time(String name) {
        return Optional.ofNullable(results.get(name)).map(Report::fastest);
    }

    /** The time of another method of the same class that was measured with the same parameters. */
    Optional<Double> score(String name, String method) {
        return time(sibling(name, method));
    }

    /** The benchmarks that were measured, by name. */
    Map<String, RunResult> results() {
        return results;
    }

    /** Octets for an operation: counted around it, if the benchmark did so, else as JMH's profiler counts them. */
    static double allocated(RunResult run) {
        return perOperation(run, "allocatedBytes").or(() -> aux(run, ALLOCATED)).orElse(Double.NaN);
    }

    private static Optional<Double> perOperation(RunResult run, String what) {
        return aux(run, what).map(sum -> sum / aux(run, "countedOperations").orElseThrow());
    }

    private static Optional<Double> aux(RunResult run, String what) {
        // By key: JMH's results are of a raw type.
        for (String key : run.getSecondaryResults().keySet()) {
            if (key.endsWith(what)) {
                return Optional.of(run.getSecondaryResults().get(key).getScore());
            }
        }
        return Optional.empty();
    }

    private static String sibling(String name, String method) {
        int parameters = name.indexOf(' ');
        return name.substring(0, name.indexOf('.') + 1) + method + name.substring(parameters);
    }

    /** Class, method, and parameters. */
    static String name(RunResult run) {
        String[] words = run.getParams().getBenchmark().split("\\.", -1);
        StringBuilder name = new StringBuilder(words[words.length - 2] + "." + words[words.length - 1] + " ");
        for (String key : run.getParams().getParamsKeys()) {
            name.append(key).append('=').append(run.getParams().getParam(key)).append(' ');
        }
        return name.toString();
    }
}
