package dev.gssbaton.benchmarks;

import dev.gssbaton.krb5.crypto.EncryptionType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks of messages and contexts, and writes a page with one table and one plot for each question.
 *
 * <p>{@code brief} as the second argument leaves out other encryption types than the usual one where there is no
 * confidentiality. Options are those of JMH, which measures two threads; {@code -jvm} chooses the JDK for all.
 *
 * <pre>{@code
 * benchmarks/run docs/benchmarks [brief] [what JMH's command line takes]
 * }</pre>
 */
public final class Matrix {
    private static final String THREADS = "Krb5Threads.";
    private static final String USUAL = EncryptionType.AES256_CTS_HMAC_SHA1_96.rfcName();
    private static final List<String> ENCTYPES = Arrays.stream(EncryptionType.values())
            .filter(MessageFloor::knows)
            .map(EncryptionType::rfcName)
            .toList();
    private static final int ROUNDS = 150;
    /** Establishing a context is a long way, which takes long to be compiled. */
    private static final int ROUNDS_OF_ESTABLISHING = 1500;

    private static final Map<String, String> KINDS = kinds();

    /** What one of 100,000 contexts may take. */
    private static final int MOST_OCTETS_AT_REST = 2048;

    private static final int MOST_OCTETS_ACTIVE = 16384;
    /** What two threads on two contexts are to get done, times one thread. */
    private static final double LEAST_THROUGHPUT_OF_TWO = 1.8;

    private final Path folder;
    private final int feature;
    private final String name;
    private final CommandLineOptions given;
    private final String launcher;
    private final StringBuilder page = new StringBuilder();

    private Matrix(Path folder, int feature, CommandLineOptions given, String launcher) {
        this.folder = folder;
        this.feature = feature;
        this.name = "jdk-" + feature;
        this.given = given;
        this.launcher = launcher;
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("baton", "Baton");
        kinds.put("batonBuffers", "Baton, caller's buffers");
        kinds.put(Report.FLOOR, "floor");
        kinds.put("jdk", "JDK");
        kinds.put("mit", "MIT");
        kinds.put("heimdal", "Heimdal");
        return kinds;
    }

    /**
     * Runs and writes.
     *
     * @param arguments the folder, {@code brief} if so, and options of JMH's
     */
    public static void main(String[] arguments)
            throws CommandLineOptionException, RunnerException, IOException, InterruptedException {
        boolean brief = arguments.length > 1 && arguments[1].equals("brief");
        CommandLineOptions given =
                new CommandLineOptions(Arrays.copyOfRange(arguments, brief ? 2 : 1, arguments.length));
        Path out = Files.createDirectories(Path.of(arguments[0]));
        try (TemporaryFolder temporary = new TemporaryFolder()) {
            String java = given.getJvm().orElse(Report.JAVA);
            String version = output(java, "-version");
            String feature = version.replaceAll("(?s)^.*?\"(\\d+).*$", "$1");
            Matrix matrix = new Matrix(out, Integer.parseInt(feature), given, Report.launcher(temporary, java));
            matrix.head(version, String.join(" ", arguments));
            matrix.messages(brief);
            matrix.establishment();
            matrix.heap();
            matrix.threads();
        }
    }

    private void head(String version, String command) throws IOException {
        page.append("# Messages and contexts on ")
                .append(version.lines().findFirst().orElse(""))
                .append("\n\n")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(", ")
                .append(processor())
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" processors, ")
                .append(System.getProperty("os.name"))
                .append(' ')
                .append(System.getProperty("os.version"))
                .append(".\n\n```sh\nbenchmarks/run ")
                .append(command)
                .append(
                        "\n```\n\nAll kinds take turns of two milliseconds; a time is that of the fastest turn by the processor's")
                .append(
                        " time, both ends together.\nA C library takes turns with the floor in a process of its own, and its")
                .append(
                        " times are given in proportion.\nThe floor is SunJCE's CTS and HMAC over the same octets and 16")
                .append(
                        " random ones, with keys ready and arrays used again.\n\nWhat the figures mean, and where the time")
                .append(" goes: [README](README.md).\n");
        save();
    }

    private static String processor() throws IOException {
        Path information = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(information)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(information).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private void messages(boolean brief) throws IOException, InterruptedException {
        Map<Exchange, String> titles = new LinkedHashMap<>();
        titles.put(Exchange.CONF, "Wrap and unwrap with confidentiality");
        titles.put(Exchange.INTEG, "Wrap and unwrap without confidentiality");
        titles.put(Exchange.MIC, "MIC and its verification");
        for (Map.Entry<Exchange, String> title : titles.entrySet()) {
            boolean usualAlone = brief && title.getKey() != Exchange.CONF;
            Map<String, Map<String, Map<Long, Measured>>> byEnctype = new LinkedHashMap<>();
            for (String enctype : usualAlone ? List.of(USUAL) : ENCTYPES) {
                byEnctype.put(enctype, turns(enctype, title.getKey().name()));
            }
            if (title.getKey() == Exchange.CONF) {
                goals(byEnctype);
            }
            messages(title.getValue(), title.getKey().name().toLowerCase(Locale.ROOT), byEnctype);
        }
    }

    private void goals(Map<String, Map<String, Map<Long, Measured>>> byEnctype) throws IOException {
        page.append(
                        "\n## Goals\n\nWrap and unwrap with confidentiality. What misses its goal is bold, here and below.\n\n")
                .append(GoalTable.of(byEnctype, USUAL, feature));
        save();
    }

    private void messages(String title, String file, Map<String, Map<String, Map<Long, Measured>>> byEnctype)
            throws IOException {
        Map<String, Map<String, Map<Long, Double>>> panels = new LinkedHashMap<>();
        StringBuilder table = new StringBuilder("""
                | | octets | ns | times the floor | the JDK takes | MIT takes | B/op |
                |---|---:|---:|---:|---:|---:|---:|
                """);
        byEnctype.forEach((enctype, byKind) -> byKind.forEach((kind, bySize) -> bySize.forEach((size, measured) -> {
            panels.computeIfAbsent(enctype, none -> new LinkedHashMap<>())
                    .computeIfAbsent(KINDS.get(kind), none -> new TreeMap<>())
                    .put(size, measured.nanos() / 1000);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s, %s | %,d | %,.0f | %s | %s | %s | %,.0f |%n",
                    enctype,
                    KINDS.get(kind),
                    size,
                    measured.nanos(),
                    ratio(measured, byKind.get(Report.FLOOR), size, false),
                    ratio(measured, byKind.get("jdk"), size, true),
                    ratio(measured, byKind.get("mit"), size, true),
                    measured.octets()));
        })));
        section(title, "messages-" + file, Plot.lines(title + ", both ends", "µs", panels), table.toString());
    }

    private static String ratio(Measured measured, Map<Long, Measured> other, long size, boolean ofOther) {
        if (other == null || !other.containsKey(size)) {
            return "-";
        }
        double ratio = measured.nanos() / other.get(size).nanos();
        return String.format(Locale.ROOT, "%.2f", ofOther ? 1 / ratio : ratio);
    }

    /** Measures all kinds: by name, by size. */
    private Map<String, Map<Long, Measured>> turns(String enctype, String what)
            throws IOException, InterruptedException {
        Map<String, Map<Long, Measured>> all = child(enctype, what, List.of());
        Map<String, String> libraries = new LinkedHashMap<>();
        libraries.put("mit", Settings.MIT);
        libraries.put("heimdal", Settings.HEIMDAL);
        for (Map.Entry<String, String> library : libraries.entrySet()) {
            List<String> flags = List.of(Settings.NATIVE_BRIDGE, Settings.ITS_OWN_CREDENTIALS, library.getValue());
            Map<String, Map<Long, Measured>> own;
            try {
                own = child(enctype, what, flags);
            } catch (IOException e) {
                System.out.println(library.getKey() + " is left out: "
                        + e.getMessage().lines().findFirst().orElse(""));
                continue;
            }
            Map<Long, Measured> related = new TreeMap<>();
            own.get("library").forEach((size, measured) -> {
                double floors = all.get(Report.FLOOR).get(size).nanos()
                        / own.get(Report.FLOOR).get(size).nanos();
                related.put(size, new Measured(measured.nanos() * floors, measured.octets()));
            });
            all.put(library.getKey(), related);
        }
        return all;
    }

    private Map<String, Map<Long, Measured>> child(String enctype, String what, List<String> flags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher, "-Xms1g", "-Xmx1g", Settings.TOUCHED));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Turns.class.getName()));
        command.addAll(List.of(
                enctype, what, Integer.toString(what.equals(Turns.ESTABLISH) ? ROUNDS_OF_ESTABLISHING : ROUNDS)));
        String printed = output(command.toArray(String[]::new));
        System.out.printf(Locale.ROOT, "%s %s %s%n%s", enctype, what, flags, printed);
        Map<String, Map<Long, Measured>> byKind = new LinkedHashMap<>();
        for (String line : printed.lines().toList()) {
            String[] words = line.split(" ", -1);
            byKind.computeIfAbsent(words[0], none -> new TreeMap<>())
                    .put(
                            Long.parseLong(words[1]),
                            new Measured(Double.parseDouble(words[2]), Double.parseDouble(words[3])));
        }
        return byKind;
    }

    private void threads() throws RunnerException, IOException {
        Report report = new Report(run(THREADS, Map.of()), System.out);
        report.print();
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("onePrimitivesThread", "twoPrimitivesThreads");
        pairs.put("oneThread", "twoThreads");
        pairs.put("oneDuplexThread", "twoDuplexThreads");
        Map<String, String> titles = Map.of(
                "onePrimitivesThread", "floor",
                "oneThread", "Baton, two contexts",
                "oneDuplexThread", "Baton, sender and receiver of one context");
        Map<String, Double> bars = new LinkedHashMap<>();
        StringBuilder table = new StringBuilder("""
                | | one thread, ns | two threads, ns each | throughput of two | at least |
                |---|---:|---:|---:|---:|
                """);
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            report.results().forEach((name, run) -> {
                if (name.startsWith(THREADS + pair.getKey() + " ")) {
                    double one = report.time(name).orElseThrow();
                    double two = report.score(name, pair.getValue()).orElseThrow();
                    String title = titles.get(pair.getKey()) + ", " + size(run) + " octets";
                    double throughput = 2 * one / two;
                    bars.put(title, throughput);
                    boolean hasGoal = pair.getKey().equals("oneThread");
                    String format = hasGoal && throughput < LEAST_THROUGHPUT_OF_TWO ? "**%.2f**" : "%.2f";
                    table.append(String.format(
                            Locale.ROOT,
                            "| %s | %,.0f | %,.0f | " + format + " | %s |%n",
                            title,
                            one,
                            two,
                            throughput,
                            hasGoal ? LEAST_THROUGHPUT_OF_TWO : "-"));
                }
            });
        }
        section(
                "Two threads",
                "threads",
                Plot.bars("Throughput of two threads", "times one thread's", bars),
                table.toString());
    }

    private void establishment() throws IOException, InterruptedException {
        Map<String, Double> bars = new LinkedHashMap<>();
        StringBuilder table = new StringBuilder("| | µs | B/op |\n|---|---:|---:|\n");
        Map<String, Map<Long, Measured>> byKind = turns(USUAL, Turns.ESTABLISH);
        byKind.remove(Report.FLOOR);
        byKind.forEach((kind, bySize) -> bySize.forEach((size, measured) -> {
            double time = measured.nanos() / 1000;
            bars.put(KINDS.get(kind), time);
            table.append(
                    String.format(Locale.ROOT, "| %s | %.1f | %,.0f |%n", KINDS.get(kind), time, measured.octets()));
        }));
        section(
                "Establishing a context, both ends, with the ticket at hand",
                "establish",
                Plot.bars("Establishing a context with mutual authentication", "µs", bars),
                table.toString());
    }

    private void heap() throws IOException, InterruptedException {
        String printed =
                output(launcher, "-Xmx4g", "-cp", System.getProperty("java.class.path"), ContextHeap.class.getName());
        System.out.print(printed);
        Map<String, Double> bars = new LinkedHashMap<>();
        StringBuilder table = new StringBuilder("| one of 100,000 contexts | B | at most |\n|---|---:|---:|\n");
        for (String line : printed.lines().skip(1).toList()) {
            String[] words = line.strip().split(" {2,}", 2);
            String octets = words[1].replace("B", "").strip();
            double value = Double.parseDouble(octets.replace(",", ""));
            bars.put("Baton, " + words[0], value);
            int most = words[0].startsWith("active") ? MOST_OCTETS_ACTIVE : MOST_OCTETS_AT_REST;
            String format = value > most ? "| %s | **%s** | %,d |%n" : "| %s | %s | %,d |%n";
            table.append(String.format(Locale.ROOT, format, words[0], octets, most));
        }
        section("Heap of a context", "heap", Plot.bars("Heap of a context", "B", bars), table.toString());
    }

    private Collection<RunResult> run(String include, Map<String, List<String>> parameters) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given).include(include).jvm(launcher).addProfiler(GCProfiler.class);
        parameters.forEach((key, values) -> options.param(key, values.toArray(String[]::new)));
        return new Runner(options.build()).run();
    }

    private static long size(RunResult run) {
        return Long.parseLong(run.getParams().getParam("size"));
    }

    private void section(String title, String file, String svg, String table) throws IOException {
        String plot = name + "-" + file + ".svg";
        Files.writeString(folder.resolve(plot), svg);
        page.append("\n## ")
                .append(title)
                .append("\n\n![")
                .append(title)
                .append("](")
                .append(plot)
                .append(")\n\n")
                .append(table);
        save();
    }

    private void save() throws IOException {
        Files.writeString(folder.resolve(name + ".md"), page);
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " failed: " + printed);
        }
        return printed;
    }
}
