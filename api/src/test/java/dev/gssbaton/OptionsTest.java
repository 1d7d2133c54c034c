package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.TextName;
import dev.gssbaton.spi.TransferFault;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** What an exporter asks and an importer expects. */
class OptionsTest {
    private final BatonManager manager = BatonManager.builder()
            .keys(new ToyKeys())
            .claims(new ToyClaims())
            .tokenLifetime(Duration.ofSeconds(30))
            .build();

    @Test
    void anExportIsOursForTheManagersLifetimeAndWithoutDelegation() {
        assertEquals(new ExportOptions("baton", null, Delegation.DROP), ExportOptions.defaults());
    }

    @Test
    void eachExportOptionChangesItsOwnValue() {
        assertEquals(
                new ExportOptions("org.example.compact", Duration.ofSeconds(5), Delegation.CARRY),
                ExportOptions.defaults()
                        .withFormat("org.example.compact")
                        .withLifetime(Duration.ofSeconds(5))
                        .withDelegatedCredential());
        assertEquals(new ExportOptions("baton", null, Delegation.DROP), ExportOptions.defaults());
    }

    @Test
    void aLifetimeIsAMillisecondToADay() {
        ExportOptions options = ExportOptions.defaults();
        assertThrows(IllegalArgumentException.class, () -> options.withLifetime(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> options.withLifetime(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> options.withLifetime(Duration.ofNanos(999_999)));
        assertThrows(
                IllegalArgumentException.class,
                () -> options.withLifetime(Duration.ofDays(1).plusNanos(1)));
        assertThrows(IllegalArgumentException.class, () -> options.withLifetime(Duration.ofMillis(Long.MAX_VALUE)));
        options.withLifetime(Duration.ofMillis(1)).withLifetime(Duration.ofDays(1));
        assertThrows(NullPointerException.class, () -> options.withLifetime(null));
        assertThrows(NullPointerException.class, () -> options.withFormat(null));
    }

    @Test
    void anImportExpectsNothing() {
        assertEquals(new ImportOptions(null, null, null, null, Delegation.DROP), ImportOptions.any());
    }

    @Test
    void eachImportOptionChangesItsOwnValue() {
        TextName source = ToyMechanism.named("source");
        TextName target = ToyMechanism.named("target");
        assertEquals(
                new ImportOptions(ImportOptions.Role.ACCEPTOR, ToyMechanism.OID, source, target, Delegation.CARRY),
                ImportOptions.any()
                        .expectRole(ImportOptions.Role.ACCEPTOR)
                        .expectMechanism(ToyMechanism.OID)
                        .expectSource(source)
                        .expectTarget(target)
                        .withDelegatedCredential());
        assertNull(ImportOptions.any().role());
    }

    @Test
    void aTokenLivesAsLongAsTheExporterSaysElseAsTheManagerSays() throws Exception {
        assertLifetime(Duration.ofSeconds(30), ExportOptions.defaults(), 0);
        assertLifetime(Duration.ofSeconds(5), ExportOptions.defaults().withLifetime(Duration.ofSeconds(5)), 0);
        assertLifetime(Duration.ofDays(1), ExportOptions.defaults().withLifetime(Duration.ofDays(1)), 0);
    }

    @Test
    void aTokenNeverOutlivesItsContext() throws Exception {
        assertLifetime(Duration.ofSeconds(10), ExportOptions.defaults(), 10);
        assertLifetime(Duration.ofSeconds(10), ExportOptions.defaults().withLifetime(Duration.ofHours(9)), 10);
    }

    private void assertLifetime(Duration expected, ExportOptions options, int contextLifetime) throws GSSException {
        Instant before = Instant.now();
        ToyPair pair = ToyPair.establish(manager, contextLifetime);
        try (ExportedToken token = pair.acceptor().exportToken(options)) {
            assertTrue(
                    !token.notAfter().isBefore(before.plus(expected).minusMillis(1))
                            && !token.notAfter().isAfter(Instant.now().plus(expected)),
                    () -> "not " + expected + " after " + before + ": " + token.notAfter());
        }
    }

    @Test
    void aContextThatIsNotTheOneExpectedIsRefusedAndItsTokenStaysGood() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        Map<ImportOptions, String> refused = Map.of(
                ImportOptions.any().expectRole(ImportOptions.Role.INITIATOR), "INITIATOR",
                ImportOptions.any().expectMechanism(Mechanism.oid("1.3.6.1.4.1.32473.9")), "1.3.6.1.4.1.32473.9",
                ImportOptions.any().expectSource(ToyMechanism.named("mallory")), "mallory",
                ImportOptions.any().expectTarget(ToyMechanism.named("trudy")), "trudy");
        try (ExportedToken token = pair.acceptor().exportToken()) {
            refused.forEach((options, word) -> {
                GSSException failure =
                        assertThrows(GSSException.class, () -> manager.createContext(token.octets(), options));
                assertEquals(Optional.of(TransferFault.UNEXPECTED_CONTEXT), TransferFault.of(failure));
                assertTrue(failure.getMinorString().contains(word), failure.getMinorString());
            });
            BatonContext imported = manager.createContext(
                    token.octets(),
                    ImportOptions.any()
                            .expectRole(ImportOptions.Role.ACCEPTOR)
                            .expectMechanism(ToyMechanism.OID)
                            .expectSource(ToyMechanism.named("initiator"))
                            .expectTarget(ToyMechanism.named("acceptor")));
            assertTrue(imported.isEstablished());
        }
    }

    @Test
    void anInitiatorIsExpectedAsOne() throws Exception {
        try (ExportedToken token = ToyPair.establish(manager).initiator().exportToken()) {
            assertThrows(
                    GSSException.class,
                    () -> manager.createContext(
                            token.octets(), ImportOptions.any().expectRole(ImportOptions.Role.ACCEPTOR)));
            assertTrue(
                    manager.createContext(token.octets(), ImportOptions.any().expectRole(ImportOptions.Role.INITIATOR))
                            .isInitiator());
        }
    }
}
