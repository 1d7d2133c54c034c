package dev.gssbaton.krb5.crypto;

import static dev.gssbaton.krb5.crypto.Vectors.hex;
import static dev.gssbaton.krb5.crypto.Vectors.octets;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Rfc8009VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc8009-string-to-key.csv", useHeadersInDisplayName = true)
    void rfc8009_4_string_to_key(int enctype, int iterations, String passPhrase, String salt, String expected) {
        EncryptionType type = EncryptionType.of(enctype).orElseThrow();
        try (EncryptionKey key = StringToKey.derive(type, octets(passPhrase), octets(salt), iterations)) {
            assertEquals(expected, hex(key));
        }
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc8009-encryption.csv", useHeadersInDisplayName = true)
    void rfc8009_5_encryption(
            int enctype, String key, int usage, String confounder, String plaintext, String ciphertext)
            throws IntegrityException {
        try (EncryptionKey protocolKey = Vectors.key(enctype, key)) {
            FixedRandom random = new FixedRandom(octets(confounder));
            assertEquals(ciphertext, hex(protocolKey.encrypt(usage, octets(plaintext), random)));

            byte[] cipher = octets(ciphertext);
            assertEquals(plaintext, hex(protocolKey.decrypt(usage, cipher, 0, cipher.length)));
        }
    }
}
