package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** Any changed bit, any truncation, any octet too many is refused, with the fault that its place demands. */
class SealedTokenPropertyTest {
    private static final HeldKeys KEYS = new HeldKeys().with(1);
    private static final TokenSealer SEALER = new TokenSealer(
            KEYS,
            "test",
            new ProcessClaims(new SecureRandom(), Clock.systemUTC()),
            new SecureRandom(),
            Clock.systemUTC());

    @AfterContainer
    static void close() {
        SEALER.close();
    }

    @Property
    void semantics15_opensToWhatWasSealed(
            @ForAll @Size(max = 600) byte[] octets, @ForAll @IntRange(max = 700) int capacity) throws GSSException {
        byte[] token = seal(octets, capacity);
        byte[] copy = token.clone();
        assertEquals(TokenHeader.SIZE + octets.length + Xaes256Gcm.TAG_SIZE, token.length);
        try (OpenedToken opened = SEALER.open(token, Duration.ZERO)) {
            StateReader state = opened.state();
            assertArrayEquals(octets, state.octets(state.remaining(), "state"));
        }
        assertArrayEquals(copy, token);
    }

    @Property
    void semantics15_refusesAnyOtherOctets(@ForAll @Size(max = 200) byte[] any) {
        assertThrows(GSSException.class, () -> SEALER.open(any, Duration.ZERO));
    }

    @Test
    void semantics15_refusesEveryFlippedBit() throws GSSException {
        byte[] token = seal(new byte[100], 200);
        for (int at = 0; at < token.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = token.clone();
                flipped[at] ^= (byte) (1 << bit);
                assertFault(faultAt(at), flipped);
            }
        }
    }

    @Test
    void semantics15_refusesEveryTruncation() throws GSSException {
        byte[] token = seal(new byte[100], 200);
        for (int length = 0; length < token.length; length++) {
            TransferFault fault = length == 0
                    ? TransferFault.TOKEN_EMPTY
                    : length < TokenHeader.MIN_TOKEN_SIZE ? TransferFault.TOKEN_TOO_SHORT : TransferFault.SEAL_BROKEN;
            assertFault(fault, Arrays.copyOf(token, length));
        }
    }

    @Test
    void semantics15_refusesTrailingOctets() throws GSSException {
        byte[] token = seal(new byte[100], 200);
        for (int more = 1; more < 40; more++) {
            assertFault(TransferFault.SEAL_BROKEN, Arrays.copyOf(token, token.length + more));
        }
        assertFault(TransferFault.TOKEN_TOO_LONG, Arrays.copyOf(token, TokenHeader.MAX_TOKEN_SIZE + 1));
    }

    /** Two halves of good tokens are no token. */
    @Test
    void semantics15_refusesSplicedTokens() throws GSSException {
        byte[] one = seal(new byte[100], 200);
        byte[] other = seal(new byte[100], 200);
        for (int at = 1; at < one.length; at++) {
            byte[] spliced = one.clone();
            System.arraycopy(other, at, spliced, at, other.length - at);
            if (!Arrays.equals(spliced, one) && !Arrays.equals(spliced, other)) {
                assertFault(TransferFault.SEAL_BROKEN, spliced);
            }
        }
    }

    /** One code and one text, and nothing behind it, whatever was changed. */
    @Test
    void semantics27_everyBrokenSealLooksAlike() throws GSSException {
        byte[] token = seal(new byte[100], 200);
        for (int at : new int[] {38, 45, 46, 57, 58, 69, 70, 169, 170, token.length - 1}) {
            byte[] flipped = token.clone();
            flipped[at] ^= 1;
            GSSException thrown = assertThrows(GSSException.class, () -> SEALER.open(flipped, Duration.ZERO));
            assertEquals(TransferFault.SEAL_BROKEN.exception().getMessage(), thrown.getMessage());
            assertNull(thrown.getCause());
            assertEquals(0, thrown.getSuppressed().length);
        }
    }

    private static TransferFault faultAt(int at) {
        if (at < 4) {
            return TransferFault.MAGIC_UNKNOWN;
        }
        if (at == 4) {
            return TransferFault.VERSION_UNKNOWN;
        }
        if (at == 5) {
            return TransferFault.SEALING_UNKNOWN;
        }
        if (at < 22) {
            return TransferFault.KEY_NOT_HELD;
        }
        return at < 38 ? TransferFault.STORE_FOREIGN : TransferFault.SEAL_BROKEN;
    }

    private static byte[] seal(byte[] octets, int capacity) throws GSSException {
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, capacity)) {
            state.octets(octets);
            return SEALER.seal(state, Instant.now().plusSeconds(3600));
        }
    }

    private static void assertFault(TransferFault fault, byte[] token) {
        GSSException thrown = assertThrows(GSSException.class, () -> SEALER.open(token, Duration.ZERO));
        assertEquals(fault, TransferFault.of(thrown).orElseThrow());
    }
}
