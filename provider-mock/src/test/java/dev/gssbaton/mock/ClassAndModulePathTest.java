package dev.gssbaton.mock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.mock.listing.ListProviders;
import dev.gssbaton.mock.provider.MockContextExporter;
import dev.gssbaton.mock.provider.MockMechanism;
import dev.gssbaton.spi.Mechanism;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same providers are found on the class path and on the module path, in the jars. */
class ClassAndModulePathTest {
    @TempDir
    private Path directory;

    @Test
    void both_paths_find_the_same_providers() throws Exception {
        String jars = String.join(
                File.pathSeparator,
                jar(Mechanism.class, "baton-spi"),
                jar(BatonManager.class, "baton-api"),
                jar(Mock.class, "baton-provider-mock"));
        String tests = location(ListProviders.class).toString();

        List<String> onClassPath = listed("-cp", jars + File.pathSeparator + tests, ListProviders.class.getName());
        List<String> onModulePath = listed(
                "--module-path",
                jars,
                "--add-modules",
                "dev.gssbaton.mock,dev.gssbaton",
                "-cp",
                tests,
                ListProviders.class.getName());

        int last = onClassPath.size() - 1;
        assertTrue(onClassPath.get(last).contains("unnamed module"), onClassPath::toString);
        assertEquals("modules module dev.gssbaton [module dev.gssbaton.mock]", onModulePath.get(last));
        assertEquals(onClassPath.subList(0, last), onModulePath.subList(0, last));
        assertEquals(
                List.of(
                        "exporter " + Mock.MECHANISM + "/baton " + MockContextExporter.class.getName(),
                        "manager [" + Mock.MECHANISM + "]",
                        "mechanism " + Mock.MECHANISM + " " + MockMechanism.class.getName(),
                        "transferable true"),
                onClassPath.subList(0, last));
    }

    private static List<String> listed(String... arguments) throws Exception {
        try (ChildJvm jvm = ChildJvm.start(List.of(arguments))) {
            return jvm.lines();
        }
    }

    /** Packs the classes beside a class, which Maven packs later, as it does; a jar is taken as it is. */
    private String jar(Class<?> inside, String name) throws Exception {
        Path classes = location(inside);
        if (Files.isRegularFile(classes)) {
            return classes.toString();
        }
        Path jar = directory.resolve(name + ".jar");
        List<String> arguments = new ArrayList<>(List.of("--create", "--file", jar.toString()));
        arguments.addAll(List.of("-C", classes.toString(), "."));
        int failed = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertEquals(0, failed, () -> "the jar of " + classes);
        return jar.toString();
    }

    private static Path location(Class<?> inside) throws URISyntaxException {
        return Path.of(
                inside.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
