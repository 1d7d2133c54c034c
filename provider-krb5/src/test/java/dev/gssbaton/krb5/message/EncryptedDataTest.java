package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.IntegrityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncryptedDataTest {
    private static final byte[] MESSAGE = {1, 2, 3, 4, 5};

    @ParameterizedTest
    @EnumSource
    void plaintexts_are_zeroed_when_they_are_sealed_and_when_they_are_opened(EncryptionType type) throws Exception {
        try (EncryptionKey key = Samples.key(type)) {
            byte[] plaintext = MESSAGE.clone();
            EncryptedData sealed = EncryptedData.seal(key, 11, plaintext, new SecureRandom());
            assertArrayEquals(new byte[MESSAGE.length], plaintext);
            assertEquals(type.number(), sealed.etype());
            assertEquals(OptionalLong.empty(), sealed.kvno());
            List<byte[]> lent = new ArrayList<>();
            byte[] opened = sealed.open(key, 11, (source, offset, length) -> {
                lent.add(source);
                return Octets.of(source, offset, length).toBytes();
            });
            assertArrayEquals(MESSAGE, opened);
            assertArrayEquals(new byte[lent.get(0).length], lent.get(0));
            assertThrows(
                    MalformedMessageException.class,
                    () -> sealed.open(key, 11, (source, offset, length) -> {
                        lent.add(source);
                        return Authenticator.decode(source, offset, length);
                    }));
            assertArrayEquals(new byte[lent.get(1).length], lent.get(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_usage_or_key_does_not_open_it(EncryptionType type) throws Exception {
        try (EncryptionKey key = Samples.key(type);
                EncryptionKey other = EncryptionKey.generate(type, new SecureRandom())) {
            EncryptedData sealed = EncryptedData.seal(key, 11, MESSAGE.clone(), new SecureRandom());
            assertThrows(IntegrityException.class, () -> sealed.open(key, 12, Octets::of));
            assertThrows(IntegrityException.class, () -> sealed.open(other, 11, Octets::of));
        }
    }
}
