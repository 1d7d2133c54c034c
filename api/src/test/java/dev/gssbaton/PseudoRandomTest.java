package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.spi.PrfKey;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** GSS_Pseudo_random of a mechanism that has none. */
class PseudoRandomTest {
    @Test
    void rfc4401_2_a_mechanism_without_the_function_answers_unavailable() throws GSSException {
        BatonManager manager = BatonManager.builder()
                .keys(new ToyKeys())
                .claims(new ToyClaims())
                .build();
        BatonContext context = ToyPair.establish(manager).initiator();
        for (PrfKey key : PrfKey.values()) {
            assertStatus(GSSException.UNAVAILABLE, context, key);
        }
        context.dispose();
        assertStatus(GSSException.NO_CONTEXT, context, PrfKey.FULL);
    }

    private static void assertStatus(int major, BatonContext context, PrfKey key) {
        GSSException e = assertThrows(GSSException.class, () -> context.pseudoRandom(key, new byte[0], 16));
        assertEquals(major, e.getMajor());
    }
}
