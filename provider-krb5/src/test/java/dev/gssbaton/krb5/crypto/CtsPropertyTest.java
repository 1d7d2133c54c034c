package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The platform's own ciphertext stealing is the reference: another implementation, of the same variant. */
class CtsPropertyTest {
    @Property(tries = 300)
    void encrypts_as_the_platform_does(
            @ForAll @Size(32) byte[] key,
            @ForAll @IntRange(min = 16, max = 700) int length,
            @ForAll @IntRange(max = 20) int offset,
            @ForAll @IntRange(max = 50) int wholeBlocks)
            throws GeneralSecurityException {
        byte[] plain = pattern(length);
        byte[] expected = new byte[offset + length + 3];
        platform(Cipher.ENCRYPT_MODE, key).doFinal(plain, 0, length, expected, offset);
        int done = Math.min(16 * wholeBlocks, beforeLastTwo(length));

        byte[] cipher = new byte[offset + length + 3];
        try (Cts aes = new Cts(AesCbc.forEncryption(key))) {
            Vectors.encrypt(aes, pattern(77));
            aes.encryptBlocks(plain, 0, done, cipher, offset);
            aes.encryptRest(Arrays.copyOfRange(plain, done, length + Cts.BLOCK), length - done, cipher, offset + done);
        }

        assertArrayEquals(expected, cipher);
    }

    @Property(tries = 300)
    void decrypts_as_the_platform_does(
            @ForAll @Size(16) byte[] key,
            @ForAll @IntRange(min = 16, max = 700) int length,
            @ForAll @IntRange(max = 20) int offset,
            @ForAll @IntRange(max = 50) int wholeBlocks)
            throws GeneralSecurityException {
        byte[] plain = pattern(length);
        byte[] cipher = platform(Cipher.ENCRYPT_MODE, key).doFinal(plain);
        byte[] buffer = new byte[offset + length + 3];
        System.arraycopy(cipher, 0, buffer, offset, length);
        int done = Math.min(16 * wholeBlocks, beforeLastTwo(length));

        byte[] decrypted = new byte[length];
        byte[] rest = new byte[length - done];
        try (Cts aes = new Cts(AesCbc.forDecryption(key))) {
            Vectors.decrypt(aes, pattern(77));
            aes.beginDecryption(buffer, offset, length);
            if (done > 0) {
                aes.decryptBlocks(buffer, offset, done, decrypted, 0);
            }
            aes.decryptRest(buffer, offset + done, beforeLastTwo(length) - done, rest);
        }
        System.arraycopy(rest, 0, decrypted, done, rest.length);

        assertArrayEquals(plain, decrypted);
    }

    private static int beforeLastTwo(int length) {
        return Math.max(0, (length - 1) / 16 - 1) * 16;
    }

    private static Cipher platform(int mode, byte[] key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CTS/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        return cipher;
    }

    private static byte[] pattern(int length) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) (31 * i + length);
        }
        return octets;
    }
}
