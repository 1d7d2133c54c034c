package dev.gssbaton.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a native program to its end, with nothing of this process's environment but the search path. */
final class Command {
    private static final long LIMIT_SECONDS = 60;

    private Command() {}

    /** Prepares a program with an environment of its own, its errors in its output. */
    static ProcessBuilder builder(Map<String, String> environment, List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        // Above all without the account's own KRB5CCNAME, KRB5_CONFIG and KRB5_CLIENT_KTNAME.
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        return builder;
    }

    /** Runs a program and returns how it ended; its output goes through a file of the folder. */
    static ProgramResult run(PrivateFolder folder, Map<String, String> environment, List<String> line) {
        Path output = folder.newFile(".out");
        try {
            Process process = builder(environment, line)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(
                            line.get(0) + " still ran after " + LIMIT_SECONDS + " s: " + read(output));
                }
                return new ProgramResult(process.exitValue(), read(output));
            } finally {
                process.destroyForcibly();
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + line.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + line.get(0) + " ran", e);
        }
    }

    /** Runs a program that must succeed and returns its output. */
    static String succeed(PrivateFolder folder, Map<String, String> environment, List<String> line) {
        ProgramResult result = run(folder, environment, line);
        if (result.exitCode() != 0) {
            throw new IllegalStateException(
                    String.join(" ", line) + " ended with " + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }

    private static String read(Path output) throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8); // malformed input is replaced
    }
}
