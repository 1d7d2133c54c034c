package dev.gssbaton.mock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM of the same JDK, which ends with this object. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private ChildJvm(Process process) {
        this.process = process;
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Starts a JVM with these arguments. */
    static ChildJvm start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Starts a {@link ContextProcess} with this test's class path, whose account has a home of its own. */
    static ChildJvm withHome(Path home) throws IOException {
        return start(List.of(
                "-Dbaton.home=" + home, "-cp", System.getProperty("java.class.path"), ContextProcess.class.getName()));
    }

    /** Gives a command to a {@link ContextProcess}, which succeeds. */
    byte[] ask(String command, byte[] octets) throws IOException {
        String[] answer = exchange(command, octets).split(" ", 2);
        assertEquals("ok", answer[0], () -> command + ": " + answer[1]);
        return HexFormat.of().parseHex(answer[1]);
    }

    /** Gives a command to a {@link ContextProcess}, which refuses it, and gives the reason. */
    String refusal(String command, byte[] octets) throws IOException {
        String[] answer = exchange(command, octets).split(" ", 2);
        assertEquals("refused", answer[0], command);
        return answer[1];
    }

    private String exchange(String command, byte[] octets) throws IOException {
        in.write(command + " " + HexFormat.of().formatHex(octets) + "\n");
        in.flush();
        String answer = out.readLine();
        assertNotNull(answer, () -> "the process ended before it answered " + command);
        return answer;
    }

    /** Reads all that it prints, until it ends well. */
    List<String> lines() throws IOException, InterruptedException {
        List<String> lines = out.lines().toList();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the process ends");
        assertEquals(0, process.exitValue(), () -> "exit value after " + lines);
        return lines;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        out.close();
    }
}
