package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.mock.Mock;
import dev.gssbaton.program.AsksTheJvm;
import dev.gssbaton.spi.ContextExporter;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM whose {@code java.security} names the provider, on the class path and on the module path. */
class ForkedJvmTest {
    private static final String MOCK_CLASS = "dev.gssbaton.mock.provider.MockContextExporter";
    private static final List<String> WHAT_EVERY_JVM_HAS =
            List.of("digest 32", "cipher 16", "random 2", "tls Default", "store pkcs12", "mechanisms 2");
    private static final List<String> WHAT_BATON_OFFERS = List.of(
            "service ContextExporter " + Mock.MECHANISM + "/baton " + MOCK_CLASS,
            "alias mock/baton " + Mock.MECHANISM + "/baton",
            "alias krb5/unheard-of null",
            "end");

    @TempDir
    private Path folder;

    @Test
    void onTheClassPathLastInTheList() throws Exception {
        assertEquals(
                expected(false),
                run(
                        lastInTheList(),
                        List.of("-cp", path(program(), jgss(), spi(), mock()), AsksTheJvm.class.getName())));
    }

    @Test
    void onTheClassPathInFrontOfAllOthers() throws Exception {
        assertEquals(
                expected(false),
                run(
                        firstInTheList(),
                        List.of("-cp", path(program(), jgss(), spi(), mock()), AsksTheJvm.class.getName())));
    }

    @Test
    void onTheModulePathLastInTheList() throws Exception {
        assertEquals(
                expected(true),
                run(
                        lastInTheList(),
                        List.of(
                                "-p",
                                path(jgss(), spi(), mock()),
                                "-cp",
                                path(program()),
                                AsksTheJvm.class.getName())));
    }

    @Test
    void onTheModulePathInFrontOfAllOthers() throws Exception {
        assertEquals(
                expected(true),
                run(
                        firstInTheList(),
                        List.of(
                                "-p",
                                path(jgss(), spi(), mock()),
                                "-cp",
                                path(program()),
                                AsksTheJvm.class.getName())));
    }

    @Test
    void aProviderThatIsNowhereOnThePathIsIgnoredByTheJvm() throws Exception {
        List<String> lines = run(lastInTheList(), List.of("-cp", path(program()), AsksTheJvm.class.getName()));
        List<String> expected = new ArrayList<>(WHAT_EVERY_JVM_HAS);
        expected.addAll(List.of("provider null", "end"));
        assertEquals(expected, lines);
    }

    @Test
    void brokenExportersBreakNoJvm() throws Exception {
        Path services = Files.createDirectories(folder.resolve("broken/META-INF/services"));
        Files.write(
                services.resolve(ContextExporter.class.getName()),
                List.of("org.example.NowhereToBeFound", ExporterServiceTest.FailsToBeInitialized.class.getName()));
        List<String> lines = run(
                firstInTheList(),
                List.of(
                        "-cp",
                        path(folder.resolve("broken"), program(), jgss(), spi(), mock()),
                        AsksTheJvm.class.getName()));
        assertEquals(expected(false), lines);
        String log = Files.readString(folder.resolve("err"));
        assertTrue(log.contains("org.example.NowhereToBeFound") && log.contains("FailsToBeInitialized"), log);
    }

    private static List<String> expected(boolean module) {
        List<String> lines = new ArrayList<>(WHAT_EVERY_JVM_HAS);
        lines.add("provider " + BatonProvider.class.getName());
        lines.add("named module " + module);
        lines.addAll(WHAT_BATON_OFFERS);
        return lines;
    }

    private static List<String> lastInTheList() {
        return List.of("security.provider." + (Security.getProviders().length + 1) + "=Baton");
    }

    private static List<String> firstInTheList() {
        List<String> lines = new ArrayList<>(List.of("security.provider.1=Baton"));
        for (Provider provider : Security.getProviders()) {
            lines.add("security.provider." + (lines.size() + 1) + "=" + provider.getName());
        }
        return lines;
    }

    private List<String> run(List<String> security, List<String> arguments) throws Exception {
        Path properties = Files.write(folder.resolve("java.security"), security);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.security.properties=" + properties,
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(arguments);
        command.addAll(List.of("mock/baton", "krb5/unheard-of"));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the forked JVM does not end");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), () -> text(out) + text(err));
        return Files.readAllLines(out);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String path(Path... places) {
        return Stream.of(places).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static Path program() {
        return placeOf(AsksTheJvm.class);
    }

    private static Path jgss() {
        return placeOf(BatonProvider.class);
    }

    private static Path spi() {
        return placeOf(ContextExporter.class);
    }

    private static Path mock() {
        return placeOf(Mock.class);
    }

    private static Path placeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
