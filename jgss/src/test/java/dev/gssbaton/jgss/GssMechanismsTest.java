package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.jgss.Registration.Side;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the JDK's GSS-API comes to Baton's mechanisms, in every odd way. */
class GssMechanismsTest {
    private static final Oid PRINCIPAL = FrontEndTest.oid("1.2.840.113554.1.2.2.1");
    private static final String PROPERTY = "GssApiMechanism." + FrontEndTest.KRB5;

    @TempDir
    private Path folder;

    /** Baton refuses a quoted character, the JDK drops the quoting. */
    private static boolean isOnBaton(GSSManager manager) {
        try {
            GSSName name = manager.createName("alice\\/admin@EXAMPLE.TEST", PRINCIPAL, FrontEndTest.KRB5);
            assertNotNull(name);
            return false;
        } catch (GSSException e) {
            return e.getMinorString().contains("is no krb5 name");
        }
    }

    @Test
    void whoAsksForThePropertyAndMakesNothingLeavesNothingOnItsThread() throws Exception {
        Provider[] found = Registration.on(Side.BATON, () -> Security.getProviders(PROPERTY));
        assertTrue(Stream.of(found).anyMatch(each -> each.getName().equals("Baton")), "it is listed");
        assertThrows(IllegalStateException.class, GssMechanisms::wanted);
        GSSManager manager = GSSManager.getInstance();
        manager.addProviderAtFront(new BatonProvider(), FrontEndTest.KRB5);
        assertThrows(IllegalStateException.class, GssMechanisms::wanted);
        assertTrue(isOnBaton(manager));
        assertThrows(IllegalStateException.class, GssMechanisms::wanted);
    }

    @Test
    void oneManagerTakesAProviderThatIsNotRegistered() throws Exception {
        GSSManager manager = GSSManager.getInstance();
        manager.addProviderAtFront(new BatonProvider(), FrontEndTest.KRB5);
        assertTrue(isOnBaton(manager));
        GSSManager other = GSSManager.getInstance();
        assertEquals(false, isOnBaton(other));
    }

    @Test
    void twoProvidersOfItAreNoMoreThanOne() throws Exception {
        Registration.on(Side.BATON, () -> {
            assertEquals(-1, Security.insertProviderAt(new BatonProvider(), 1), "the name is taken");
            assertTrue(isOnBaton(GSSManager.getInstance()));
            return null;
        });
    }

    @Test
    void settingsAreOpenedOnceHoweverManyThreadsComeFirst() throws Exception {
        Path file = Files.writeString(folder.resolve("baton.properties"), "keys=counted");
        GssMechanisms mechanisms = new GssMechanisms(new BatonProvider(), file.toString());
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Optional<BatonManager>>> managers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                managers.add(pool.submit(mechanisms::manager));
            }
            for (Future<Optional<BatonManager>> manager : managers) {
                assertTrue(manager.get().isEmpty(), "it is configured wrongly");
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(1, CountedKeys.OPENED.get());
    }

    @Test
    void aProviderOfAnotherClassLoaderWorksToo() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (Path place : List.of(Jvm.JGSS, Jvm.API, Jvm.SPI, Jvm.KRB5, Jvm.BOUNCY_CASTLE)) {
            jars.add(place.toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Provider provider = (Provider) loader.loadClass(BatonProvider.class.getName())
                    .getConstructor()
                    .newInstance();
            GSSManager manager = GSSManager.getInstance();
            manager.addProviderAtFront(provider, FrontEndTest.KRB5);
            assertTrue(isOnBaton(manager));
        }
    }

    @Test
    void itIsNoPropertyForWhatItDoesNotKnow() {
        BatonProvider provider = new BatonProvider();
        assertNull(provider.getProperty("GssApiMechanism.1.2.3"));
        assertNull(provider.getProperty("GssApiMechanism.1.3.6.1.5.5.2"), "SPNEGO is the JDK's");
        assertNotNull(provider.getProperty(PROPERTY));
    }
}
