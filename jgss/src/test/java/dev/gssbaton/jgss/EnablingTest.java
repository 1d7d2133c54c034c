package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.mock.Mock;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.program.AsksGss;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Every documented way to let Baton under the JDK's GSS-API, and none. */
class EnablingTest {
    private static final String EXPORT = "java.security.jgss/sun.security.jgss.spi=";
    private static final Path PROGRAM = Jvm.placeOf(AsksGss.class);
    private static final Path[] BATONS = {Jvm.JGSS, Jvm.API, Jvm.SPI, Jvm.MOCK, Jvm.KRB5, Jvm.BOUNCY_CASTLE};
    private static final String CLASS_PATH = PROGRAM + java.io.File.pathSeparator + Jvm.path(BATONS);

    private static final List<String> ON_BATON = twice("krb5 of Baton", "mechanism of " + Mock.MECHANISM + " true");
    private static final List<String> ON_THE_JDK =
            twice("krb5 of the JDK", "mechanism of " + Mock.MECHANISM + " false");

    @TempDir
    private Path folder;

    private Jvm jvm;

    @BeforeEach
    void registerBaton() throws IOException {
        jvm = new Jvm(folder, Jvm.firstInTheList("Baton"));
    }

    private static List<String> twice(String... lines) {
        return Stream.concat(Stream.of(lines), Stream.of(lines)).toList();
    }

    private Jvm.Run run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    private Jvm.Run run(Map<String, String> environment, String... arguments) throws Exception {
        return jvm.run(
                environment,
                Stream.concat(Stream.of(arguments), Stream.of(Mock.MECHANISM.toString()))
                        .toList());
    }

    private static String program() {
        return AsksGss.class.getName();
    }

    // Ways to enable it

    @Test
    void anOptionOnTheCommandLine() throws Exception {
        assertEquals(
                ON_BATON,
                run("--add-exports", EXPORT + "ALL-UNNAMED", "-cp", CLASS_PATH, program())
                        .lines());
    }

    @Test
    void anOptionInTheEnvironment() throws Exception {
        assertEquals(
                ON_BATON,
                run(Map.of("JDK_JAVA_OPTIONS", "--add-exports=" + EXPORT + "ALL-UNNAMED"), "-cp", CLASS_PATH, program())
                        .lines());
    }

    @Test
    void anOptionForTheModulePath() throws Exception {
        assertEquals(
                ON_BATON,
                run(
                                "--add-exports",
                                EXPORT + "dev.gssbaton.jgss",
                                "-p",
                                Jvm.path(BATONS),
                                "-cp",
                                PROGRAM.toString(),
                                program())
                        .lines());
    }

    @Test
    void anAgentOnTheClassPath() throws Exception {
        assertEquals(
                ON_BATON,
                run("-javaagent:" + jgssJar(), "-cp", CLASS_PATH, program()).lines());
    }

    @Test
    void anAgentOnTheModulePath() throws Exception {
        Path jar = jgssJar();
        String modules = Jvm.path(jar, Jvm.API, Jvm.SPI, Jvm.MOCK, Jvm.KRB5, Jvm.BOUNCY_CASTLE);
        assertEquals(
                ON_BATON,
                run("-javaagent:" + jar, "-p", modules, "-cp", PROGRAM.toString(), program())
                        .lines());
    }

    @Test
    void theManifestOfAProgramsJar() throws Exception {
        Path jar = programJar("Add-Exports: java.security.jgss/sun.security.jgss.spi");
        assertEquals(ON_BATON, run("-jar", jar.toString()).lines());
    }

    @Test
    void anAgentInTheManifestOfAProgramsJar() throws Exception {
        Path jar = programJar("Launcher-Agent-Class: " + BatonAgent.class.getName());
        assertEquals(ON_BATON, run("-jar", jar.toString()).lines());
    }

    // Without

    @Test
    void withoutItAllIsTheJdksAndTheLogSaysOnceWhatToDo() throws Exception {
        Jvm.Run run = run("-cp", CLASS_PATH, program());
        assertEquals(ON_THE_JDK, run.lines());
        assertEquals(2, run.log().split("--add-exports " + EXPORT, -1).length, run.log());
    }

    @Test
    void withoutItOnTheModulePathTheSame() throws Exception {
        Jvm.Run run = run("-p", Jvm.path(BATONS), "-cp", PROGRAM.toString(), program());
        assertEquals(ON_THE_JDK, run.lines());
        assertEquals(2, run.log().split("--add-exports " + EXPORT, -1).length, run.log());
    }

    @Test
    void withoutItTheOtherTestsProgramsPassOnTheJdksMechanism() throws Exception {
        Path home = folder.resolve("home");
        try (ForkedJvm programs = ForkedJvm.running(WithoutExport.class)
                .jvm("-Dbaton.home=" + home, "-Dbaton.scale=" + Scale.factor(), "-Dzookeeper.admin.enableServer=false")
                .timeLimit(Duration.ofMinutes(30))
                .arguments(folder.toString())
                .start()) {
            assertEquals("all passed", programs.readLine());
        }
        assertFalse(Files.exists(home), "nothing of Baton was used");
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_23, disabledReason = "there is no SecurityManager any more")
    void underASecurityManagerAllIsTheJdks() throws Exception {
        Path policy = Files.writeString(folder.resolve("policy"), "grant { permission java.security.AllPermission; };");
        Jvm.Run run = run(
                "-Djava.security.manager",
                "-Djava.security.policy=" + policy,
                "--add-exports",
                EXPORT + "ALL-UNNAMED",
                "-cp",
                CLASS_PATH,
                program());
        assertEquals(ON_THE_JDK, run.lines());
        assertTrue(run.log().contains("SecurityManager only its own mechanisms"), run.log());
    }

    @Test
    void behindTheJdksProviderTheLogSaysOnceWhereToStand() throws Exception {
        jvm = new Jvm(folder, Jvm.lastInTheList());
        Jvm.Run run = run("--add-exports", EXPORT + "ALL-UNNAMED", "-cp", CLASS_PATH, program());
        assertEquals(twice("krb5 of the JDK", "mechanism of " + Mock.MECHANISM + " true"), run.lines());
        assertEquals(2, run.log().split("stands behind SunJGSS", -1).length, run.log());
    }

    // Settings

    @Test
    void aFileOfSettingsInTheListOfProviders() throws Exception {
        Path store = folder.resolve("claims");
        Path file = Files.writeString(folder.resolve("baton.properties"), "claims=host:" + store);
        jvm = new Jvm(folder, Jvm.firstInTheList("Baton " + file));
        assertEquals(
                ON_BATON,
                run("--add-exports", EXPORT + "ALL-UNNAMED", "-cp", CLASS_PATH, program())
                        .lines());
        assertTrue(Files.isDirectory(store), "the settings count");
    }

    @Test
    void aFileOfSettingsInAProperty() throws Exception {
        Path store = folder.resolve("claims");
        Path file = Files.writeString(folder.resolve("baton.properties"), "claims=host:" + store);
        assertEquals(
                ON_BATON,
                run(
                                "-Dbaton.config=" + file,
                                "-Dbaton.expiry=enforce",
                                "--add-exports",
                                EXPORT + "ALL-UNNAMED",
                                "-cp",
                                CLASS_PATH,
                                program())
                        .lines());
        assertTrue(Files.isDirectory(store), "the settings count");
    }

    @Test
    void wrongSettingsAreLoggedOnceAndLeaveGssApiToTheJdk() throws Exception {
        Path file = Files.writeString(folder.resolve("baton.properties"), "claims=everywhere");
        Jvm.Run run =
                run("-Dbaton.config=" + file, "--add-exports", EXPORT + "ALL-UNNAMED", "-cp", CLASS_PATH, program());
        assertEquals("krb5 of the JDK", run.lines().get(0));
        assertTrue(run.log().contains("everywhere"), run.log());
        assertFalse(run.log().split("configured wrongly", -1).length > 2, run.log());
    }

    // Jars

    private Path jgssJar() throws IOException {
        Path jar = folder.resolve("baton-jgss.jar");
        try (InputStream in = Files.newInputStream(Jvm.JGSS.resolve("META-INF/MANIFEST.MF"));
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), new Manifest(in))) {
            add(Jvm.JGSS, out);
        }
        return jar;
    }

    private Path programJar(String line) throws IOException {
        Path jar = folder.resolve("program.jar");
        Manifest manifest = new Manifest();
        String places = Stream.of(BATONS).map(place -> place.toUri().toString()).collect(Collectors.joining(" "));
        String text = "Manifest-Version: 1.0\nMain-Class: " + program() + "\n" + line + "\n";
        manifest.read(new java.io.ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        manifest.getMainAttributes().putValue("Class-Path", places);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            add(PROGRAM, out);
        }
        return jar;
    }

    private static void add(Path classes, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = classes.relativize(file).toString();
                if (!name.equals("META-INF/MANIFEST.MF")) {
                    out.putNextEntry(new ZipEntry(name));
                    Files.copy(file, out);
                    out.closeEntry();
                }
            }
        }
    }
}
