package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Rfc3961VectorTest {
    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc3961-n-fold.csv", useHeadersInDisplayName = true)
    void rfc3961_5_1_n_fold(int bits, String input, String output) {
        assertEquals(output, Vectors.hex(NFold.nFold(Vectors.octets(input), bits / 8)));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/rfc3961-dr.csv", useHeadersInDisplayName = true)
    void rfc3961_5_1_derived_random(String key, String constant, String dr) throws GeneralSecurityException {
        Cipher des3 = Cipher.getInstance("DESede/ECB/NoPadding");
        des3.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Vectors.octets(key), "DESede"));

        byte[] random = KeyDerivation.derivedRandom(
                block -> {
                    try {
                        des3.doFinal(block, 0, block.length, block, 0);
                    } catch (GeneralSecurityException e) {
                        throw new AssertionError(e);
                    }
                },
                8,
                Vectors.octets(constant),
                dr.length() / 2);

        assertEquals(dr, Vectors.hex(random));
    }
}
