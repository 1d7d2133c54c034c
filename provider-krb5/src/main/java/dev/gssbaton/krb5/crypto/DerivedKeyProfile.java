package dev.gssbaton.krb5.crypto;

import java.security.SecureRandom;

/**
 * A profile that derives three keys for each usage, encrypts in CBC mode with ciphertext stealing and appends a MAC
 * (<a href="https://www.rfc-editor.org/rfc/rfc3961#section-5.3">RFC 3961 section 5.3</a>, and RFC 8009). Its keys go through
 * {@link MessageCipher} and {@link MessageChecksum}.
 */
interface DerivedKeyProfile extends Profile {
    /**
     * Gives the profile of an encryption type.
     *
     * @throws IllegalArgumentException if the type has one of another kind
     */
    static DerivedKeyProfile of(EncryptionType type) {
        if (type.profile() instanceof DerivedKeyProfile profile) {
            return profile;
        }
        throw new IllegalArgumentException(type.rfcName() + " derives no keys: its messages have tokens of their own");
    }

    /** Derives Kc, Ke or Ki. */
    byte[] derive(byte[] baseKey, int usage, DerivedKeyPurpose purpose);

    /** Makes the cipher that encrypts with Ke, which it copies. */
    Cts encryption(byte[] key);

    /** Makes the cipher that decrypts with Ke, which it copies. */
    Cts decryption(byte[] key);

    /** Makes the MAC with Kc or Ki, which it copies. */
    BoundMac mac(byte[] key);

    /** Tells what is authenticated in an encryption: the ciphertext after its cipher state, or the plaintext. */
    boolean authenticatesCiphertext();

    @Override
    default int confounderSize() {
        return Cts.BLOCK;
    }

    @Override
    default byte[] encrypt(EncryptionKey key, int usage, byte[] plain, SecureRandom random) {
        byte[] cipher = new byte[plain.length + key.type().overhead()];
        try (MessageCipher once = MessageCipher.forEncryption(key, usage)) {
            once.encrypt(plain, 0, plain.length, new byte[0], cipher, 0, random);
        }
        return cipher;
    }

    @Override
    default byte[] decrypt(EncryptionKey key, int usage, byte[] cipher, int offset, int length)
            throws IntegrityException {
        byte[] plain = new byte[length - key.type().overhead()];
        try (MessageCipher once = MessageCipher.forDecryption(key, usage)) {
            once.decrypt(cipher, offset, length, plain, 0, plain.length, new byte[0]);
        }
        return plain;
    }

    @Override
    default byte[] checksum(EncryptionKey key, int usage, byte[] data, int offset, int length) {
        byte[] checksum = new byte[key.type().checksumSize()];
        try (MessageChecksum once = new MessageChecksum(key, usage)) {
            once.update(data, offset, length);
            once.finish(checksum, 0);
        }
        return checksum;
    }
}
