package dev.gssbaton.krb5.crypto;

import java.util.Arrays;

/** The function DR (<a href="https://www.rfc-editor.org/rfc/rfc3961#section-5.1">RFC 3961 section 5.1</a>). */
final class KeyDerivation {
    private KeyDerivation() {}

    /**
     * Computes DR(Key, Constant) = k-truncate(E(Key, n-fold(Constant)) | E(Key, K1) | …).
     *
     * @param encryption E under the base key
     * @param blockSize the cipher block size c in octets
     * @param constant the well-known constant, at most one block
     * @param size the seed length k in octets
     * @return a new array, which the caller erases
     */
    static byte[] derivedRandom(BlockEncryption encryption, int blockSize, byte[] constant, int size) {
        byte[] random = new byte[size];
        byte[] block = NFold.nFold(constant, blockSize);
        try {
            for (int done = 0; done < size; done += blockSize) {
                encryption.encrypt(block);
                System.arraycopy(block, 0, random, done, Math.min(blockSize, size - done));
            }
        } finally {
            Arrays.fill(block, (byte) 0);
        }
        return random;
    }

    /** E, with the initial cipher state. */
    @FunctionalInterface
    interface BlockEncryption {
        /** Encrypts one block in place. */
        void encrypt(byte[] block);
    }
}
