package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.TextName;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where mechanisms and exporters are found, and what happens when two stand for one thing. */
class ProvidersTest {
    private static final String COMPACT = "org.example.compact";
    private static final Oid OTHER = Mechanism.oid("1.3.6.1.4.1.32473.8");

    @TempDir
    private Path folder;

    private Provider registered;

    @AfterEach
    void unregister() {
        if (registered != null) {
            Security.removeProvider(registered.getName());
        }
    }

    private static Providers find() {
        return Providers.find(List.of(), List.of());
    }

    private static Class<?> exporterFor(Providers providers, String format) throws GSSException {
        return providers.exporter(ToyMechanism.OID, format).exporter().getClass();
    }

    // The class path

    @Test
    void servicesOfTheClassPathAreFound() throws GSSException {
        Providers providers = find();
        assertSame(ToyMechanism.class, providers.mechanism(ToyMechanism.OID).getClass());
        assertSame(ToyExporter.class, exporterFor(providers, ContextExporter.BATON));
        assertTrue(providers.canExport(Optional.of(ToyMechanism.OID), ContextExporter.BATON));
        assertTrue(providers.canExport(Optional.empty(), ContextExporter.BATON));
        assertFalse(providers.canExport(Optional.of(OTHER), ContextExporter.BATON));
        assertFalse(providers.canExport(Optional.empty(), COMPACT));
    }

    @Test
    void whatIsMissingIsSaidByName() {
        Providers providers = find();
        GSSException mechanism = assertThrows(GSSException.class, () -> providers.mechanism(OTHER));
        assertEquals(GSSException.BAD_MECH, mechanism.getMajor());
        assertTrue(mechanism.getMinorString().contains(OTHER.toString()), mechanism.getMinorString());
        assertTrue(mechanism.getMinorString().contains("class or module path"), mechanism.getMinorString());
        GSSException exporter =
                assertThrows(GSSException.class, () -> providers.exporter(ToyMechanism.OID, "org.example.none"));
        assertEquals(Optional.of(TransferFault.NO_EXPORTER), TransferFault.of(exporter));
        assertTrue(
                exporter.getMinorString().contains(ToyMechanism.OID + "/org.example.none"), exporter.getMinorString());
    }

    @Test
    void theOnlyMechanismIsTheDefaultOneAndOfSeveralOneMustBeNamed() throws GSSException {
        assertEquals(ToyMechanism.OID, find().defaultMechanism(OTHER).oid());
        Providers several = Providers.find(List.of(new OtherMechanism()), List.of());
        assertEquals(OTHER, several.defaultMechanism(OTHER).oid());
        GSSException failure =
                assertThrows(GSSException.class, () -> several.defaultMechanism(Mechanism.oid("1.3.6.1.4.1.32473.9")));
        assertEquals(GSSException.BAD_MECH, failure.getMajor());
        assertTrue(failure.getMinorString().contains(OTHER.toString()), failure.getMinorString());
        assertTrue(failure.getMinorString().contains(ToyMechanism.OID.toString()), failure.getMinorString());
    }

    // The builder's own

    @Test
    void givenInstancesStandInFrontOfThoseFound() throws GSSException {
        Mechanism mechanism = new ToyMechanism();
        ContextExporter exporter = new ToyExporter();
        Providers providers = Providers.find(List.of(mechanism), List.of(exporter));
        assertSame(mechanism, providers.mechanism(ToyMechanism.OID));
        assertSame(
                exporter,
                providers.exporter(ToyMechanism.OID, ContextExporter.BATON).exporter());
        assertEquals(1, providers.mechanisms().size());
    }

    @Test
    void twoGivenForOneThingAreAnError() {
        IllegalStateException exporters = assertThrows(
                IllegalStateException.class,
                () -> Providers.find(List.of(), List.of(new ToyExporter(), new AnotherToyExporter())));
        assertNamesBoth(exporters, ToyExporter.class.getName(), AnotherToyExporter.class.getName());
        IllegalStateException mechanisms = assertThrows(
                IllegalStateException.class,
                () -> Providers.find(List.of(new ToyMechanism(), new ToyMechanism()), List.of()));
        assertTrue(mechanisms.getMessage().contains(ToyMechanism.OID.toString()), mechanisms.getMessage());
    }

    @Test
    void anExporterThatCannotSayWhatItIsIsRefusedByName() {
        for (ContextExporter broken : List.of(new Named(null), new HasNoMechanism(), new LacksAClass())) {
            IllegalStateException failure =
                    assertThrows(IllegalStateException.class, () -> Providers.find(List.of(), List.of(broken)));
            assertTrue(failure.getMessage().contains(broken.getClass().getName()), failure.getMessage());
        }
    }

    @Test
    void aMalformedFormatNameIsRefused() {
        for (String format : List.of("", "with a blank", "a/b", "a".repeat(65), "ä")) {
            IllegalStateException failure = assertThrows(
                    IllegalStateException.class, () -> Providers.find(List.of(), List.of(new Named(format))));
            assertTrue(failure.getMessage().contains(Named.class.getName()), failure.getMessage());
        }
        assertTrue(Providers.find(List.of(), List.of(new Named("a".repeat(64))))
                .canExport(Optional.of(ToyMechanism.OID), "a".repeat(64)));
    }

    // The context class loader

    @Test
    void theContextClassLoadersOwnServicesAreFound() throws Exception {
        Providers providers =
                inContextOf(services(ContextExporter.class, CompactExporter.class.getName()), ProvidersTest::find);
        assertSame(CompactExporter.class, exporterFor(providers, COMPACT));
        assertSame(ToyExporter.class, exporterFor(providers, ContextExporter.BATON));
        assertFalse(find().canExport(Optional.of(ToyMechanism.OID), COMPACT), "found without the loader too");
    }

    @Test
    void theClassPathCountsAlsoWithoutAContextClassLoader() throws Exception {
        Providers providers = inContextOf(null, ProvidersTest::find);
        assertSame(ToyExporter.class, exporterFor(providers, ContextExporter.BATON));
        providers = inContextOf(ClassLoader.getPlatformClassLoader(), ProvidersTest::find);
        assertSame(ToyExporter.class, exporterFor(providers, ContextExporter.BATON));
    }

    @Test
    void aServiceThatCannotBeLoadedIsSaidByName() throws Exception {
        for (String nowhere : List.of("org.example.NowhereToBeFound", "two words")) {
            assertSaysWhatCannotBeLoaded(ContextExporter.class, nowhere);
            assertSaysWhatCannotBeLoaded(Mechanism.class, nowhere);
        }
        assertSaysWhatCannotBeLoaded(ContextExporter.class, FailsToBeMade.class.getName());
        assertSaysWhatCannotBeLoaded(Mechanism.class, MechanismFailsToBeMade.class.getName());
    }

    private void assertSaysWhatCannotBeLoaded(Class<?> service, String broken) throws IOException {
        ClassLoader loader = services(service, broken);
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> inContextOf(loader, ProvidersTest::find));
        assertTrue(failure.getMessage().contains(service.getName()), failure.getMessage());
        assertTrue(
                failure.getMessage().contains(broken.contains(" ") ? "META-INF/services" : broken),
                failure.getMessage());
    }

    @Test
    void twoExportersForOneFormatAreAnErrorThatNamesBothJars() throws Exception {
        Path jar = jarOf(ToyExporter.class);
        try (URLClassLoader loader = new ChildFirst(jar, ToyExporter.class.getName())) {
            Class<?> twin = loader.loadClass(ToyExporter.class.getName());
            assertNotEquals(ToyExporter.class, twin);
            IllegalStateException failure =
                    assertThrows(IllegalStateException.class, () -> inContextOf(loader, ProvidersTest::find));
            assertNamesBoth(
                    failure,
                    jar.toUri().toURL().toString(),
                    ToyExporter.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toString());
            assertTrue(failure.getMessage().contains(ToyMechanism.OID + "/baton"), failure.getMessage());
        }
    }

    // Security providers

    @Test
    void anExporterThatOnlyASecurityProviderOffersIsFound() throws GSSException {
        register(CompactExporter.class.getName(), ToyMechanism.OID + "/" + COMPACT);
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .build();
        assertSame(CompactExporter.class, exporterFor(find(), COMPACT));
        ToyPair pair = ToyPair.establish(manager);
        try (ExportedToken token =
                pair.acceptor().exportToken(ExportOptions.defaults().withFormat(COMPACT))) {
            BatonContext imported = manager.createContext(token.octets());
            byte[] message = pair.initiator().wrap(new byte[] {1, 2, 3}, 0, 3, null);
            assertEquals(3, imported.unwrap(message, 0, message.length, null).length);
        }
    }

    @Test
    void theSameExporterFoundBothWaysCountsOnce() throws GSSException {
        register(ToyExporter.class.getName(), ToyMechanism.OID + "/baton");
        assertSame(ToyExporter.class, exporterFor(find(), ContextExporter.BATON));
    }

    @Test
    void anotherExporterOfASecurityProviderForTheSameFormatIsAnError() {
        register(AnotherToyExporter.class.getName(), ToyMechanism.OID + "/baton");
        IllegalStateException failure = assertThrows(IllegalStateException.class, ProvidersTest::find);
        assertNamesBoth(failure, ToyExporter.class.getName(), AnotherToyExporter.class.getName());
    }

    @Test
    void whatASecurityProviderCannotMakeIsSaidByItsName() {
        for (String broken : List.of("org.example.NowhereToBeFound", FailsToBeMade.class.getName())) {
            register(broken, "broken/baton");
            IllegalStateException failure = assertThrows(IllegalStateException.class, ProvidersTest::find);
            assertTrue(failure.getMessage().contains("broken/baton"), failure.getMessage());
            assertTrue(failure.getMessage().contains("OffersExporters"), failure.getMessage());
            unregister();
        }
    }

    @Test
    void aServiceThatIsNoExporterIsSaidByItsName() {
        register(TextName.class.getName(), "broken/baton");
        IllegalStateException noConstructor = assertThrows(IllegalStateException.class, ProvidersTest::find);
        assertTrue(noConstructor.getMessage().contains("broken/baton"), noConstructor.getMessage());
        unregister();
        register(ToyMechanism.class.getName(), "broken/baton");
        IllegalStateException notOne = assertThrows(IllegalStateException.class, ProvidersTest::find);
        assertTrue(notOne.getMessage().contains(ToyMechanism.class.getName()), notOne.getMessage());
    }

    @Test
    void aSecurityProviderThatThrowsItsOwnWayIsSaidByItsName() {
        registered = new OffersExporters(Map.of());
        ((OffersExporters) registered).addFailing("broken/baton");
        Security.addProvider(registered);
        IllegalStateException failure = assertThrows(IllegalStateException.class, ProvidersTest::find);
        assertTrue(failure.getMessage().contains("broken/baton"), failure.getMessage());
    }

    private void register(String className, String algorithm) {
        registered = new OffersExporters(Map.of(algorithm, className));
        Security.addProvider(registered);
    }

    private static void assertNamesBoth(Exception failure, String one, String other) {
        assertTrue(
                failure.getMessage().contains(one) && failure.getMessage().contains(other),
                () -> failure.getMessage() + " names not both " + one + " and " + other);
    }

    private static <T> T inContextOf(ClassLoader loader, Callable<T> action) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return action.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A loader whose own services are the classes named; the classes themselves are the class path's. */
    private ClassLoader services(Class<?> service, String className) throws IOException {
        Path file = Files.createTempDirectory(folder, "services").resolve("META-INF/services/" + service.getName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, className);
        URI root = file.getParent().getParent().getParent().toUri();
        return new URLClassLoader(new URL[] {root.toURL()}, getClass().getClassLoader());
    }

    private Path jarOf(Class<?> exporter) throws IOException {
        Path jar = folder.resolve("twin.jar");
        String entry = exporter.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream in = exporter.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            in.transferTo(out);
            out.putNextEntry(new JarEntry("META-INF/services/" + ContextExporter.class.getName()));
            out.write(exporter.getName().getBytes(StandardCharsets.US_ASCII));
        }
        return jar;
    }

    /** Defines one class itself, as the loader of a plug-in or a web application does. */
    private static final class ChildFirst extends URLClassLoader {
        private final String own;

        ChildFirst(Path jar, String own) throws IOException {
            super(new URL[] {jar.toUri().toURL()}, ProvidersTest.class.getClassLoader());
            this.own = own;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.equals(own)) {
                    return super.loadClass(name, resolve);
                }
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }
    }

    private static final class OffersExporters extends Provider {
        private static final long serialVersionUID = 1L;

        OffersExporters(Map<String, String> classNames) {
            super("OffersExporters", "1", "for a test");
            classNames.forEach((algorithm, className) ->
                    putService(new Service(this, "ContextExporter", algorithm, className, null, null)));
        }

        void addFailing(String algorithm) {
            putService(new Service(this, "ContextExporter", algorithm, "", null, null) {
                @Override
                public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                    throw new UnsupportedOperationException("broken on purpose");
                }
            });
        }
    }

    static class Named extends ToyExporter {
        private final String format;

        Named(String format) {
            this.format = format;
        }

        @Override
        public String format() {
            return format;
        }
    }

    public static final class CompactExporter extends ToyExporter {
        @Override
        public String format() {
            return COMPACT;
        }
    }

    private static final class HasNoMechanism extends ToyExporter {
        @Override
        public Oid mechanism() {
            return null;
        }
    }

    private static final class LacksAClass extends ToyExporter {
        @Override
        public Oid mechanism() {
            throw new NoClassDefFoundError("broken on purpose");
        }
    }

    public static final class AnotherToyExporter extends ToyExporter {}

    public static final class FailsToBeMade extends ToyExporter {
        public FailsToBeMade() {
            throw new UnsupportedOperationException("broken on purpose");
        }
    }

    public static final class MechanismFailsToBeMade extends ToyMechanism {
        public MechanismFailsToBeMade() {
            throw new UnsupportedOperationException("broken on purpose");
        }
    }

    private static final class OtherMechanism extends ToyMechanism {
        @Override
        public Oid oid() {
            return OTHER;
        }
    }
}
