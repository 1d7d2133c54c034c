package dev.gssbaton.krb5.crypto;

import static dev.gssbaton.krb5.crypto.Vectors.hex;
import static dev.gssbaton.krb5.crypto.Vectors.octets;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class Rfc4757VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc4757-string-to-key.csv", useHeadersInDisplayName = true)
    void rfc4757_2_string_to_key(int enctype, String passPhrase, String expected) {
        EncryptionType type = EncryptionType.of(enctype).orElseThrow();
        byte[] password = octets(passPhrase);
        byte[] salt = {1, 2, 3};
        try (EncryptionKey key = StringToKey.derive(type, password, salt, 1)) {
            assertEquals(expected, hex(key));
        }
        assertArrayEquals(octets(passPhrase), password);
    }

    @Test
    void rfc4757_2_a_password_that_is_not_unicode_is_refused() {
        for (byte[] password : new byte[][] {{(byte) 0xFF}, {(byte) 0xE2, (byte) 0x82}, {'a', (byte) 0xC3}}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> StringToKey.derive(EncryptionType.RC4_HMAC, password, new byte[0], 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 01000000", "3, 08000000", "9, 08000000", "11, 0b000000", "23, 0d000000", "1024, 00040000"})
    void rfc4757_3_message_types(int usage, String messageType) {
        assertEquals(messageType, hex(Rfc4757Profile.messageType(usage)));
    }

    @Test
    void a_key_of_rc4_is_not_for_tokens_of_rfc_4121() {
        try (EncryptionKey key = Vectors.key(23, "ac8e657f83df82beea5d43bdaf7800cc");
                EncryptionKey other = Vectors.key(17, "ac8e657f83df82beea5d43bdaf7800cc")) {
            assertThrows(IllegalArgumentException.class, () -> MessageCipher.forEncryption(key, 24));
            assertThrows(IllegalArgumentException.class, () -> MessageCipher.forDecryption(key, 24));
            assertThrows(IllegalArgumentException.class, () -> new MessageChecksum(key, 25));
            assertThrows(IllegalArgumentException.class, () -> new Rc4MessageKeys(other));
        }
    }
}
