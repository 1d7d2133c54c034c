package dev.gssbaton.mock;

import dev.gssbaton.mock.provider.MockContextExporter;
import dev.gssbaton.mock.provider.MockMechanism;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.ContractParty;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The mock mechanism with two parties that share a secret. */
final class MockFixture {
    /** The contracts make thousands of imports fail; their log says nothing new. */
    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    static {
        LOG.setLevel(Level.OFF);
    }

    private static final Set<ContextFlag> SERVICES = EnumSet.of(
            ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF, ContextFlag.INTEG);

    private MockFixture() {}

    static ContractFixture create() {
        return of(new MockMechanism(), new MockContextExporter(), SERVICES);
    }

    /** The mock mechanism, or a wrapper around it. */
    static ContractFixture of(Mechanism mechanism, ContextExporter exporter) {
        return of(mechanism, exporter, SERVICES);
    }

    static ContractFixture delegating() {
        return delegating(new DelegatingMechanism(), new DelegatingExporter());
    }

    /** The mock mechanism with delegated credentials, or a wrapper around it. */
    static ContractFixture delegating(Mechanism mechanism, ContextExporter exporter) {
        Set<ContextFlag> services = EnumSet.copyOf(SERVICES);
        services.add(ContextFlag.DELEG);
        return of(mechanism, exporter, services);
    }

    private static ContractFixture of(Mechanism mechanism, ContextExporter exporter, Set<ContextFlag> services) {
        return new ContractFixture(mechanism, exporter, party("alice"), party("bob"), name("carol"), services);
    }

    static ContractParty party(String text) {
        byte[] shared = "a secret that both sides know".getBytes(StandardCharsets.UTF_8);
        return new ContractParty(name(text), new SecretCredential(name(text), SecretBytes.take(shared)));
    }

    static TextName name(String text) {
        return new TextName(Mock.MECHANISM, text);
    }
}
