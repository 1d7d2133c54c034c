package dev.gssbaton.krb5.crypto;

import static dev.gssbaton.krb5.crypto.Vectors.hex;
import static dev.gssbaton.krb5.crypto.Vectors.octets;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Rfc6803VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc6803-string-to-key.csv", useHeadersInDisplayName = true)
    void rfc6803_4_string_to_key(int enctype, int iterations, String passPhrase, String salt, String expected) {
        EncryptionType type = EncryptionType.of(enctype).orElseThrow();
        try (EncryptionKey key = StringToKey.derive(type, octets(passPhrase), octets(salt), iterations)) {
            assertEquals(expected, hex(key));
        }
    }
}
