package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.TransferFault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;

/** {@code isTransferable} in every state: it never throws, and what it says comes true. */
class TransferableTest {
    private static final Oid WITHOUT_EXPORTER = Mechanism.oid("1.3.6.1.4.1.32473.8");

    private final MovableClock clock = new MovableClock();
    private final BatonManager manager = BatonManager.builder()
            .keys(new ToyKeys())
            .claims(new ToyClaims())
            .clock(clock)
            .mechanism(new ToyMechanism() {
                @Override
                public Oid oid() {
                    return WITHOUT_EXPORTER;
                }
            })
            .build();

    @Test
    void beforeTheStartItSaysWhetherThereIsAnExporter() throws Exception {
        assertTrue(manager.createContext(ToyMechanism.named("a"), ToyMechanism.OID, null, 0)
                .isTransferable());
        assertFalse(manager.createContext(ToyMechanism.named("a"), WITHOUT_EXPORTER, null, 0)
                .isTransferable());
        assertTrue(manager.createContext((GSSCredential) null).isTransferable());
    }

    @Test
    void halfEstablishedItSaysWhetherThereIsAnExporterAndExportStillWaits() throws Exception {
        BatonContext initiator = manager.createContext(ToyMechanism.named("a"), ToyMechanism.OID, null, 0);
        assertNotNull(initiator.initSecContext(new byte[0], 0, 0));
        assertTrue(initiator.isTransferable());
        assertRefused(TransferFault.NOT_ESTABLISHED, initiator);
        assertTrue(initiator.isTransferable());
    }

    @Test
    void liveItIsTrueAndExportAnswersAToken() throws Exception {
        ToyPair pair = ToyPair.establish(manager);
        assertTrue(pair.acceptor().isTransferable());
        byte[] token = pair.acceptor().export();
        assertFalse(pair.acceptor().isTransferable(), "exported");
        BatonContext imported = manager.createContext(token);
        assertTrue(imported.isTransferable());
        imported.dispose();
        assertFalse(imported.isTransferable(), "disposed");
    }

    @Test
    void withoutAnExporterItIsFalseAndExportIsUnavailable() throws Exception {
        BatonContext initiator = manager.createContext(ToyMechanism.named("a"), WITHOUT_EXPORTER, null, 0);
        BatonContext acceptor = manager.createContext((GSSCredential) null);
        byte[] hello = initiator.initSecContext(new byte[0], 0, 0);
        byte[] welcome = acceptor.acceptSecContext(hello, 0, hello.length);
        initiator.initSecContext(welcome, 0, welcome.length);
        assertFalse(initiator.isTransferable());
        GSSException refusal = assertThrows(GSSException.class, initiator::export);
        assertEquals(GSSException.UNAVAILABLE, refusal.getMajor());
        byte[] message = initiator.wrap(new byte[3], 0, 3, null);
        assertEquals(3, acceptor.unwrap(message, 0, message.length, null).length);
    }

    @Test
    void onAnExpiredContextItDoesNotThrowAndExportSaysExpired() throws Exception {
        ToyPair pair = ToyPair.establish(manager, 10);
        clock.move(Duration.ofSeconds(11));
        assertTrue(pair.acceptor().isTransferable());
        assertRefused(TransferFault.CONTEXT_EXPIRED, pair.acceptor());
    }

    @Test
    void whereExpiryIsReportedMessagesGoOnAndExportIsRefused() throws Exception {
        BatonManager lenient = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .clock(clock)
                .expiry(Expiry.REPORTED)
                .build();
        ToyPair pair = ToyPair.establish(lenient, 10);
        clock.move(Duration.ofSeconds(11));
        assertEquals(0, pair.acceptor().getLifetime());
        byte[] message = pair.initiator().wrap(new byte[3], 0, 3, null);
        assertEquals(3, pair.acceptor().unwrap(message, 0, message.length, null).length);
        assertRefused(TransferFault.CONTEXT_EXPIRED, pair.acceptor());
    }

    private static void assertRefused(TransferFault fault, BatonContext context) {
        GSSException refusal = assertThrows(GSSException.class, context::export);
        assertEquals(Optional.of(fault), TransferFault.of(refusal));
    }

    /** A clock that stands still until it is moved. */
    private static final class MovableClock extends Clock {
        private Instant now = Instant.now();

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for another zone");
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
