package dev.gssbaton.krb5.crypto;

import static dev.gssbaton.krb5.crypto.Vectors.hex;
import static dev.gssbaton.krb5.crypto.Vectors.octets;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Rfc3962VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc3962-string-to-key.csv", useHeadersInDisplayName = true)
    void rfc3962_4_string_to_key(
            int iterations,
            String passPhrase,
            String salt,
            String pbkdf2Of128,
            String key128,
            String pbkdf2Of256,
            String key256) {
        byte[] password = octets(passPhrase);
        assertEquals(pbkdf2Of128, hex(Pbkdf2.derive("HmacSHA1", password, octets(salt), iterations, 16)));
        assertEquals(pbkdf2Of256, hex(Pbkdf2.derive("HmacSHA1", password, octets(salt), iterations, 32)));
        assertEquals(key128, fromPassword(EncryptionType.AES128_CTS_HMAC_SHA1_96, password, salt, iterations));
        assertEquals(key256, fromPassword(EncryptionType.AES256_CTS_HMAC_SHA1_96, password, salt, iterations));
    }

    private static String fromPassword(EncryptionType type, byte[] password, String salt, int iterations) {
        try (EncryptionKey key = StringToKey.derive(type, password, octets(salt), iterations)) {
            return hex(key);
        }
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc3962-cts.csv", useHeadersInDisplayName = true)
    void rfc3962_5_ciphertext_stealing(String key, String input, String output) {
        byte[] cipher;
        try (Cts aes = new Cts(AesCbc.forEncryption(octets(key)))) {
            cipher = Vectors.encrypt(aes, octets(input));
        }
        assertEquals(output, hex(cipher));
        try (Cts aes = new Cts(AesCbc.forDecryption(octets(key)))) {
            assertEquals(input, hex(Vectors.decrypt(aes, cipher)));
        }
    }
}
