package dev.gssbaton.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code baton}, in a source tree of empty modules, with programs in place of java and Maven that tell. */
final class BatonScriptTest {
    private static final List<String> MODULES =
            List.of("spi", "api", "provider-krb5", "provider-mock", "jgss", "handoff", "cli", "benchmarks");

    @TempDir
    private Path temp;

    private Path root;
    private Path jdk;
    private Path bin;

    /** How a run ended, its standard error in its output. */
    private record Ended(int exitCode, String output) {}

    @BeforeEach
    void sourceTree() throws IOException {
        root = Files.createDirectory(temp.resolve("a tree"));
        // Surefire runs in the module's folder.
        Files.copy(Path.of("..", "baton"), root.resolve("baton"));
        executable(root.resolve("baton"));
        file("pom.xml");
        for (String module : MODULES) {
            file(module + "/pom.xml");
            file(module + "/src/main/java/A.java");
            file(module + "/src/test/java/ATest.java");
        }
        jdk = temp.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        program(jdk.resolve("bin/java"), "echo \"java $*\"");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.1\"\n");
        bin = Files.createDirectory(temp.resolve("bin"));
        program(bin.resolve("mvn"), "echo \"mvn in $PWD: $*\"; mkdir -p cli/target; : > cli/target/baton-cli.jar");
    }

    @Test
    void theFirstUseBuildsAndSaysSo() throws Exception {
        Ended first = run(root, "demo", "--contexts", "5 0");
        assertEquals(0, first.exitCode(), first.output());
        assertEquals(
                List.of(
                        "baton: building, which is done once and may take a few minutes",
                        "mvn in " + root.toRealPath() + ": -q -Pquick -Dmaven.test.skip=true -pl cli -am package",
                        "java -jar " + root.toRealPath().resolve("cli/target/baton-cli.jar") + " demo --contexts 5 0"),
                first.output().lines().toList());
        Ended second = run(root, "keys", "list");
        assertEquals(List.of(javaLine("keys list")), second.output().lines().toList());
    }

    @Test
    void itIsBuiltAgainWhenASourceHasChangedSince() throws Exception {
        run(root);
        for (String changed :
                List.of("pom.xml", "spi/src/main/java/A.java", "cli/pom.xml", "jgss/src/main/java/B.java")) {
            file(changed);
            Files.setLastModifiedTime(
                    root.resolve(changed), FileTime.from(Instant.now().plusSeconds(1)));
            assertTrue(run(root).output().contains("mvn in "), changed);
            // Maven may leave the jar as it was: then its age still is that of this build.
            Files.setLastModifiedTime(
                    root.resolve("cli/target/baton-cli.jar"),
                    FileTime.from(Instant.now().plusSeconds(2)));
            assertEquals(List.of(javaLine("")), run(root).output().lines().toList());
            Files.setLastModifiedTime(
                    root.resolve(changed), FileTime.from(Instant.now().minusSeconds(60)));
            Files.setLastModifiedTime(root.resolve("cli/target/baton-cli.jar"), FileTime.from(Instant.now()));
        }
    }

    /** A {@code serve} that runs goes on with the jar that it has opened. */
    @Test
    void whatMayBeRunningIsNotWrittenOver() throws Exception {
        program(
                bin.resolve("mvn"),
                "mkdir -p cli/target/lib; echo new > cli/target/baton-cli.jar; : > cli/target/lib/a");
        run(root);
        Path jar = root.resolve("cli/target/baton-cli.jar");
        try (InputStream running = Files.newInputStream(jar)) {
            Files.setLastModifiedTime(
                    root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(1)));
            program(bin.resolve("mvn"), "mkdir -p cli/target; echo other > cli/target/baton-cli.jar");
            run(root);
            assertEquals("other\n", Files.readString(jar));
            assertEquals("new\n", new String(running.readAllBytes(), StandardCharsets.UTF_8));
            assertFalse(Files.exists(root.resolve("cli/target/lib/a")));
        }
    }

    @Test
    void whatChangesDuringABuildIsBuiltTheNextTime() throws Exception {
        program(
                bin.resolve("mvn"),
                "echo \"mvn in $PWD: $*\"; sleep 0.02; touch api/src/main/java/A.java; sleep 0.02;"
                        + " mkdir -p cli/target; touch cli/target/baton-cli.jar");
        run(root);
        program(bin.resolve("mvn"), "echo again");
        assertEquals(
                List.of("again", javaLine("")),
                run(root).output().lines().skip(1).toList());
        assertEquals(List.of(javaLine("")), run(root).output().lines().toList());
    }

    @Test
    void whatTheCommandDoesNotConsistOfIsNoReasonToBuild() throws Exception {
        run(root);
        for (String other : List.of("benchmarks/src/main/java/A.java", "cli/src/test/java/ATest.java", "README.md")) {
            file(other);
            Files.setLastModifiedTime(
                    root.resolve(other), FileTime.from(Instant.now().plusSeconds(1)));
        }
        assertEquals(List.of(javaLine("")), run(root).output().lines().toList());
    }

    @Test
    void itRunsFromAnywhereAndThroughALink() throws Exception {
        run(root);
        assertEquals(javaLine("--help") + "\n", run(temp, "--help").output());
        Path link = Files.createSymbolicLink(temp.resolve("link"), root.resolve("baton"));
        assertEquals(
                javaLine("--help") + "\n",
                runScript(link, temp, Map.of(), "--help").output());
    }

    @Test
    void aBuildThatFailsIsSaidAndNothingIsRun() throws Exception {
        program(bin.resolve("mvn"), "echo 'no such plugin'; exit 1");
        Ended ended = run(root);
        assertEquals(1, ended.exitCode());
        assertTrue(ended.output().contains("no such plugin\nbaton: the build failed, see above"), ended.output());
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        Files.delete(bin.resolve("mvn"));
        Ended ended = run(root);
        assertEquals(1, ended.exitCode());
        assertEquals("baton: the command is not built yet: install Maven, 3.8 or later\n", ended.output());
    }

    @Test
    void aJavaThatIsTooOldIsRefused() throws Exception {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Ended ended = run(root);
        assertEquals(1, ended.exitCode());
        assertEquals("baton: " + jdk + "/bin/java is Java 11: set JAVA_HOME to a JDK, 17 or later\n", ended.output());
    }

    @Test
    void aJavaWithoutReleaseFileIsAsked() throws Exception {
        Files.delete(jdk.resolve("release"));
        program(
                jdk.resolve("bin/java"),
                "case $1 in -version) echo 'openjdk version \"25\" 2025-09-16' >&2;; *) echo \"java $*\";; esac");
        Ended ended = run(root);
        assertEquals(0, ended.exitCode(), ended.output());
        assertTrue(ended.output().endsWith(javaLine("") + "\n"), ended.output());
    }

    @Test
    void javaIsFoundOnThePathWithoutJavaHome() throws Exception {
        Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
        Ended ended = runScript(root.resolve("baton"), root, Map.of("JAVA_HOME", ""), "--version");
        assertEquals(0, ended.exitCode(), ended.output());
        assertTrue(ended.output().endsWith(javaLine("--version") + "\n"), ended.output());
    }

    @Test
    void aWrongJavaHomeIsSaid() throws Exception {
        Ended ended = runScript(root.resolve("baton"), root, Map.of("JAVA_HOME", "/nowhere"));
        assertEquals(1, ended.exitCode());
        assertTrue(ended.output().startsWith("baton: JAVA_HOME is /nowhere, and there is no bin/java in it"));
    }

    private String javaLine(String arguments) throws IOException {
        return ("java -jar " + root.toRealPath().resolve("cli/target/baton-cli.jar") + " " + arguments).strip();
    }

    private Ended run(Path directory, String... arguments) throws Exception {
        return runScript(root.resolve("baton"), directory, Map.of(), arguments);
    }

    private Ended runScript(Path script, Path directory, Map<String, String> environment, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", bin + ":" + tools(), "JAVA_HOME", jdk.toString()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Ended(process.exitValue(), output);
    }

    /** The tools that the script may use, and neither a java nor a mvn of this machine. */
    private Path tools() throws IOException {
        Path tools = temp.resolve("tools");
        if (!Files.exists(tools)) {
            Files.createDirectory(tools);
            for (String tool : List.of(
                    "bash",
                    "env",
                    "readlink",
                    "dirname",
                    "sed",
                    "find",
                    "touch",
                    "mkdir",
                    "rm",
                    "flock",
                    "cat",
                    "sh",
                    "sleep")) {
                for (String directory : List.of("/usr/bin", "/bin")) {
                    Path program = Path.of(directory, tool);
                    if (Files.isExecutable(program) && !Files.exists(tools.resolve(tool))) {
                        program(tools.resolve(tool), "exec " + program + " \"$@\"");
                    }
                }
            }
        }
        return tools;
    }

    private void file(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
