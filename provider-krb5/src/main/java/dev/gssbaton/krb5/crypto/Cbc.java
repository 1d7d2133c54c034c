package dev.gssbaton.krb5.crypto;

/**
 * A block cipher of 16 octets in CBC mode, the initial vector zero, bound to one key and one direction. For use by one
 * thread at a time.
 */
interface Cbc extends AutoCloseable {
    /** The size of a block. */
    int BLOCK = 16;

    /** Encrypts or decrypts whole blocks, chained to those before. The output is another array, or where the input is. */
    void update(byte[] in, int offset, int length, byte[] out, int outOffset);

    /** Encrypts or decrypts the last whole blocks, at least one, into another array, and begins anew. */
    void finish(byte[] in, int offset, int length, byte[] out, int outOffset);

    /** Replaces the key by zeros. Closing twice is harmless. */
    @Override
    void close();
}
