package dev.gssbaton.krb5.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class Rc4MessageKeysTest {
    private static final byte[] MESSAGE = "who reads this has read too much".getBytes(StandardCharsets.US_ASCII);

    @Test
    void no_hash_keeps_a_message_that_was_signed_or_refused() {
        Provider keeping = new KeepingProvider();
        assertEquals(1, Security.insertProviderAt(keeping, 1));
        try (EncryptionKey key = EncryptionKey.generate(EncryptionType.RC4_HMAC, new SecureRandom());
                Rc4MessageKeys keys = new Rc4MessageKeys(key)) {
            byte[] checksum = new byte[Rc4MessageKeys.CHECKSUM_SIZE];
            keys.startChecksum(13);
            keys.update(MESSAGE, 0, MESSAGE.length);
            assertEquals(1, KeepingMd5.keepers());
            keys.finishChecksum(checksum, 0);
            assertEquals(0, KeepingMd5.keepers());

            checksum[0] ^= 1;
            keys.startChecksum(13);
            keys.update(MESSAGE, 0, MESSAGE.length);
            assertThrows(IntegrityException.class, () -> keys.verifyChecksum(checksum, 0));
            assertEquals(0, KeepingMd5.keepers());
        } finally {
            Security.removeProvider(keeping.getName());
            KeepingMd5.MADE.clear();
        }
        assertFalse(List.of(Security.getProviders()).contains(keeping));
    }

    private static final class KeepingProvider extends Provider {
        private static final long serialVersionUID = 1L;

        KeepingProvider() {
            super("Keeping", "1", "MD5 that shows what it keeps");
            put("MessageDigest.MD5", KeepingMd5.class.getName());
        }
    }

    /** MD5 that keeps what it was given until it is used again or reset, as the platform's keeps the last block. */
    public static final class KeepingMd5 extends MessageDigestSpi {
        private static final List<KeepingMd5> MADE = new CopyOnWriteArrayList<>();

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private boolean digested;

        public KeepingMd5() {
            MADE.add(this);
        }

        static long keepers() {
            String message = new String(MESSAGE, StandardCharsets.ISO_8859_1);
            return MADE.stream()
                    .filter(each ->
                            each.kept.toString(StandardCharsets.ISO_8859_1).contains(message))
                    .count();
        }

        @Override
        protected int engineGetDigestLength() {
            return 16;
        }

        @Override
        protected void engineUpdate(byte input) {
            engineUpdate(new byte[] {input}, 0, 1);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            if (digested) {
                engineReset();
            }
            kept.write(input, offset, length);
        }

        @Override
        protected byte[] engineDigest() {
            if (digested) {
                engineReset();
            }
            digested = true;
            try {
                return MessageDigest.getInstance("MD5", "SUN").digest(kept.toByteArray());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected void engineReset() {
            kept.reset();
            digested = false;
        }
    }
}
