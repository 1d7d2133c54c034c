package dev.gssbaton.peers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM on the same JDK as this one, spoken to over its standard input and output.
 *
 * <pre>{@code
 * try (ForkedJvm importer = ForkedJvm.running(Importer.class).kdc(kdc).start()) {
 *     importer.write(token);
 *     byte[] answer = importer.read();
 * }
 * }</pre>
 *
 * <p>The child's main method takes {@link Frames#toParent()} and returns when its input ends. A child that ends when
 * something is still expected of it, or that outlives its time limit, makes the call that waits for it fail with the
 * child's standard error in the message. One thread may read while another writes.
 */
public final class ForkedJvm implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Frames frames;
    private final CompletableFuture<String> errors;
    private final CompletableFuture<Process> limit;
    private final Duration timeLimit;
    private volatile boolean outOfTime;

    private ForkedJvm(Builder builder) {
        name = builder.main.getSimpleName();
        timeLimit = builder.timeLimit;
        try {
            process = builder.process().start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a JVM for " + name, e);
        }
        frames = new Frames(process.getInputStream(), process.getOutputStream());
        errors = new CompletableFuture<>();
        Thread reader = new Thread(this::readErrors, "stderr of " + name);
        reader.setDaemon(true);
        reader.start();
        limit = process.onExit()
                .orTimeout(timeLimit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, tooLate) -> {
                    if (tooLate != null) {
                        outOfTime = true;
                        Processes.kill(process);
                    }
                });
        AtExit.close(this);
    }

    /** Returns what a child JVM needs to run a main class, with this JVM's class path and one minute to live. */
    public static Builder running(Class<?> main) {
        return new Builder(main);
    }

    /** Writes a frame to the child's standard input. */
    public void write(byte[] frame) {
        try {
            frames.write(frame);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** Reads a frame from the child's standard output. */
    public byte[] read() {
        try {
            return expected(frames.read());
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** Writes a line to the child's standard input. */
    public void println(String line) {
        try {
            frames.println(line);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** Reads a line from the child's standard output. */
    public String readLine() {
        try {
            return expected(frames.readLine());
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** Closes the child's input, waits for its end and returns its exit code; 128 and the signal's number if killed. */
    public int endInput() {
        try {
            process.getOutputStream().close();
            return process.waitFor();
        } catch (IOException e) {
            throw ended(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + name + " ran", e);
        }
    }

    /** Waits for the child's end and returns all it wrote to its standard error. */
    public String errors() {
        return errors.join();
    }

    /** Returns the child's handle. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends the child at once, as SIGKILL does: no shutdown hook of it runs. */
    public void kill() {
        Processes.kill(process);
    }

    /** Ends the child, at once if it has not ended by itself; harmless when repeated. */
    @Override
    public void close() {
        AtExit.forget(this);
        Processes.kill(process);
        limit.cancel(false);
    }

    @Override
    public String toString() {
        return name + " in process " + process.pid();
    }

    private <T> T expected(T read) {
        if (read == null) {
            throw ended(null);
        }
        return read;
    }

    /** Says how the child ended, once it is gone. */
    private IllegalStateException ended(IOException cause) {
        // Whoever comes here can go no further with the child, whether it is gone or out of step. Its pipes may break
        // before it is known to be gone.
        boolean byItself = endsSoon();
        Processes.kill(process);
        String how = outOfTime
                ? "was ended after " + timeLimit
                : byItself ? "ended with exit code " + process.exitValue() : "is out of step";
        return new IllegalStateException(name + " " + how + "; its standard error:\n" + errors(), cause);
    }

    private boolean endsSoon() {
        try {
            return process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void readErrors() {
        try (InputStream in = process.getErrorStream()) {
            errors.complete(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            errors.complete("(unreadable: " + e.getMessage() + ")");
        }
    }

    /** What a child JVM is started with. Not safe for use by several threads. */
    public static final class Builder {
        private static final List<String> QUICK_TO_START = List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                // A native library may crash the child: then the report belongs in the failure's message.
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+ErrorFileToStderr");

        private final Class<?> main;
        private final List<String> flags = new ArrayList<>(QUICK_TO_START);
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private final List<String> launcher = new ArrayList<>();
        private String classPath = System.getProperty("java.class.path");
        private Duration timeLimit = Duration.ofMinutes(1);

        private Builder(Class<?> main) {
            this.main = main;
        }

        /** Adds arguments for the JVM, for example {@code -Dname=value}; a later one wins over an earlier. */
        public Builder jvm(String... flags) {
            this.flags.addAll(List.of(flags));
            return this;
        }

        /** Adds arguments for the main method. */
        public Builder arguments(String... arguments) {
            this.arguments.addAll(List.of(arguments));
            return this;
        }

        /** Sets a variable in the child's environment, which otherwise has the search path alone. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Lets the child's own Kerberos know this KDC's realm. */
        public Builder kdc(Kdc kdc) {
            return jvm("-Djava.security.krb5.conf=" + kdc.krb5Conf());
        }

        /** Sets a class path other than this JVM's. */
        public Builder classPath(Path... entries) {
            classPath = String.join(
                    File.pathSeparator,
                    List.of(entries).stream().map(Path::toString).toList());
            return this;
        }

        /**
         * Has a program become the JVM, in the same process, once it has changed what the process is: {@code setsid}, or
         * {@code setpriv --reuid 1000}.
         */
        public Builder by(String... launcher) {
            this.launcher.addAll(List.of(launcher));
            return this;
        }

        /** Sets how long the child may live. */
        public Builder timeLimit(Duration timeLimit) {
            this.timeLimit = timeLimit;
            return this;
        }

        /** Starts the child, which the caller closes. */
        public ForkedJvm start() {
            return new ForkedJvm(this);
        }

        private ProcessBuilder process() {
            List<String> line = new ArrayList<>(launcher);
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.addAll(flags);
            line.addAll(List.of("-cp", classPath, main.getName()));
            line.addAll(arguments);
            return Command.builder(environment, line).redirectErrorStream(false);
        }
    }
}
