package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing vouches for these tokens: each changed one is refused, or is what its changed field says and nothing else. */
class ForeignMutationTest {
    /** Without scale each token has another fifth of its bits flipped: there are several tokens of each layout. */
    private static final int STRIDE = Scale.factor() > 1 ? 1 : 5;

    static List<ForeignToken> tokens() {
        return ForeignToken.all();
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void every_flipped_bit_is_refused_or_changes_one_field(ForeignToken token) throws Exception {
        byte[] octets = token.octets();
        Map<String, String> original;
        try (ContextState state = token.read(octets)) {
            original = StateText.of(state);
        }
        int refused = 0;
        for (int bit = tokens().indexOf(token) % STRIDE; bit < 8 * octets.length; bit += STRIDE) {
            byte[] flipped = octets.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            try (ContextState state = token.read(flipped)) {
                Set<String> changed = StateText.differences(original, StateText.of(state));
                assertTrue(changed.size() <= 1, "bit " + bit + " changes " + changed);
            } catch (GSSException e) {
                assertClean(e);
                refused++;
            }
        }
        assertTrue(refused * STRIDE > octets.length, "most lengths, numbers and kinds are checked: " + refused);
    }

    /** What is longer than the format {@code baton} has room for could not be moved on. */
    @ParameterizedTest
    @ValueSource(strings = {"mit", "heimdal-7", "heimdal-8"})
    void name_of_more_than_65535_octets_is_refused(String format) throws Exception {
        ForeignToken token = ForeignToken.named(format + "-aes256-cts-hmac-sha1-96-acceptor-after3");
        byte[] octets = token.octets();
        for (int length : new int[] {65_535, 65_536}) {
            PlatformName name =
                    PlatformName.ofText(("a".repeat(length - 7) + "@A.TEST").getBytes(StandardCharsets.US_ASCII));
            byte[] written;
            try (ContextState state = token.read(octets);
                    ContextState named = ForeignStates.from(state, name)) {
                written = token.write(named);
            }
            if (length > 65_535) {
                assertRefused(token, written);
            } else {
                try (ContextState read = token.read(written)) {
                    assertEquals(name.toString(), read.agreement().source().toString());
                }
            }
        }
    }

    private static void assertRefused(ForeignToken token, byte[] octets) {
        assertClean(assertThrows(GSSException.class, () -> token.read(octets).close()));
    }

    private static void assertClean(GSSException e) {
        Optional<TransferFault> fault = TransferFault.of(e);
        if (!fault.equals(Optional.of(TransferFault.VERSION_UNKNOWN))) {
            assertEquals(Optional.of(TransferFault.STATE_MALFORMED), fault);
        }
    }
}
