package dev.gssbaton.krb5.crypto;

import static dev.gssbaton.krb5.crypto.Vectors.hex;
import static dev.gssbaton.krb5.crypto.Vectors.octets;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Rfc3961VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc3961-n-fold.csv", useHeadersInDisplayName = true)
    void rfc3961_5_1_n_fold(int bits, String input, String output) {
        assertEquals(output, hex(NFold.nFold(octets(input), bits / 8)));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc3961-dr.csv", useHeadersInDisplayName = true)
    void rfc3961_5_1_derived_random(String key, String constant, String dr) throws GeneralSecurityException {
        Cipher des3 = Cipher.getInstance("DESede/ECB/NoPadding");
        des3.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(octets(key), "DESede"));

        byte[] random = KeyDerivation.derivedRandom(
                block -> {
                    try {
                        des3.doFinal(block, 0, block.length, block, 0);
                    } catch (GeneralSecurityException e) {
                        throw new AssertionError(e);
                    }
                },
                8,
                octets(constant),
                dr.length() / 2);

        assertEquals(dr, hex(random));
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = {
                "/vectors/rfc3962-derived-keys.csv",
                "/vectors/rfc6803-derived-keys.csv",
                "/vectors/rfc8009-derived-keys.csv"
            },
            useHeadersInDisplayName = true)
    void rfc3961_5_3_derived_keys(int enctype, String baseKey, int usage, String derived, String key) {
        assertEquals(key, Vectors.derived(enctype, baseKey, usage, Vectors.purpose(derived)));
    }

    /** Those of RFC 8009 are in {@link Rfc8009VectorTest}, since they give their confounders. */
    @ParameterizedTest
    @CsvFileSource(
            resources = {
                "/vectors/rfc3962-encryption.csv",
                "/vectors/rfc4757-encryption.csv",
                "/vectors/rfc6803-encryption.csv"
            },
            useHeadersInDisplayName = true)
    void rfc3961_3_encryption(int enctype, String key, int usage, String plaintext, String ciphertext)
            throws IntegrityException {
        try (EncryptionKey protocolKey = Vectors.key(enctype, key)) {
            byte[] cipher = octets(ciphertext);
            byte[] plain = protocolKey.decrypt(usage, cipher, 0, cipher.length);
            assertEquals(plaintext, hex(plain));

            FixedRandom confounder = new FixedRandom(Vectors.confounder(protocolKey, usage, cipher));
            assertEquals(ciphertext, hex(protocolKey.encrypt(usage, plain, confounder)));
        }
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = {
                "/vectors/rfc3962-checksum.csv",
                "/vectors/rfc4757-checksum.csv",
                "/vectors/rfc6803-checksum.csv",
                "/vectors/rfc8009-checksum.csv"
            },
            useHeadersInDisplayName = true)
    void rfc3961_4_checksum(int enctype, String key, int usage, String plaintext, String checksum) {
        try (EncryptionKey protocolKey = Vectors.key(enctype, key)) {
            byte[] data = octets(plaintext);
            assertEquals(checksum, hex(protocolKey.checksum(usage, data, 0, data.length)));
            assertTrue(protocolKey.verify(usage, data, 0, data.length, octets(checksum)));
        }
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = {
                "/vectors/rfc3962-prf.csv",
                "/vectors/rfc4757-prf.csv",
                "/vectors/rfc6803-prf.csv",
                "/vectors/rfc8009-prf.csv"
            },
            useHeadersInDisplayName = true)
    void rfc3961_3_pseudo_random_function(int enctype, String key, String octetString, String prf) {
        try (EncryptionKey protocolKey = Vectors.key(enctype, key)) {
            assertEquals(prf, hex(protocolKey.prf(octets(octetString))));
        }
    }
}
