package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;

/** What is wrong behind an intact seal is told in the order of rule 24: each token here is wrong in two ways. */
class ImportOrderTest {
    private final Instant past = Instant.now().minus(Duration.ofMinutes(1));
    private final Instant future = Instant.now().plus(Duration.ofMinutes(10));
    private static final Oid NOBODYS = Mechanism.oid("1.3.6.1.4.1.32473.99");
    private static final ImportOptions INITIATOR = ImportOptions.any().expectRole(ImportOptions.Role.INITIATOR);

    private final ToyKeys keys = new ToyKeys();
    private final ToyClaims claims = new ToyClaims();
    private final BatonManager manager =
            BatonManager.builder().keys(keys).claims(claims).build();

    /** Seals an acceptor's state as {@link Transfer} and {@link ToyContext} write it. */
    private byte[] token(Oid mechanism, String format, Instant contextEnd, int trailing, Instant notAfter)
            throws GSSException {
        try (TokenSealer sealer = new TokenSealer(keys, "", claims, new SecureRandom(), Clock.systemUTC());
                StateWriter out = new StateWriter(TokenHeader.SIZE, 200)) {
            out.counted(mechanism.getDER());
            out.counted(format.getBytes(StandardCharsets.US_ASCII));
            out.uint8(0);
            out.int32(ContextFlag.INTEG.bit());
            out.text("initiator");
            out.text("acceptor");
            out.instant(contextEnd);
            out.int64(0);
            new SequenceWindow(Set.of(), 0).write(out);
            out.counted(new byte[ToyContext.KEY_SIZE]);
            out.octets(new byte[trailing]);
            return sealer.seal(out, notAfter);
        }
    }

    private void assertRefused(TransferFault fault, int majorCode, byte[] token, ImportOptions options) {
        GSSException refusal = assertThrows(GSSException.class, () -> manager.createContext(token, options));
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
        assertEquals(majorCode, refusal.getMajor());
    }

    private void takeBefore(byte[] token) throws GSSException {
        assertEquals(
                ClaimOutcome.WON,
                claims.claim(TokenHeader.decode(token).id(), PublicId.draw(new SecureRandom()), future));
        claims.claimants.clear();
    }

    @Test
    void aTokenWithoutAFaultIsTaken() throws GSSException {
        byte[] token = token(ToyMechanism.OID, ContextExporter.BATON, future, 0, future);
        assertTrue(manager.createContext(token).isEstablished());
    }

    @Test
    void rule24_theTokensEndComesBeforeItsMechanism() throws GSSException {
        byte[] token = token(NOBODYS, ContextExporter.BATON, future, 0, past);
        assertRefused(TransferFault.TOKEN_EXPIRED, GSSException.NO_CONTEXT, token, ImportOptions.any());
    }

    @Test
    void rule24_theMechanismAndFormatComeBeforeTheState() throws GSSException {
        for (byte[] token : List.of(
                token(NOBODYS, ContextExporter.BATON, future, 1, future),
                token(ToyMechanism.OID, "org.example.none", future, 1, future))) {
            assertRefused(TransferFault.MECHANISM_MISSING, GSSException.UNAVAILABLE, token, ImportOptions.any());
        }
    }

    @Test
    void rule24_theStatesFormComesBeforeTheContextsEnd() throws GSSException {
        byte[] token = token(ToyMechanism.OID, ContextExporter.BATON, past, 1, future);
        assertRefused(TransferFault.STATE_MALFORMED, GSSException.DEFECTIVE_TOKEN, token, ImportOptions.any());
    }

    @Test
    void rule26_theContextsEndComesBeforeTheClaim() throws GSSException {
        byte[] token = token(ToyMechanism.OID, ContextExporter.BATON, past, 0, future);
        assertRefused(TransferFault.IMPORTED_CONTEXT_EXPIRED, GSSException.NO_CONTEXT, token, ImportOptions.any());
        takeBefore(token);
        assertRefused(TransferFault.IMPORTED_CONTEXT_EXPIRED, GSSException.NO_CONTEXT, token, ImportOptions.any());
        assertEquals(List.of(), claims.claimants);
    }

    @Test
    void rule32_whatIsExpectedComesBeforeTheClaim() throws GSSException {
        byte[] token = token(ToyMechanism.OID, ContextExporter.BATON, future, 0, future);
        takeBefore(token);
        assertRefused(TransferFault.UNEXPECTED_CONTEXT, GSSException.UNAUTHORIZED, token, INITIATOR);
        assertEquals(List.of(), claims.claimants);
        assertRefused(TransferFault.ALREADY_TAKEN, GSSException.NO_CONTEXT, token, ImportOptions.any());
    }
}
