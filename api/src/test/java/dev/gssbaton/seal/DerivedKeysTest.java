package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DerivedKeysTest {
    private final DerivedKeys derived = new DerivedKeys();
    private final SealingKey key = key(1);

    @Test
    void keepsTheLastSixtyFour() {
        Xaes256Gcm first = keep(key, 0);
        Xaes256Gcm second = keep(key, 1);
        for (int epoch = 2; epoch < 64; epoch++) {
            keep(key, epoch);
        }
        assertEquals(Optional.of(first), derived.find(key, nonce(0)));
        keep(key, 64);
        assertEquals(Optional.of(first), derived.find(key, nonce(0)), "the one used a moment ago stays");
        assertEquals(Optional.empty(), derived.find(key, nonce(1)));
        assertErased(second);
        assertWorks(first);
    }

    @Test
    void erasesTheLatestToo() {
        Xaes256Gcm first = keep(key, 0);
        assertEquals(Optional.of(first), derived.find(key, nonce(0)));
        derived.drop(key.id());
        assertEquals(Optional.empty(), derived.find(key, nonce(0)));
        assertErased(first);
    }

    @Test
    void erasesWhatWasDerivedFromADroppedKey() {
        SealingKey other = key(2);
        Xaes256Gcm mine = keep(key, 0);
        Xaes256Gcm others = keep(other, 0);
        other.close();
        keep(key, 1);
        assertErased(others);
        assertEquals(Optional.empty(), derived.find(other, nonce(0)));
        assertEquals(Optional.of(mine), derived.find(key, nonce(0)));
    }

    @Test
    void erasesTheOneThatIsReplaced() {
        Xaes256Gcm first = keep(key, 0);
        Xaes256Gcm again = keep(key, 0);
        assertErased(first);
        assertEquals(Optional.of(again), derived.find(key, nonce(0)));
    }

    @Test
    void erasesEverythingWhenClosed() {
        Xaes256Gcm before = keep(key, 0);
        derived.close();
        assertErased(before);
        assertErased(keep(key, 1));
        assertEquals(Optional.empty(), derived.find(key, nonce(1)));
    }

    private Xaes256Gcm keep(SealingKey from, int epoch) {
        Xaes256Gcm aead = Xaes256Gcm.derive(from.key(), nonce(epoch));
        derived.keep(from, nonce(epoch), aead);
        return aead;
    }

    private static void assertErased(Xaes256Gcm aead) {
        assertFalse(aead.seal(nonce(0), Xaes256Gcm.PREFIX_SIZE, new byte[16], 0, 0));
    }

    private static void assertWorks(Xaes256Gcm aead) {
        assertTrue(aead.seal(nonce(0), Xaes256Gcm.PREFIX_SIZE, new byte[16], 0, 0));
    }

    private static SealingKey key(int octet) {
        byte[] octets = new byte[SealingKey.SIZE];
        octets[0] = (byte) octet;
        return new SealingKey(new PublicId(octet, octet), SecretBytes.take(octets));
    }

    private static byte[] nonce(int epoch) {
        byte[] nonce = new byte[Xaes256Gcm.NONCE_SIZE];
        nonce[0] = (byte) epoch;
        return nonce;
    }
}
