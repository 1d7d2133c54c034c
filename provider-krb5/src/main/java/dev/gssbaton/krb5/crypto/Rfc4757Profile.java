package dev.gssbaton.krb5.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * RC4 with HMAC-MD5 (<a href="https://www.rfc-editor.org/rfc/rfc4757">RFC 4757</a>). Its messages have tokens of their own:
 * see {@link Rc4MessageKeys}.
 */
final class Rfc4757Profile implements Profile {
    static final int KEY_SIZE = 16;
    static final int CHECKSUM_SIZE = 16;

    private static final int CONFOUNDER_SIZE = 8;

    /** HMAC-SHA1: RFC 4757 defines no pseudo-random function, and MIT krb5 and Heimdal have this one. */
    @Override
    public byte[] prf(byte[] key, byte[] input) {
        try (Hmac hmac = new Hmac("HmacSHA1", key)) {
            hmac.update(input, 0, input.length);
            return hmac.finish();
        }
    }

    @Override
    public int confounderSize() {
        return CONFOUNDER_SIZE;
    }

    /**
     * K1 = HMAC(K, T), K2 = K1, checksum = HMAC(K2, confounder | data), K3 = HMAC(K1, checksum), and the ciphertext is
     * checksum | RC4(K3, confounder | data). Section 5.
     */
    @Override
    public byte[] encrypt(EncryptionKey key, int usage, byte[] plain, SecureRandom random) {
        byte[] confounder = new byte[CONFOUNDER_SIZE];
        random.nextBytes(confounder);
        int size = CONFOUNDER_SIZE + plain.length;
        byte[] cipher = new byte[CHECKSUM_SIZE + size];
        System.arraycopy(confounder, 0, cipher, CHECKSUM_SIZE, CONFOUNDER_SIZE);
        System.arraycopy(plain, 0, cipher, CHECKSUM_SIZE + CONFOUNDER_SIZE, plain.length);
        try (Hmac k1 = k1(key, usage)) {
            k1.update(cipher, CHECKSUM_SIZE, size);
            k1.finish(cipher, 0, CHECKSUM_SIZE);
            try (Rc4 k3 = k3(k1, cipher, 0)) {
                k3.process(cipher, CHECKSUM_SIZE, size, cipher, CHECKSUM_SIZE);
            }
        }
        return cipher;
    }

    @Override
    public byte[] decrypt(EncryptionKey key, int usage, byte[] cipher, int offset, int length)
            throws IntegrityException {
        int size = length - CHECKSUM_SIZE;
        byte[] confoundedPlain = new byte[size];
        try (Hmac k1 = k1(key, usage)) {
            try (Rc4 k3 = k3(k1, cipher, offset)) {
                k3.process(cipher, offset + CHECKSUM_SIZE, size, confoundedPlain, 0);
            }
            k1.update(confoundedPlain, 0, size);
            if (!k1.matches(cipher, offset, CHECKSUM_SIZE)) {
                throw new IntegrityException();
            }
            return Arrays.copyOfRange(confoundedPlain, CONFOUNDER_SIZE, size);
        } finally {
            Arrays.fill(confoundedPlain, (byte) 0);
        }
    }

    /** Ksign = HMAC(K, "signaturekey" | 0), tmp = MD5(T | data), CHKSUM = HMAC(Ksign, tmp). Section 4. */
    @Override
    public byte[] checksum(EncryptionKey key, int usage, byte[] data, int offset, int length) {
        try (Hmac ksign = key.secret().lend(Rfc4757Profile::ksign)) {
            MessageDigest md5 = Md5.make();
            md5.update(messageType(usage));
            md5.update(data, offset, length);
            byte[] tmp = md5.digest();
            ksign.update(tmp, 0, tmp.length);
            return ksign.finish();
        }
    }

    /** Makes HMAC with the key for checksums, which is HMAC(K, "signaturekey" | 0). */
    static Hmac ksign(byte[] key) {
        return keyed(key, "signaturekey\0".getBytes(StandardCharsets.US_ASCII));
    }

    /** Makes HMAC-MD5 with a key that is HMAC-MD5(key, input). */
    static Hmac keyed(byte[] key, byte[] input) {
        try (Hmac hmac = new Hmac("HmacMD5", key)) {
            hmac.update(input, 0, input.length);
            byte[] derived = hmac.finish();
            try {
                return new Hmac("HmacMD5", derived);
            } finally {
                Arrays.fill(derived, (byte) 0);
            }
        }
    }

    private static Hmac k1(EncryptionKey key, int usage) {
        return key.secret().lend(octets -> keyed(octets, messageType(usage)));
    }

    private static Rc4 k3(Hmac k1, byte[] cipher, int offset) {
        k1.update(cipher, offset, CHECKSUM_SIZE);
        byte[] k3 = k1.finish();
        try {
            Rc4 rc4 = new Rc4();
            rc4.start(k3);
            return rc4;
        } finally {
            Arrays.fill(k3, (byte) 0);
        }
    }

    /**
     * Gives T, the message type that a key usage has here, as four octets, the lowest first. Section 3. (MIT krb5 leaves 9
     * as it is. Nothing here uses it: it is for what a KDC answers.)
     */
    static byte[] messageType(int usage) {
        return littleEndian(
                switch (usage) {
                    case 3, 9 -> 8;
                    case 23 -> 13;
                    default -> usage;
                });
    }

    static byte[] littleEndian(int number) {
        return new byte[] {(byte) number, (byte) (number >>> 8), (byte) (number >>> 16), (byte) (number >>> 24)};
    }
}
