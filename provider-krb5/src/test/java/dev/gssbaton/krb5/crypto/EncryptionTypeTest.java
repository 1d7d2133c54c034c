package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EncryptionTypeTest {
    /** RFC 3962 sections 6 and 7, RFC 8009 sections 5 to 7, RFC 6803 sections 6 to 8, RFC
     * 4757 sections 4 and 5. */
    @ParameterizedTest
    @CsvSource({
        "17, aes128-cts-hmac-sha1-96,    128, 96,  15, 128",
        "18, aes256-cts-hmac-sha1-96,    256, 96,  16, 128",
        "19, aes128-cts-hmac-sha256-128, 128, 128, 19, 128",
        "20, aes256-cts-hmac-sha384-192, 256, 192, 20, 128",
        "23, rc4-hmac,                   128, 128, -138, 64",
        "25, camellia128-cts-cmac,       128, 128, 17, 128",
        "26, camellia256-cts-cmac,       256, 128, 18, 128",
    })
    void rfc_table_of_sizes(int number, String name, int key, int checksum, int checksumType, int confounder) {
        EncryptionType type = EncryptionType.of(number).orElseThrow();
        assertEquals(number, type.number());
        assertEquals(name, type.rfcName());
        assertEquals(key, 8 * type.keySize());
        assertEquals(checksum, 8 * type.checksumSize());
        assertEquals(checksumType, type.checksumType());
        assertEquals(confounder, 8 * type.confounderSize());
        assertEquals(checksum + confounder, 8 * type.overhead());
    }

    @Test
    void rfc_table_is_whole() {
        assertEquals(7, EncryptionType.values().length);
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
    void rc4_alone_has_tokens_of_its_own() {
        for (EncryptionType type : EncryptionType.values()) {
            assertEquals(type.number() != 23, type.isOfRfc4121());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "arcfour-hmac-md5, 23",
        "arcfour-hmac, 23",
        "aes256-cts, 18",
        "aes128-sha1, 17",
        "aes256-sha2, 20",
        "camellia128-cts, 25"
    })
    void mit_names_are_known(String name, int number) {
        assertEquals(number, EncryptionType.named(name).orElseThrow().number());
    }

    @Test
    void unknown_is_not_found() {
        assertEquals(Optional.empty(), EncryptionType.of(0));
        assertEquals(Optional.empty(), EncryptionType.of(1));
        assertEquals(Optional.empty(), EncryptionType.named("des-cbc-crc"));
        assertEquals(Optional.empty(), EncryptionType.named(""));
    }
}
