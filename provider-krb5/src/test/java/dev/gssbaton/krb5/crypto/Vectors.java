package dev.gssbaton.krb5.crypto;

import dev.gssbaton.spi.SecretBytes;
import java.util.Arrays;
import java.util.HexFormat;

/** Turns what stands in the files of vectors into what the code takes, and back. */
final class Vectors {
    private Vectors() {}

    static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    static EncryptionKey key(int enctype, String hex) {
        return new EncryptionKey(EncryptionType.of(enctype).orElseThrow(), SecretBytes.take(octets(hex)));
    }

    static String hex(EncryptionKey key) {
        return key.secret().lend(Vectors::hex);
    }

    static String derived(int enctype, String baseKey, int usage, DerivedKeyPurpose purpose) {
        try (EncryptionKey key = key(enctype, baseKey)) {
            return key.withDerived(usage, purpose, Vectors::hex);
        }
    }

    static DerivedKeyPurpose purpose(String symbol) {
        return switch (symbol) {
            case "Kc" -> DerivedKeyPurpose.CHECKSUM;
            case "Ke" -> DerivedKeyPurpose.ENCRYPTION;
            case "Ki" -> DerivedKeyPurpose.INTEGRITY;
            default -> throw new IllegalArgumentException(symbol);
        };
    }

    /** Decrypts without verifying, and gives the confounder. */
    static byte[] confounder(EncryptionKey key, int usage, byte[] ciphertext) {
        if (key.type() == EncryptionType.RC4_HMAC) {
            return rc4Confounder(key, usage, ciphertext);
        }
        int size = ciphertext.length - key.type().checksumSize();
        try (Cts cts =
                key.withDerived(usage, DerivedKeyPurpose.ENCRYPTION, DerivedKeyProfile.of(key.type())::decryption)) {
            byte[] plain = decrypt(cts, Arrays.copyOf(ciphertext, size));
            return Arrays.copyOf(plain, key.type().confounderSize());
        }
    }

    /** Encrypts a whole plaintext at once. */
    static byte[] encrypt(Cts cts, byte[] plain) {
        byte[] cipher = new byte[plain.length];
        cts.encryptRest(Arrays.copyOf(plain, plain.length + Cts.BLOCK), plain.length, cipher, 0);
        return cipher;
    }

    /** Decrypts a whole ciphertext at once. */
    static byte[] decrypt(Cts cts, byte[] cipher) {
        byte[] plain = new byte[cipher.length];
        cts.beginDecryption(cipher, 0, cipher.length);
        cts.decryptRest(cipher, 0, Math.max(0, (cipher.length - 1) / Cts.BLOCK - 1) * Cts.BLOCK, plain);
        return plain;
    }

    private static byte[] rc4Confounder(EncryptionKey key, int usage, byte[] ciphertext) {
        try (Hmac k1 = key.secret().lend(octets -> Rfc4757Profile.keyed(octets, Rfc4757Profile.messageType(usage)));
                Rc4 k3 = new Rc4()) {
            k1.update(ciphertext, 0, key.type().checksumSize());
            k3.start(k1.finish());
            byte[] confounder = new byte[key.type().confounderSize()];
            k3.process(ciphertext, key.type().checksumSize(), confounder.length, confounder, 0);
            return confounder;
        }
    }
}
