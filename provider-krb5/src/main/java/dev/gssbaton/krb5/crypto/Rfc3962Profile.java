package dev.gssbaton.krb5.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * AES with HMAC-SHA1-96: the simplified profile of RFC 3961 with the parameters of
 * <a href="https://www.rfc-editor.org/rfc/rfc3962#section-6">RFC 3962 section 6</a>.
 */
final class Rfc3962Profile implements DerivedKeyProfile {
    private static final String MAC = "HmacSHA1";
    private static final byte[] PRF_CONSTANT = "prf".getBytes(StandardCharsets.US_ASCII);

    private final int keySize;

    Rfc3962Profile(int keySize) {
        this.keySize = keySize;
    }

    @Override
    public byte[] derive(byte[] baseKey, int usage, DerivedKeyPurpose purpose) {
        return dk(baseKey, purpose.constant(usage));
    }

    /** DK(Key, Constant) = random-to-key(DR(Key, Constant)), where random-to-key changes nothing. */
    byte[] dk(byte[] key, byte[] constant) {
        try (AesBlock aes = new AesBlock(key)) {
            return KeyDerivation.derivedRandom(aes, Cts.BLOCK, constant, keySize);
        }
    }

    /**
     * tmp1 = H(octet-string), tmp2 = tmp1 truncated, PRF = E(DK(protocol-key, "prf"), tmp2).
     *
     * <p>RFC 3961 truncates to a multiple of m, which is one octet here. Every implementation truncates to the cipher block
     * size, so that the result has 16 octets and not 20.
     */
    @Override
    public byte[] prf(byte[] key, byte[] input) {
        byte[] tmp2 = Arrays.copyOf(sha1().digest(input), Cts.BLOCK);
        byte[] prfKey = dk(key, PRF_CONSTANT);
        try (AesBlock aes = new AesBlock(prfKey)) {
            aes.encrypt(tmp2);
            return tmp2;
        } finally {
            Arrays.fill(prfKey, (byte) 0);
        }
    }

    @Override
    public BoundMac mac(byte[] key) {
        return new Hmac(MAC, key);
    }

    @Override
    public Cts encryption(byte[] key) {
        return new Cts(AesCbc.forEncryption(key));
    }

    @Override
    public Cts decryption(byte[] key) {
        return new Cts(AesCbc.forDecryption(key));
    }

    @Override
    public boolean authenticatesCiphertext() {
        return false;
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-1 is missing from this Java runtime", e);
        }
    }

    /** One block of AES, which is what E is for one block and a zero initial vector. */
    private static final class AesBlock implements KeyDerivation.BlockEncryption, AutoCloseable {
        private final Cipher aes;
        private final int keySize;

        AesBlock(byte[] key) {
            keySize = key.length;
            try {
                aes = Cipher.getInstance("AES/ECB/NoPadding");
                aes.init(Cipher.ENCRYPT_MODE, new LentKey("AES", key));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES/ECB/NoPadding is missing from this Java runtime", e);
            }
        }

        @Override
        public void encrypt(byte[] block) {
            try {
                aes.doFinal(block, 0, Cts.BLOCK, block, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES refused a whole block", e);
            }
        }

        @Override
        public void close() {
            try {
                aes.init(Cipher.ENCRYPT_MODE, new LentKey("AES", new byte[keySize]));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES cannot be given a zero key", e);
            }
        }
    }
}
