package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of exporters of every kind, good and broken, that a class loader offers. */
class ExporterServiceTest {
    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord line) {
            lines.add(formatter.formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    private Collection<ExporterService> find(String... lines) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.write(services.resolve(ContextExporter.class.getName()), List.of(lines));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            return ExporterService.find(new BatonProvider(), loader);
        }
    }

    private static List<String> algorithms(Collection<ExporterService> services) {
        // Those of krb5 are on the path too.
        return services.stream()
                .map(Provider.Service::getAlgorithm)
                .filter(algorithm -> !algorithm.startsWith("1.2.840.113554.1.2.2/"))
                .toList();
    }

    @Test
    void attributesAreTheExportersOwn() throws Exception {
        Collection<ExporterService> services = find(Compact.class.getName());
        ExporterService service = services.stream()
                .filter(each -> each.getAlgorithm().endsWith("/org.example.compact"))
                .findAny()
                .orElseThrow();
        assertEquals("one|another", service.getAttribute("SupportedEncryptionTypes"));
        assertNull(service.getAttribute("Unheard"));
        assertEquals(List.of(), lines);
    }

    @Test
    void aThirdPartysFormatStandsBesideOurs() throws Exception {
        assertEquals(
                List.of(Mock.MECHANISM + "/baton", Mock.MECHANISM + "/org.example.compact"),
                algorithms(find(Compact.class.getName())));
    }

    @Test
    void brokenExportersAreLeftOutAndLoggedByName() throws Exception {
        List<Class<?>> broken = List.of(
                FailsToBeMade.class,
                FailsToBeInitialized.class,
                HasNoMechanism.class,
                LacksAClass.class,
                HasNoFormat.class,
                HasAMalformedFormat.class,
                FailsInFormat.class,
                HasNullAttributes.class,
                IsPrivate.class);
        List<String> offered =
                new ArrayList<>(broken.stream().map(Class::getName).toList());
        offered.add("org.example.NowhereToBeFound");
        offered.add(Compact.class.getName());
        Collection<ExporterService> services = find(offered.toArray(String[]::new));
        assertEquals(List.of(Mock.MECHANISM + "/baton", Mock.MECHANISM + "/org.example.compact"), algorithms(services));
        assertEquals(broken.size() + 1, lines.size(), () -> String.join("\n", lines));
        for (Class<?> each : broken) {
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains(each.getName())),
                    () -> each + " in " + String.join("\n", lines));
        }
        assertTrue(lines.get(lines.size() - 1).contains("org.example.NowhereToBeFound"));
    }

    @Test
    void aMalformedFileOfServicesIsLoggedAndTheOthersCount() throws Exception {
        assertEquals(List.of(Mock.MECHANISM + "/baton"), algorithms(find("two words", Compact.class.getName())));
        assertEquals(1, lines.size(), () -> String.join("\n", lines));
        assertTrue(lines.get(0).contains("META-INF/services"), lines.get(0));
    }

    @Test
    void aLoaderThatAlwaysFailsEndsTheSearch() {
        ClassLoader loader = new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("no resources today");
            }
        };
        assertEquals(List.of(), List.copyOf(ExporterService.find(new BatonProvider(), loader)));
        assertTrue(lines.size() > 1);
    }

    @Test
    void ofTwoForOneFormatTheFirstCountsAndBothAreNamed() throws Exception {
        Collection<ExporterService> services = find(Compact.class.getName(), CompactAgain.class.getName());
        assertEquals(List.of(Mock.MECHANISM + "/baton", Mock.MECHANISM + "/org.example.compact"), algorithms(services));
        assertEquals(1, lines.size());
        String line = lines.get(0);
        assertTrue(
                line.contains(CompactAgain.class.getName() + " in file:")
                        && line.contains(Compact.class.getName() + " in file:"),
                line);
    }

    @Test
    void anExporterThatFailsLaterIsNoSuchAlgorithm() throws Exception {
        FailsTheSecondTime.MADE.set(0);
        ExporterService service = find(FailsTheSecondTime.class.getName()).stream()
                .filter(each -> each.getAlgorithm().endsWith("/org.example.second"))
                .findAny()
                .orElseThrow();
        NoSuchAlgorithmException failure =
                assertThrows(NoSuchAlgorithmException.class, () -> service.newInstance(null));
        assertTrue(failure.getMessage().contains("org.example.second"), failure.getMessage());
    }

    /** An exporter of mock contexts whose state nobody asks for here. */
    abstract static class Named implements ContextExporter {
        @Override
        public Oid mechanism() {
            return Mock.MECHANISM;
        }

        @Override
        public void write(MechanismContext context, Delegation delegation, StateWriter out) {
            throw new AssertionError("only looked for");
        }

        @Override
        public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                throws GSSException {
            throw new AssertionError("only looked for");
        }
    }

    public static class Compact extends Named {
        @Override
        public String format() {
            return "org.example.compact";
        }

        @Override
        public Map<String, String> attributes() {
            return Map.of("SupportedEncryptionTypes", "one|another");
        }
    }

    public static final class CompactAgain extends Named {
        @Override
        public String format() {
            return "ORG.example.compact";
        }
    }

    public static final class FailsToBeMade extends Compact {
        public FailsToBeMade() {
            throw new UnsupportedOperationException("broken on purpose");
        }
    }

    public static final class FailsToBeInitialized extends Compact {
        static final String NEVER = List.<String>of().get(0);
    }

    public static final class HasNoMechanism extends Compact {
        @Override
        public Oid mechanism() {
            return null;
        }
    }

    public static final class LacksAClass extends Named {
        @Override
        public String format() {
            throw new NoClassDefFoundError("broken on purpose");
        }
    }

    public static final class HasNoFormat extends Named {
        @Override
        public String format() {
            return null;
        }
    }

    public static final class HasAMalformedFormat extends Named {
        @Override
        public String format() {
            return "with a blank";
        }
    }

    public static final class FailsInFormat extends Named {
        @Override
        public String format() {
            throw new AssertionError("broken on purpose");
        }
    }

    public static final class HasNullAttributes extends Named {
        @Override
        public String format() {
            return "org.example.attributes";
        }

        @Override
        public Map<String, String> attributes() {
            return null;
        }
    }

    private static final class IsPrivate extends Compact {}

    public static final class FailsTheSecondTime extends Named {
        static final AtomicInteger MADE = new AtomicInteger();

        public FailsTheSecondTime() {
            if (MADE.getAndIncrement() > 0) {
                throw new IllegalStateException("broken on purpose");
            }
        }

        @Override
        public String format() {
            return "org.example.second";
        }
    }
}
