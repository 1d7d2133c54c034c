package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.ContextExporter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The provider with what is on the class path: the mock mechanism. */
class BatonProviderTest {
    private static final String MOCK = Mock.MECHANISM + "/baton";

    private final Provider provider = new BatonProvider();

    @Test
    void isNamedBaton() {
        assertEquals("Baton", provider.getName());
        assertEquals("0.1", provider.getVersionStr());
    }

    @Test
    void isFoundByServiceLoader() {
        assertEquals(
                1,
                ServiceLoader.load(Provider.class).stream()
                        .filter(found -> found.type() == BatonProvider.class)
                        .count());
    }

    @Test
    void offersAnExporterUnderItsOidAndUnderItsMechanismsName() {
        Provider.Service service = provider.getService("ContextExporter", MOCK);
        assertNotNull(service);
        assertEquals(service, provider.getService("ContextExporter", "mock/baton"));
        assertEquals(service, provider.getService("ContextExporter", "MOCK/Baton"));
        assertEquals(MOCK, service.getAlgorithm());
        assertEquals(
                MOCK,
                provider.getServices().stream()
                        .filter(each -> each.getType().equals("ContextExporter"))
                        .map(Provider.Service::getAlgorithm)
                        .filter(each -> !each.startsWith("1.2.840.113554.1.2.2/"))
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void makesANewExporterEachTime() throws Exception {
        Provider.Service service = provider.getService("ContextExporter", MOCK);
        ContextExporter exporter = assertInstanceOf(ContextExporter.class, service.newInstance(null));
        assertEquals(Mock.MECHANISM, exporter.mechanism());
        assertEquals("baton", exporter.format());
        assertEquals(service.getClassName(), exporter.getClass().getName());
        assertNotSame(exporter, service.newInstance(null));
    }

    @Test
    void refusesAParameter() {
        Provider.Service service = provider.getService("ContextExporter", MOCK);
        assertThrows(InvalidParameterException.class, () -> service.newInstance("a parameter"));
    }

    @Test
    void hasNothingElse() {
        assertNull(provider.getService("ContextExporter", "krb5/unheard-of"));
        assertNull(provider.getService("Cipher", "AES"));
        assertNull(provider.getService("Cipher", MOCK));
    }

    @Test
    void isWholeAgainAfterSerialization() throws Exception {
        assertNotNull(provider.getService("ContextExporter", MOCK));
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(octets)) {
            out.writeObject(provider);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(octets.toByteArray()))) {
            Provider copy = assertInstanceOf(BatonProvider.class, in.readObject());
            assertInstanceOf(
                    ContextExporter.class,
                    copy.getService("ContextExporter", MOCK).newInstance(null));
        }
    }

    @Test
    void listsItsServicesAsPropertiesOnceTheyAreLoaded() {
        assertFalse(provider.containsKey("ContextExporter." + MOCK));
        assertTrue(provider.getServices().size() > 0);
        assertTrue(provider.containsKey("ContextExporter." + MOCK));
    }
}
