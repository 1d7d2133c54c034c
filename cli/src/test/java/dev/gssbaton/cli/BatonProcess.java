package dev.gssbaton.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command in a JVM of its own, with a folder of its own for what it keeps and for what it must not leave behind. */
public final class BatonProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** For it and for the JVMs that it starts: most live for a few seconds. */
    private static final String OPTIONS = "JDK_JAVA_OPTIONS";

    private static final String QUICK_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto";

    private final Process process;
    private final Path temporary;
    private final List<String> lines = new ArrayList<>();
    private boolean ended; // guarded by lines

    private BatonProcess(Process process, Path temporary) {
        this.process = process;
        this.temporary = temporary;
    }

    /**
     * Starts the command. Its standard error is in the lines of its output.
     *
     * @param folder where it keeps keys, claims and temporary files
     */
    public static BatonProcess start(Path folder, String... arguments) throws IOException {
        return start(List.of(), folder, arguments);
    }

    /**
     * Starts the command through another program.
     *
     * @param launcher the program and its first arguments, which executes those that follow
     * @param folder where it keeps keys, claims and temporary files
     */
    public static BatonProcess start(List<String> launcher, Path folder, String... arguments) throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-Dbaton.home=" + folder.resolve("home"),
                // As the manifest of the command's jar says.
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Baton.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(OPTIONS, QUICK_TO_START);
        Process process = builder.start();
        BatonProcess baton = new BatonProcess(process, temporary);
        Thread reader = new Thread(baton::read, "baton-process-output");
        reader.setDaemon(true);
        reader.start();
        return baton;
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (!line.startsWith("NOTE: Picked up " + OPTIONS)) {
                    add(line);
                }
            }
        } catch (IOException e) {
            // Closed together with the process.
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }

    private void add(String line) {
        synchronized (lines) {
            lines.add(line);
            lines.notifyAll();
        }
    }

    /** Returns all lines so far. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Waits for a line in which the pattern is found, and returns what was found. */
    public MatchResult await(String pattern) throws InterruptedException {
        Pattern compiled = Pattern.compile(pattern);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        synchronized (lines) {
            for (int next = 0; ; ) {
                while (next == lines.size()) {
                    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (left <= 0 || ended) {
                        throw new AssertionError("no line has '" + pattern + "' in it:\n" + String.join("\n", lines));
                    }
                    lines.wait(left);
                }
                Matcher matcher = compiled.matcher(lines.get(next++));
                if (matcher.find()) {
                    return matcher.toMatchResult();
                }
            }
        }
    }

    /** Tells how many lines have the pattern in them so far. */
    public long count(String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return lines().stream().filter(line -> compiled.matcher(line).find()).count();
    }

    /** Waits until so many lines, and not more, have the pattern in them. */
    public void awaitCount(long count, String pattern) throws InterruptedException {
        await(count + " lines with '" + pattern + "'", () -> count(pattern) >= count);
        long found = count(pattern);
        if (found != count) {
            throw new AssertionError(found + " lines instead of " + count + " have '" + pattern + "' in them:\n"
                    + String.join("\n", lines()));
        }
    }

    /** Returns the process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Returns all processes that it started and that they started, the workers among them. */
    public List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** Waits for its end and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it has not ended:\n" + String.join("\n", lines()));
        }
        return process.exitValue();
    }

    /** Sends SIGTERM and returns the exit code. */
    public int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    /** Returns what is in its folder for temporary files. */
    public List<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("hsperfdata_")) // the JVM's own
                    .toList();
        }
    }

    /** Waits until something is so. */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still not so: " + what);
            }
            Thread.sleep(20);
        }
    }

    /** Ends it with all that it started, and waits until nothing writes into its folder any more. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> all = new ArrayList<>(descendants());
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            awaitExit();
            for (ProcessHandle each : all) {
                await(each + " ends", () -> !each.isAlive());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.getOutputStream().close();
    }
}
