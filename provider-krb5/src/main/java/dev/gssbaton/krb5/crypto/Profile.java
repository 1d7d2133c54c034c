package dev.gssbaton.krb5.crypto;

/**
 * What tells the encryption types of one RFC from those of another
 * (<a href="https://www.rfc-editor.org/rfc/rfc3961#section-3">RFC 3961 section 3</a>).
 *
 * <p>Keys come in as arrays that stay the caller's, and go out as new arrays that the caller erases.
 */
interface Profile {
    /** Derives Kc, Ke or Ki. */
    byte[] derive(byte[] baseKey, int usage, DerivedKeyPurpose purpose);

    /** Computes the pseudo-random function. */
    byte[] prf(byte[] key, byte[] input);

    /** Computes string-to-key. */
    byte[] stringToKey(byte[] password, byte[] salt, int iterations);

    /** Gives the iterations that string-to-key takes where no parameters are given. */
    int defaultIterations();

    /** Names the platform's MAC for checksums and integrity. */
    String macAlgorithm();

    /** Tells what is authenticated in an encryption: the ciphertext after its cipher state, or the plaintext. */
    boolean authenticatesCiphertext();
}
