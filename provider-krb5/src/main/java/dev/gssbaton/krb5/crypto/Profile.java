package dev.gssbaton.krb5.crypto;

import java.security.SecureRandom;

/**
 * What tells the encryption types of one RFC from those of another: the functions of
 * <a href="https://www.rfc-editor.org/rfc/rfc3961#section-3">RFC 3961 section 3</a>.
 *
 * <p>Keys come in as arrays that stay the caller's, and go out as new arrays that the caller erases. Arguments have been
 * checked by {@link EncryptionKey}, whose methods of the same names these are.
 */
interface Profile {
    /** Computes the pseudo-random function. */
    byte[] prf(byte[] key, byte[] input);

    /** Gives the size of the confounder in octets. */
    int confounderSize();

    /** Encrypts what is encrypted once. */
    byte[] encrypt(EncryptionKey key, int usage, byte[] plain, SecureRandom random);

    /** Decrypts what is decrypted once: a ciphertext not shorter than that of nothing. */
    byte[] decrypt(EncryptionKey key, int usage, byte[] cipher, int offset, int length) throws IntegrityException;

    /** Computes the mandatory checksum. */
    byte[] checksum(EncryptionKey key, int usage, byte[] data, int offset, int length);
}
