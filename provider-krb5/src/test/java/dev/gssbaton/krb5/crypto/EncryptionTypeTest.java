package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EncryptionTypeTest {
    /** RFC 3962 sections 6 and 7, RFC 8009 sections 5 to 7, RFC 6803 sections 6 to 8. */
    @ParameterizedTest
    @CsvSource({
        "17, aes128-cts-hmac-sha1-96,    128, 96,  15, 128, 4096",
        "18, aes256-cts-hmac-sha1-96,    256, 96,  16, 128, 4096",
        "19, aes128-cts-hmac-sha256-128, 128, 128, 19, 128, 32768",
        "20, aes256-cts-hmac-sha384-192, 256, 192, 20, 128, 32768",
        "25, camellia128-cts-cmac,       128, 128, 17, 128, 32768",
        "26, camellia256-cts-cmac,       256, 128, 18, 128, 32768",
    })
    void rfc_table_of_sizes(
            int number, String name, int key, int checksum, int checksumType, int confounder, int iterations) {
        EncryptionType type = EncryptionType.of(number).orElseThrow();
        assertEquals(number, type.number());
        assertEquals(name, type.rfcName());
        assertEquals(key, 8 * type.keySize());
        assertEquals(checksum, 8 * type.checksumSize());
        assertEquals(checksumType, type.checksumType());
        assertEquals(confounder, 8 * type.confounderSize());
        assertEquals(checksum + confounder, 8 * type.overhead());
        assertEquals(iterations, type.defaultIterations());
    }

    @Test
    void rfc_table_is_whole() {
        assertEquals(6, EncryptionType.values().length);
    }

    @ParameterizedTest
    @EnumSource
    void found_by_name_and_alias(EncryptionType type) {
        assertEquals(Optional.of(type), EncryptionType.named(type.rfcName()));
        assertEquals(Optional.of(type), EncryptionType.named(type.rfcName().toUpperCase(Locale.ROOT)));
        for (String alias : type.aliases()) {
            assertEquals(Optional.of(type), EncryptionType.named(alias));
        }
    }

    @Test
    void unknown_is_not_found() {
        assertEquals(Optional.empty(), EncryptionType.of(0));
        assertEquals(Optional.empty(), EncryptionType.of(1));
        assertEquals(Optional.empty(), EncryptionType.named("des-cbc-crc"));
        assertEquals(Optional.empty(), EncryptionType.named(""));
    }
}
