package dev.gssbaton.krb5.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Rfc6113VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc6113-prf-plus.csv", useHeadersInDisplayName = true)
    void rfc6113_5_1_prf_plus(int enctype, String key, String octetString, int length, String expected) {
        try (EncryptionKey protocolKey = Vectors.key(enctype, key)) {
            assertEquals(expected, Vectors.hex(protocolKey.prfPlus(Vectors.octets(octetString), length)));
        }
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc6113-fx-cf2.csv", useHeadersInDisplayName = true)
    void rfc6113_5_1_krb_fx_cf2(int enctype, String k1, String k2, String pepper1, String pepper2, String expected) {
        EncryptionType type = EncryptionType.of(enctype).orElseThrow();
        byte[] combined = prfPlus(type, k1, pepper1);
        byte[] second = prfPlus(type, k2, pepper2);
        for (int i = 0; i < combined.length; i++) {
            combined[i] ^= second[i];
        }
        assertEquals(expected, Vectors.hex(combined));
    }

    private static byte[] prfPlus(EncryptionType type, String text, String pepper) {
        byte[] octets = text.getBytes(US_ASCII);
        try (EncryptionKey key = StringToKey.derive(type, octets, octets, StringToKey.defaultIterations(type))) {
            return key.prfPlus(pepper.getBytes(US_ASCII), type.keySize());
        }
    }
}
