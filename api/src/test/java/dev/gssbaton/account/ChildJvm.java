package dev.gssbaton.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM with the class path of the tests, whose output is read line by line. Closing ends it at once. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a class's main method; what it prints to its error stream appears with that of the tests. */
    public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
        // Surefire puts the class path into a jar's manifest, and keeps the real one here.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                main.getName()));
        command.addAll(List.of(arguments));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Reads the next line; null at the end. */
    public String line() throws IOException {
        return output.readLine();
    }

    /** Lets a child go on that waits for its standard input. */
    public void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Kills it with no chance to tidy up; what it printed can still be read. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Reads what is left, and waits for the end. */
    public List<String> rest() throws IOException, InterruptedException {
        List<String> lines = output.lines().toList();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new IOException("the child does not end");
        }
        return lines;
    }

    /** Gives the exit status of a child that has ended. */
    public int status() {
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }
}
