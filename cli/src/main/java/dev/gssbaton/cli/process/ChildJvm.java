package dev.gssbaton.cli.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Another JVM with this one's class path.
 *
 * <p>Its standard input is a pipe that this process holds: when this process ends, however it ends,
 * the pipe does, and a child that called {@link #endWithParent} ends too. Its standard output is read line by line, its
 * standard error is this process's.
 */
public final class ChildJvm implements AutoCloseable {
    /** Options for a short-lived JVM on few cores: starting fast counts for more than running fast. */
    public static final List<String> QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    /** Sockets are passed by a native library. */
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Process process;
    private final BufferedReader lines;

    private ChildJvm(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    /** Starts a JVM. */
    public static ChildJvm start(Class<?> main, List<String> jvmOptions, List<String> arguments) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>();
        command.add(Files.isExecutable(java) ? java.toString() : "java");
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.add(NATIVE_ACCESS);
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return new ChildJvm(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /**
     * Ends the calling JVM when its standard input does, which is when its parent is gone.
     *
     * @param last what is done before
     */
    public static void endWithParent(Runnable last) {
        endWithParent(line -> {}, last);
    }

    /**
     * Does what the parent says, and ends the calling JVM when its standard input ends, which is when its parent is gone.
     *
     * @param obey does what a line says
     * @param last what is done before the end
     */
    public static void endWithParent(Consumer<String> obey, Runnable last) {
        Thread watcher = new Thread(
                () -> {
                    try {
                        BufferedReader parent = new BufferedReader(new InputStreamReader(System.in, UTF_8));
                        for (String line = parent.readLine(); line != null; line = parent.readLine()) {
                            obey.accept(line);
                        }
                    } catch (IOException e) {
                        // As good as the end.
                    }
                    last.run();
                    Runtime.getRuntime().halt(0);
                },
                "baton-parent");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** Says a line to the child. */
    public synchronized void tell(String line) throws IOException {
        OutputStream to = process.getOutputStream();
        to.write((line + "\n").getBytes(UTF_8));
        to.flush();
    }

    /** Reads the next line of the child's output; null at its end. */
    public String readLine() throws IOException {
        return lines.readLine();
    }

    /** Returns the process number. */
    public long pid() {
        return process.pid();
    }

    /** Waits for the child's end and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    /** Waits so long for the child's end, and tells whether it has come. */
    public boolean awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends the child by force, and does not wait for its end. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Ends the child: by the end of its input, and if it does not heed that, by force. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is broken, so the child is gone or going.
        }
        try {
            if (!awaitExit(PATIENCE)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "process " + process.pid();
    }
}
