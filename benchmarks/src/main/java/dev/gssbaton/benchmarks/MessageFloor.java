package dev.gssbaton.benchmarks;

import dev.gssbaton.krb5.crypto.EncryptionType;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What no message can be cheaper than if it is made of SunJCE's CTS and HMAC: over as many octets, with keys that are ready,
 * arrays that are used again, and the 16 random octets of a confounder.
 */
final class MessageFloor {
    private static final int BLOCK = 16;
    private static final int HEADER = 16;
    private static final Map<EncryptionType, String> MACS = Map.of(
            EncryptionType.AES128_CTS_HMAC_SHA1_96, "HmacSHA1",
            EncryptionType.AES256_CTS_HMAC_SHA1_96, "HmacSHA1",
            EncryptionType.AES128_CTS_HMAC_SHA256_128, "HmacSHA256",
            EncryptionType.AES256_CTS_HMAC_SHA384_192, "HmacSHA384");

    private final SecureRandom random = new SecureRandom();
    private final boolean encrypts;
    private final Cipher encryption;
    private final Cipher decryption;
    private final Mac sending;
    private final Mac receiving;
    private final byte[] confounder = new byte[BLOCK];
    private final byte[] plain;
    private final byte[] cipher;
    private final byte[] opened;
    private final byte[] checksum;

    /**
     * Makes the floor of messages of one size.
     *
     * @param type whose primitives
     * @param size octets of the message
     * @param encrypts whether with confidentiality
     */
    MessageFloor(EncryptionType type, int size, boolean encrypts) throws GeneralSecurityException {
        this.encrypts = encrypts;
        int octets = (encrypts ? BLOCK : 0) + size + HEADER;
        plain = new byte[octets];
        cipher = new byte[octets];
        opened = new byte[octets];
        byte[] key = new byte[type.keySize()];
        random.nextBytes(key);
        encryption = cipher(Cipher.ENCRYPT_MODE, key);
        decryption = cipher(Cipher.DECRYPT_MODE, key);
        sending = mac(MACS.get(type), key);
        receiving = mac(MACS.get(type), key);
        checksum = new byte[sending.getMacLength()];
    }

    static boolean knows(EncryptionType type) {
        return MACS.containsKey(type);
    }

    private static Cipher cipher(int mode, byte[] key) throws GeneralSecurityException {
        Cipher cts = Cipher.getInstance("AES/CTS/NoPadding", "SunJCE");
        cts.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[BLOCK]));
        return cts;
    }

    private static Mac mac(String algorithm, byte[] key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm, "SunJCE");
        mac.init(new SecretKeySpec(key, algorithm));
        return mac;
    }

    /** Does what is done for a message at both ends. */
    byte[] exchange() throws GeneralSecurityException {
        if (encrypts) {
            random.nextBytes(confounder);
            System.arraycopy(confounder, 0, plain, 0, BLOCK);
            encryption.doFinal(plain, 0, plain.length, cipher, 0);
        }
        sending.update(plain, 0, plain.length);
        sending.doFinal(checksum, 0);
        if (encrypts) {
            decryption.doFinal(cipher, 0, cipher.length, opened, 0);
        }
        receiving.update(opened, 0, opened.length);
        receiving.doFinal(checksum, 0);
        return checksum;
    }
}
