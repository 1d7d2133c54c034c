package dev.gssbaton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark for a moment, to see that it works; how fast it is, is no matter here. */
class ReportTest {
    private static final List<Class<?>> BENCHMARKS = List.of(
            ClaimStores.class,
            Codec.class,
            FullProcessClaims.class,
            Krb5Establish.class,
            Krb5Messages.class,
            Krb5Threads.class,
            Krb5Transfer.class,
            Krb5Unsealed.class,
            MockTransfer.class,
            SaslMessages.class,
            Seal.class,
            SessionKeys.class);
    /** What runs in another JVM alone. */
    private static final Set<String> LIBRARIES = Set.of("mit", "heimdal");

    @TempDir
    static Path folder;

    @BeforeAll
    static void configure() throws Exception {
        System.setProperty(
                "java.security.krb5.conf", Krb5Realm.writeConfiguration(folder).toString());
    }

    @Test
    void everyBenchmarkRunsAndHasItsLine() throws Exception {
        Collection<RunResult> runs = new Runner(options()
                        .include("dev\\.gssbaton\\.benchmarks\\..*")
                        .exclude("\\.(" + String.join("|", LIBRARIES) + ")$")
                        .forks(0)
                        .build())
                .run();

        Set<String> expected = new TreeSet<>();
        for (Class<?> type : BENCHMARKS) {
            for (Method method : type.getMethods()) {
                if (method.isAnnotationPresent(Benchmark.class) && !LIBRARIES.contains(method.getName())) {
                    expected.add(type.getName() + "." + method.getName());
                }
            }
        }
        assertEquals(
                expected,
                runs.stream()
                        .map(run -> run.getParams().getBenchmark())
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (RunResult run : runs) {
            assertTrue(
                    run.getPrimaryResult().getScore() > 0, () -> run.getParams().id());
        }

        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        new Report(runs, new PrintStream(octets, true, StandardCharsets.UTF_8)).print();
        String printed = octets.toString(StandardCharsets.UTF_8);
        List<String> lines = Arrays.asList(printed.split("\n", -1));
        assertEquals(
                runs.size(), lines.stream().filter(line -> line.contains(" ± ")).count(), printed);
        for (String what : List.of(
                "Krb5Messages.baton enctype=aes256-cts-hmac-sha1-96 protection=CONF size=64",
                "Krb5Transfer.roundTrip claims=process enctype=aes256-cts-hmac-sha1-96",
                "Seal.seal octets=260")) {
            assertTrue(
                    lines.stream().anyMatch(line -> line.startsWith(what) && line.matches(".* \\d+\\.\\d\\d .* +\\d+")),
                    printed);
        }
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line -> line.matches(
                                        "sealed export \\+ import, process claim: \\d+\\.\\d\\d times the floor, at most 2\\.0: .*")),
                printed);
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line -> line.matches(
                                        "an export allocates \\d+ B = \\d+ of the token \\+ \\d+ as the floor's seal does \\+ -?\\d+, at most 1024: .*")),
                printed);
    }

    @Test
    @Requires(NativePeer.MIT)
    void mitIsMeasured() throws Exception {
        assertOneRuns("Krb5Messages.mit");
    }

    @Test
    @Requires(NativePeer.HEIMDAL)
    void heimdalIsMeasured() throws Exception {
        assertOneRuns("Krb5Messages.heimdal");
    }

    private static void assertOneRuns(String benchmark) throws Exception {
        try (TemporaryFolder folder = new TemporaryFolder()) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Collection<RunResult> runs = new Runner(options()
                            .include(benchmark)
                            .param("protection", "CONF")
                            .jvm(Report.launcher(folder, java))
                            .forks(1)
                            .build())
                    .run();
            assertEquals(1, runs.size());
        }
    }

    @Test
    void contextsAreWeighed() throws Exception {
        for (long octets : ContextHeap.measure(20, "aes256-cts-hmac-sha1-96", 0)) {
            assertTrue(octets < 1 << 20, () -> octets + " octets");
        }
    }

    @Test
    void allTakeTurns() throws Exception {
        assertEquals(4 * 5, turns("CONF"));
        assertEquals(4 * 5, turns("MIC"));
        assertEquals(3, turns(Turns.ESTABLISH));
        assertEquals(2, turns(Turns.TRANSFER));
        assertEquals(2 * 5, turns(Turns.SASL));
    }

    private static long turns(String what) throws Exception {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        String[] arguments = {"aes256-cts-hmac-sha1-96", what, "1"};
        Turns.run(arguments, new PrintStream(octets, true, StandardCharsets.UTF_8));
        return octets.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.matches("[a-zA-Z]+ \\d+ \\d+\\.\\d \\d+\\.\\d"))
                .count();
    }

    private static ChainedOptionsBuilder options() {
        return new OptionsBuilder()
                .param("enctype", "aes256-cts-hmac-sha1-96")
                .param("size", "64")
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(10))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }
}
