package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.TestClock;
import dev.gssbaton.claim.TestStores;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that are imported, while the host's clock leaps ahead and is set back, with the stores of Baton itself. */
@EnabledOnOs(OS.LINUX)
class ClockJumpTest {
    @TempDir
    Path temporary;

    private final SecureRandom random = new SecureRandom();
    private final TestClock clock = new TestClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));

    private List<ClaimStore> stores() {
        return List.of(TestStores.host(temporary.resolve("claims"), clock), TestStores.process(clock));
    }

    private BatonManager manager(ClaimStore claims) {
        return BatonManager.builder()
                .keys(new ToyKeys())
                .claims(claims)
                .clock(clock)
                .build();
    }

    private static void assertRefused(TransferFault fault, BatonManager manager, byte[] token) {
        GSSException refusal = assertThrows(GSSException.class, () -> manager.createContext(token));
        assertEquals(Optional.of(fault), TransferFault.of(refusal), refusal::toString);
    }

    /** Others claim, until everything was looked at twice. */
    private void sweep(ClaimStore claims) throws GSSException {
        byte[] octets = new byte[ClaimId.MIN_SIZE];
        for (int i = 0; i < 700; i++) {
            random.nextBytes(octets);
            // Of one directory, so that the others take one step each.
            octets[0] = 0;
            claims.claim(ClaimId.of(octets), PublicId.draw(random), claims.now());
            clock.advance(Duration.ofMillis(1));
        }
    }

    @Test
    void semantics18_aTokenIsNotImportedAgainAfterTheClockLeaptAheadAndBack() throws Exception {
        for (ClaimStore claims : stores()) {
            BatonManager manager = manager(claims);
            byte[] token = ToyPair.establish(manager).acceptor().export();
            assertTrue(manager.createContext(token).isEstablished());
            clock.set(Duration.ofHours(5));
            sweep(claims);
            clock.set(Duration.ofHours(-5));
            assertRefused(TransferFault.ALREADY_TAKEN, manager, token);
        }
    }

    @Test
    void semantics18_aTokenIsNotImportedAgainAfterItsRecordWasSweptAndTheClockSetBack() throws Exception {
        for (ClaimStore claims : stores()) {
            BatonManager manager = manager(claims);
            byte[] token = ToyPair.establish(manager).acceptor().export();
            assertTrue(manager.createContext(token).isEstablished());
            Duration passed = Duration.ofHours(3);
            clock.advance(passed);
            sweep(claims);
            clock.set(passed.plusSeconds(2).negated());
            // Its record is gone, so that it is claimed once more; and then it is late.
            assertRefused(TransferFault.TOKEN_EXPIRED, manager, token);
            assertRefused(TransferFault.ALREADY_TAKEN, manager, token);
            clock.set(passed.plusSeconds(2));
            byte[] next = ToyPair.establish(manager).acceptor().export();
            assertTrue(manager.createContext(next).isEstablished(), "all is well when the clock is right");
        }
    }
}
