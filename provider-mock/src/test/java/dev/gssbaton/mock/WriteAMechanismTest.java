package dev.gssbaton.mock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.auto.service.AutoService;
import dev.gssbaton.BatonManager;
import dev.gssbaton.mock.listing.ListProviders;
import dev.gssbaton.spi.Mechanism;
import java.io.File;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Builds {@code docs/write-a-mechanism.md}: runs its commands, compiles its code, and runs its tests. */
@EnabledOnOs(OS.LINUX)
class WriteAMechanismTest {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern COMMANDS = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE =
            Pattern.compile("^`([^`]+)`:\\n\\n```\\w+\\n(.*?)```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private Path directory;

    private Path project;

    @BeforeEach
    void write_what_the_page_says() throws Exception {
        String page = Files.readString(REPOSITORY.resolve("docs/write-a-mechanism.md"));
        StringBuilder commands = new StringBuilder("set -e\n");
        Matcher shell = COMMANDS.matcher(page);
        while (shell.find()) {
            commands.append(shell.group(1));
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", commands.toString())
                .directory(directory.toFile())
                .inheritIO();
        builder.environment().put("BATON", REPOSITORY.toString());
        Process process = builder.start();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the commands end");
        assertEquals(0, process.exitValue(), "the commands succeed");

        project = directory.resolve("knock");
        Matcher file = FILE.matcher(page);
        while (file.find()) {
            Files.writeString(project.resolve(file.group(1)), file.group(2));
        }
    }

    @Test
    void its_code_compiles_and_keeps_the_contracts() throws Exception {
        Path classes = compileMain();
        Path testClasses = directory.resolve("test-classes");
        compile("src/test/java", testClasses, "-cp", classes + File.pathSeparator + CLASS_PATH);

        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        URL[] urls = {classes.toUri().toURL(), testClasses.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, before)) {
            thread.setContextClassLoader(loader);
            for (String name : List.of("KnockMechanismTest", "KnockContextExporterTest")) {
                ContractRun run = ContractRun.of(loader.loadClass("org.example.knock." + name));
                assertEquals(Set.of(), run.broken(), () -> "the rules that " + name + " breaks");
                assertTrue(run.kept().size() > 40, () -> name + " keeps " + run.kept());
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void its_module_provides_the_mechanism() throws Exception {
        String modules = String.join(
                File.pathSeparator,
                location(Mechanism.class),
                location(BatonManager.class),
                compileMain().toString());
        try (ChildJvm jvm = ChildJvm.start(List.of(
                "--module-path",
                modules,
                "--add-modules",
                "org.example.knock,dev.gssbaton",
                "-cp",
                location(ListProviders.class),
                ListProviders.class.getName()))) {
            List<String> lines = jvm.lines();
            for (String word : List.of("KnockMechanism", "KnockContextExporter", "transferable true")) {
                assertTrue(lines.stream().anyMatch(line -> line.contains(word)), () -> word + " is among " + lines);
            }
        }
    }

    @Test
    void its_versions_are_those_of_this_build() throws Exception {
        Map<String, String> onPage = versions(project.resolve("pom.xml"), Map.of());
        Map<String, String> ours = versions(REPOSITORY.resolve("pom.xml"), properties(REPOSITORY.resolve("pom.xml")));
        ours.putAll(versions(REPOSITORY.resolve("bom/pom.xml"), Map.of()));
        ours.put("junit-jupiter", ours.get("junit-bom"));
        ours.put("auto-service", ours.get("auto-service-annotations"));
        assertEquals(
                Set.of(
                        "baton-bom",
                        "auto-service-annotations",
                        "auto-service",
                        "junit-jupiter",
                        "maven-compiler-plugin",
                        "maven-surefire-plugin",
                        "knock"),
                onPage.keySet());
        onPage.remove("knock");
        onPage.forEach((artifact, version) -> assertEquals(ours.get(artifact), version, artifact));
    }

    private Path compileMain() throws Exception {
        Path classes = directory.resolve("classes");
        String modules = location(Mechanism.class) + File.pathSeparator + location(AutoService.class);
        compile("src/main/java", classes, "--module-path", modules);
        return classes;
    }

    private void compile(String sources, Path classes, String... path) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = new ArrayList<>(List.of(path));
        options.addAll(List.of("--release", "17", "-proc:none", "-d", classes.toString()));
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> found = Files.walk(project.resolve(sources))) {
            List<Path> units =
                    found.filter(file -> file.toString().endsWith(".java")).toList();
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(units))
                    .call();
            assertTrue(compiled, messages::toString);
        }
    }

    private static String location(Class<?> inside) throws URISyntaxException {
        return Path.of(inside.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    /** The version that a POM gives to each artifact, where it names one. */
    private static Map<String, String> versions(Path pom, Map<String, String> properties) throws Exception {
        Map<String, String> versions = new TreeMap<>();
        NodeList artifacts = parse(pom).getElementsByTagName("artifactId");
        for (int i = 0; i < artifacts.getLength(); i++) {
            for (Node node = artifacts.item(i); node != null; node = node.getNextSibling()) {
                if (node.getNodeName().equals("version")) {
                    String version = node.getTextContent();
                    versions.put(
                            artifacts.item(i).getTextContent(),
                            version.startsWith("$")
                                    ? properties.get(version.substring(2, version.length() - 1))
                                    : version);
                }
            }
        }
        return versions;
    }

    private static Map<String, String> properties(Path pom) throws Exception {
        Map<String, String> properties = new TreeMap<>();
        Element element =
                (Element) parse(pom).getElementsByTagName("properties").item(0);
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            properties.put(node.getNodeName(), node.getTextContent());
        }
        return properties;
    }

    private static Document parse(Path pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    }
}
