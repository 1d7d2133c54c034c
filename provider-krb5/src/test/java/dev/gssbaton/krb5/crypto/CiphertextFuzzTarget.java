package dev.gssbaton.krb5.crypto;

import dev.gssbaton.spi.SecretBytes;
import java.util.Arrays;

/**
 * Decrypts anything. The first octet chooses the encryption type and the second is the key usage. The rest is the
 * ciphertext, under a key that is known here.
 */
public final class CiphertextFuzzTarget {
    private CiphertextFuzzTarget() {}

    /** Called by a fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        accepts(input);
    }

    /** Tells whether the ciphertext was accepted, and throws if it was and is not what its plaintext encrypts to. */
    static boolean accepts(byte[] input) {
        if (input.length < 2) {
            return false;
        }
        EncryptionType[] types = EncryptionType.values();
        EncryptionType type = types[(input[0] & 7) % types.length];
        int usage = input[1] & 0xFF;
        byte[] octets = new byte[type.keySize()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) i;
        }
        try (EncryptionKey key = new EncryptionKey(type, SecretBytes.take(octets))) {
            byte[] plain = key.decrypt(usage, input, 2, input.length - 2);
            byte[] cipher = Arrays.copyOfRange(input, 2, input.length);
            FixedRandom confounder = new FixedRandom(Vectors.confounder(key, usage, cipher));
            if (!Arrays.equals(cipher, key.encrypt(usage, plain, confounder))) {
                throw new AssertionError("accepted, and encrypts to something else");
            }
            return true;
        } catch (IntegrityException e) {
            return false;
        }
    }
}
