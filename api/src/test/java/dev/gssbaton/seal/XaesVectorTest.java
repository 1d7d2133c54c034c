package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.SecretBytes;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of <a href="https://c2sp.org/XAES-256-GCM">the specification</a>, single and accumulated. */
class XaesVectorTest {
    private static final int SCALE = Integer.getInteger("baton.scale", 1);

    static List<Vectors> vectors() throws IOException {
        return Vectors.read("/vectors/xaes-256-gcm.txt");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void sealsAndOpensTheVector(Vectors vector) throws Exception {
        byte[] key = vector.hex("K");
        byte[] nonce = vector.hex("N");
        byte[] plaintext = vector.hex("Plaintext");
        byte[] aad = vector.hex("AAD");
        byte[] sealed = seal(key, nonce, plaintext, aad);
        assertEquals(vector.text("Ciphertext"), HexFormat.of().formatHex(sealed, aad.length, sealed.length));
        assertArrayEquals(plaintext, open(key, nonce, sealed, aad.length));
    }

    /**
     * "Accumulated randomized tests": inputs from one SHAKE-128 over nothing, a hash of all ciphertexts by another.
     */
    @Test
    void agreesWithTheAccumulatedHash() throws Exception {
        boolean large = SCALE >= 100;
        int iterations = large ? 1_000_000 : 10_000;
        SHAKEDigest inputs = new SHAKEDigest(128);
        SHAKEDigest ciphertexts = new SHAKEDigest(128);
        for (int i = 0; i < iterations; i++) {
            byte[] key = read(inputs, Xaes256Gcm.KEY_SIZE);
            byte[] nonce = read(inputs, Xaes256Gcm.NONCE_SIZE);
            byte[] plaintext = read(inputs, read(inputs, 1)[0] & 0xFF);
            byte[] aad = read(inputs, read(inputs, 1)[0] & 0xFF);
            byte[] sealed = seal(key, nonce, plaintext, aad);
            ciphertexts.update(sealed, aad.length, sealed.length - aad.length);
            if (i % 100 == 0) {
                assertArrayEquals(plaintext, open(key, nonce, sealed, aad.length));
            }
        }
        assertEquals(
                large
                        ? "2163ae1445985a30b60585ee67daa55674df06901b890593e824b8a7c885ab15"
                        : "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939",
                HexFormat.of().formatHex(read(ciphertexts, 32)));
    }

    @Test
    void opensAfterABrokenSeal() throws Exception {
        byte[] nonce = new byte[Xaes256Gcm.NONCE_SIZE];
        try (SecretBytes key = SecretBytes.copyOf(new byte[Xaes256Gcm.KEY_SIZE]);
                Xaes256Gcm aead = Xaes256Gcm.derive(key, nonce)) {
            byte[] sealed = new byte[10 + Xaes256Gcm.TAG_SIZE];
            assertTrue(aead.seal(nonce, Xaes256Gcm.PREFIX_SIZE, sealed, 3, 10));
            byte[] broken = sealed.clone();
            broken[5] ^= 1;
            for (int i = 0; i < 3; i++) {
                assertThrows(AEADBadTagException.class, () -> aead.open(nonce, Xaes256Gcm.PREFIX_SIZE, broken, 3));
                assertArrayEquals(
                        new byte[7],
                        aead.open(nonce, Xaes256Gcm.PREFIX_SIZE, sealed, 3).orElseThrow());
            }
        }
    }

    @Test
    void doesNothingAfterClosing() throws Exception {
        byte[] nonce = new byte[Xaes256Gcm.NONCE_SIZE];
        byte[] sealed = new byte[10 + Xaes256Gcm.TAG_SIZE];
        Xaes256Gcm aead;
        try (SecretBytes key = SecretBytes.copyOf(new byte[Xaes256Gcm.KEY_SIZE])) {
            aead = Xaes256Gcm.derive(key, nonce);
        }
        // The key may be gone, since another was derived from it.
        assertTrue(aead.seal(nonce, Xaes256Gcm.PREFIX_SIZE, sealed, 0, 10));
        aead.close();
        aead.close();
        assertTrue(aead.open(nonce, Xaes256Gcm.PREFIX_SIZE, sealed, 0).isEmpty());
        byte[] untouched = new byte[10 + Xaes256Gcm.TAG_SIZE];
        nonce[23] = 1;
        assertFalse(aead.seal(nonce, Xaes256Gcm.PREFIX_SIZE, untouched, 0, 10));
        assertArrayEquals(new byte[10 + Xaes256Gcm.TAG_SIZE], untouched);
    }

    private static byte[] seal(byte[] key, byte[] nonce, byte[] plaintext, byte[] aad) {
        byte[] array = new byte[aad.length + plaintext.length + Xaes256Gcm.TAG_SIZE];
        System.arraycopy(aad, 0, array, 0, aad.length);
        System.arraycopy(plaintext, 0, array, aad.length, plaintext.length);
        try (SecretBytes secret = SecretBytes.copyOf(key);
                Xaes256Gcm aead = Xaes256Gcm.derive(secret, nonce)) {
            assertTrue(aead.seal(nonce, Xaes256Gcm.PREFIX_SIZE, array, aad.length, array.length - Xaes256Gcm.TAG_SIZE));
        }
        return array;
    }

    private static byte[] open(byte[] key, byte[] nonce, byte[] sealed, int from) throws AEADBadTagException {
        try (SecretBytes secret = SecretBytes.copyOf(key);
                Xaes256Gcm aead = Xaes256Gcm.derive(secret, nonce)) {
            return aead.open(nonce, Xaes256Gcm.PREFIX_SIZE, sealed, from).orElseThrow();
        }
    }

    private static byte[] read(SHAKEDigest shake, int length) {
        byte[] octets = new byte[length];
        shake.doOutput(octets, 0, length);
        return octets;
    }
}
