package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.mock.Mock;
import dev.gssbaton.program.AsksTheJvm;
import dev.gssbaton.spi.ContextExporter;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private String log;

    @Test
    void onTheClassPathLastInTheList() throws Exception {
        assertEquals(
                expected(false),
                run(
                        Jvm.lastInTheList(),
                        List.of(
                                "-cp",
                                Jvm.path(program()) + File.pathSeparator + batons(),
                                AsksTheJvm.class.getName())));
    }

    @Test
    void onTheClassPathInFrontOfAllOthers() throws Exception {
        assertEquals(
                expected(false),
                run(
                        Jvm.firstInTheList("Baton"),
                        List.of(
                                "-cp",
                                Jvm.path(program()) + File.pathSeparator + batons(),
                                AsksTheJvm.class.getName())));
    }

    @Test
    void onTheModulePathLastInTheList() throws Exception {
        assertEquals(
                expected(true),
                run(
                        Jvm.lastInTheList(),
                        List.of("-p", batons(), "-cp", Jvm.path(program()), AsksTheJvm.class.getName())));
    }

    @Test
    void onTheModulePathInFrontOfAllOthers() throws Exception {
        assertEquals(
                expected(true),
                run(
                        Jvm.firstInTheList("Baton"),
                        List.of("-p", batons(), "-cp", Jvm.path(program()), AsksTheJvm.class.getName())));
    }

    @Test
    void aProviderThatIsNowhereOnThePathIsIgnoredByTheJvm() throws Exception {
        List<String> lines = run(Jvm.lastInTheList(), List.of("-cp", Jvm.path(program()), AsksTheJvm.class.getName()));
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
                Jvm.firstInTheList("Baton"),
                List.of(
                        "-cp",
                        Jvm.path(folder.resolve("broken"), program()) + File.pathSeparator + batons(),
                        AsksTheJvm.class.getName()));
        assertEquals(expected(false), lines);
        assertTrue(log.contains("org.example.NowhereToBeFound") && log.contains("FailsToBeInitialized"), log);
    }

    private static List<String> expected(boolean module) {
        List<String> lines = new ArrayList<>(WHAT_EVERY_JVM_HAS);
        lines.add("provider " + BatonProvider.class.getName());
        lines.add("named module " + module);
        lines.addAll(WHAT_BATON_OFFERS);
        return lines;
    }

    private List<String> run(List<String> security, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(arguments);
        command.addAll(List.of("mock/baton", "krb5/unheard-of"));
        Jvm.Run run = new Jvm(folder, security).run(Map.of(), command);
        log = run.log();
        return run.lines();
    }

    private static Path program() {
        return Jvm.placeOf(AsksTheJvm.class);
    }

    private static String batons() {
        return Jvm.path(Jvm.JGSS, Jvm.API, Jvm.SPI, Jvm.MOCK);
    }
}
