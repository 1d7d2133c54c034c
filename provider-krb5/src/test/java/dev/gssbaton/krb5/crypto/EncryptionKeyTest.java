package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncryptionKeyTest {
    private static final int USAGE = 7;
    private final SecureRandom random = new SecureRandom();

    @ParameterizedTest
    @EnumSource
    void a_key_of_another_length_is_refused(EncryptionType type) {
        for (int size = 0; size <= 64; size++) {
            if (size == type.keySize()) {
                continue;
            }
            try (SecretBytes wrong = SecretBytes.take(new byte[size])) {
                IllegalArgumentException e =
                        assertThrows(IllegalArgumentException.class, () -> new EncryptionKey(type, wrong));
                assertEquals(
                        "a key of " + type.rfcName() + " has " + type.keySize() + " octets, not " + size,
                        e.getMessage());
                assertFalse(wrong.isDestroyed());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_changed_bit_of_a_ciphertext_is_refused(EncryptionType type) throws IntegrityException {
        try (EncryptionKey key = EncryptionKey.generate(type, random)) {
            byte[] cipher = key.encrypt(USAGE, new byte[37], random);
            for (int bit = 0; bit < 8 * cipher.length; bit++) {
                byte[] changed = cipher.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                assertRefused(key, USAGE, changed, changed.length);
            }
            assertArrayEquals(new byte[37], key.decrypt(USAGE, cipher, 0, cipher.length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_cut_or_lengthened_ciphertext_is_refused(EncryptionType type) {
        try (EncryptionKey key = EncryptionKey.generate(type, random)) {
            byte[] cipher = key.encrypt(USAGE, new byte[37], random);
            for (int length = 0; length < cipher.length; length++) {
                assertRefused(key, USAGE, cipher, length);
            }
            assertRefused(key, USAGE, Arrays.copyOf(cipher, cipher.length + 1), cipher.length + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_usage_or_key_is_refused(EncryptionType type) {
        try (EncryptionKey key = EncryptionKey.generate(type, random);
                EncryptionKey other = EncryptionKey.generate(type, random)) {
            byte[] cipher = key.encrypt(USAGE, new byte[37], random);
            assertRefused(key, USAGE + 1, cipher, cipher.length);
            assertRefused(other, USAGE, cipher, cipher.length);
        }
    }

    private static void assertRefused(EncryptionKey key, int usage, byte[] cipher, int length) {
        IntegrityException e = assertThrows(IntegrityException.class, () -> key.decrypt(usage, cipher, 0, length));
        assertEquals("the integrity check failed", e.getMessage());
        assertNull(e.getCause());
        assertEquals(0, e.getStackTrace().length);
    }

    @ParameterizedTest
    @EnumSource
    void a_ciphertext_inside_an_array_is_decrypted(EncryptionType type) throws IntegrityException {
        try (EncryptionKey key = EncryptionKey.generate(type, random)) {
            for (int size = 0; size < 70; size++) {
                byte[] plain = new byte[size];
                random.nextBytes(plain);
                byte[] cipher = key.encrypt(USAGE, plain, random);
                byte[] around = new byte[cipher.length + 5];
                System.arraycopy(cipher, 0, around, 3, cipher.length);
                assertArrayEquals(plain, key.decrypt(USAGE, around, 3, cipher.length));
                assertEquals(size + type.overhead(), cipher.length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_checksum_is_of_its_data_usage_and_length(EncryptionType type) {
        try (EncryptionKey key = EncryptionKey.generate(type, random)) {
            byte[] data = {1, 2, 3, 4, 5};
            byte[] checksum = key.checksum(USAGE, data, 1, 3);
            assertEquals(type.checksumSize(), checksum.length);
            assertTrue(key.verify(USAGE, new byte[] {2, 3, 4}, 0, 3, checksum));
            assertFalse(key.verify(USAGE, data, 0, 3, checksum));
            assertFalse(key.verify(USAGE + 1, data, 1, 3, checksum));
            assertFalse(key.verify(USAGE, data, 1, 3, Arrays.copyOf(checksum, checksum.length - 1)));
            assertFalse(key.verify(USAGE, data, 1, 3, new byte[0]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void prf_plus_gives_255_rounds_and_no_more(EncryptionType type) {
        try (EncryptionKey key = EncryptionKey.generate(type, random)) {
            byte[] input = {42};
            int most = 255 * key.prf(input).length;
            byte[] output = key.prfPlus(input, most);
            assertArrayEquals(key.prf(new byte[] {1, 42}), Arrays.copyOf(output, most / 255));
            assertArrayEquals(key.prf(new byte[] {(byte) 255, 42}), Arrays.copyOfRange(output, most / 255 * 254, most));
            assertEquals(0, key.prfPlus(input, 0).length);
            assertThrows(IllegalArgumentException.class, () -> key.prfPlus(input, most + 1));
        }
    }

    @Test
    void a_closed_key_is_erased_and_its_copy_is_not() {
        EncryptionKey key = EncryptionKey.generate(EncryptionType.AES256_CTS_HMAC_SHA1_96, random);
        try (EncryptionKey copy = key.copy()) {
            String octets = Vectors.hex(key);
            byte[] lent = key.secret().lend(own -> own);
            key.close();
            key.close();
            assertArrayEquals(new byte[32], lent);
            assertThrows(IllegalStateException.class, () -> key.encrypt(USAGE, new byte[1], random));
            assertThrows(IllegalStateException.class, () -> key.prf(new byte[1]));
            assertThrows(IllegalStateException.class, key::copy);
            assertEquals(octets, Vectors.hex(copy));
        }
    }

    @Test
    void its_text_names_the_type_alone() {
        try (EncryptionKey key = EncryptionKey.generate(EncryptionType.AES256_CTS_HMAC_SHA1_96, random)) {
            assertEquals("EncryptionKey[aes256-cts-hmac-sha1-96]", key.toString());
        }
    }
}
