package dev.gssbaton.cli.demo;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.peers.Scale;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class DemoTest {
    @TempDir
    private Path folder;

    @Test
    void everyContextIsHandedOverOnceAndEveryRefusalIsRight() throws Exception {
        int contexts = Scale.times(10, 1000);
        try (BatonProcess demo =
                BatonProcess.start(folder, "demo", "--contexts", String.valueOf(contexts), "--workers", "3")) {
            assertEquals(0, demo.awaitExit(), () -> String.join("\n", demo.lines()));
            List<String> lines = demo.lines();
            assertEquals(
                    "handed over " + contexts + " of " + contexts + " contexts; 0 lost; 0 live twice",
                    lines.get(lines.size() - 1));
            assertAll(
                    () -> assertEquals(
                            contexts, count(lines, "\\d+  client\\d+: dispatcher answered 4, .* which answered 16.*")),
                    () -> assertEquals(
                            1, count(lines, ".*after the export +" + contexts + " x NO_CONTEXT: .* exported")),
                    () -> assertEquals(
                            1, count(lines, ".*same moment +" + contexts + " x NO_CONTEXT: .* taken before")),
                    () -> assertEquals(1, count(lines, ".*afterwards +" + contexts + " x NO_CONTEXT: .* taken before")),
                    () -> assertEquals(1, count(lines, ".*expired token +1 x NO_CONTEXT: .* expired")),
                    () -> assertTrue(count(lines, ".*flipped bit.* x [A-Z_]+: .*") == 1));
            assertEquals(List.of(), demo.temporaryFiles());
        }
    }

    @Test
    void oneWorkerIsEnough() throws Exception {
        try (BatonProcess demo = BatonProcess.start(folder, "demo", "--contexts", "1", "--workers", "1")) {
            assertEquals(0, demo.awaitExit(), () -> String.join("\n", demo.lines()));
            List<String> lines = demo.lines();
            assertEquals("handed over 1 of 1 contexts; 0 lost; 0 live twice", lines.get(lines.size() - 1));
        }
    }

    @Test
    void sigtermInTheMiddleLeavesNothingBehind() throws Exception {
        // So many that it is in the middle still when this has seen the first.
        try (BatonProcess demo = BatonProcess.start(folder, "demo", "--contexts", "500")) {
            demo.await("^ *1  client");
            List<ProcessHandle> processes = demo.descendants();
            assertEquals(4, processes.size(), "a dispatcher, two workers, the clients");
            assertEquals(143, demo.terminate());
            for (ProcessHandle process : processes) {
                BatonProcess.await(process + " ends", () -> !process.isAlive());
            }
            BatonProcess.await("no temporary file is left", () -> {
                try {
                    return demo.temporaryFiles().isEmpty();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertTrue(demo.lines().stream().noneMatch(line -> line.startsWith("handed over")));
        }
    }

    @Test
    void theEndOfTheDemoByForceIsTheEndOfItsProcesses() throws Exception {
        try (BatonProcess demo = BatonProcess.start(folder, "demo", "--contexts", "50")) {
            demo.await("^clients ");
            List<ProcessHandle> processes = demo.descendants();
            assertTrue(demo.handle().destroyForcibly());
            for (ProcessHandle process : processes) {
                BatonProcess.await(process + " ends", () -> !process.isAlive());
            }
        }
    }

    private static long count(List<String> lines, String pattern) {
        return lines.stream().filter(line -> line.strip().matches(pattern)).count();
    }
}
