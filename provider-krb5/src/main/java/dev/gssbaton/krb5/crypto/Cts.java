package dev.gssbaton.krb5.crypto;

import java.util.Arrays;

/**
 * CBC mode with ciphertext stealing, the initial vector zero
 * (<a href="https://www.rfc-editor.org/rfc/rfc3962#section-5">RFC 3962 section 5</a>): the last two blocks of the ciphertext
 * always change places, and one block alone is plain CBC.
 *
 * <p>Bound to one key and one direction.
 */
final class Cts implements AutoCloseable {
    static final int BLOCK = Cbc.BLOCK;
    /** What is kept for the next message: room for the short ones, which is made as they need it. */
    private static final int KEPT = 2048;

    private final Cbc cbc;
    /** Ciphertext in the order of CBC mode. */
    private byte[] chained = {};

    /** What stands last but one in a ciphertext, which is its last block whole. */
    private final byte[] swapped = new byte[BLOCK];
    /** The block before that, which lacks in the ciphertext what was stolen from it; what stands last. */
    private final byte[] completed = new byte[BLOCK];
    /** The last block of the plaintext. */
    private final byte[] last = new byte[BLOCK];

    /** How many octets the last block has: 1 to 16; or 0 if there is no other, so that nothing is swapped. */
    private int stolen;
    /** Whether no block has been decrypted since the swapped one was. */
    private boolean first;

    /** Owns the cipher from now on. */
    Cts(Cbc cbc) {
        this.cbc = cbc;
    }

    /** Encrypts whole blocks from the beginning of a plaintext, none of its last two, into another array. */
    void encryptBlocks(byte[] in, int offset, int length, byte[] out, int outOffset) {
        cbc.update(in, offset, length, out, outOffset);
    }

    /**
     * Encrypts the rest of a plaintext, its last two blocks included.
     *
     * @param rest the rest, from index 0; in its array there is room to fill up the last block, which is done here
     * @param length number of its octets: more than one block, or one if it is the whole
     * @param out where the ciphertext goes; another array
     * @param outOffset index of the first octet there
     */
    void encryptRest(byte[] rest, int length, byte[] out, int outOffset) {
        int whole = (length - 1) / BLOCK * BLOCK;
        Arrays.fill(rest, length, whole + BLOCK, (byte) 0);
        byte[] cipher = room(whole + BLOCK);
        cbc.finish(rest, 0, whole + BLOCK, cipher, 0);
        if (whole == 0) {
            System.arraycopy(cipher, 0, out, outOffset, BLOCK);
            return;
        }
        System.arraycopy(cipher, 0, out, outOffset, whole - BLOCK);
        System.arraycopy(cipher, whole, out, outOffset + whole - BLOCK, BLOCK);
        System.arraycopy(cipher, whole - BLOCK, out, outOffset + whole, length - whole);
    }

    /**
     * Begins to decrypt a ciphertext with its last two blocks. The last but one in place is the last in CBC mode; from it
     * comes what the other lacks, so that afterwards the others can be decrypted in the order of CBC mode.
     *
     * @param in the array that holds the ciphertext
     * @param offset index of its first octet
     * @param length number of its octets, at least one block
     */
    void beginDecryption(byte[] in, int offset, int length) {
        int whole = (length - 1) / BLOCK * BLOCK;
        if (whole == 0) {
            System.arraycopy(in, offset, completed, 0, BLOCK);
            stolen = 0;
            first = false;
            return;
        }
        stolen = length - whole;
        System.arraycopy(in, offset + whole - BLOCK, swapped, 0, BLOCK);
        // Nothing is chained to it yet, so that this is the cipher alone.
        cbc.update(swapped, 0, BLOCK, last, 0);
        System.arraycopy(last, 0, completed, 0, BLOCK);
        System.arraycopy(in, offset + whole, completed, 0, stolen);
        for (int i = 0; i < stolen; i++) {
            last[i] ^= completed[i];
        }
        first = true;
    }

    /** Decrypts whole blocks from the beginning of a ciphertext, none of its last two, into another array. */
    void decryptBlocks(byte[] in, int offset, int length, byte[] out, int outOffset) {
        cbc.update(in, offset, length, out, outOffset);
        unchain(out, outOffset);
    }

    /**
     * Decrypts the rest of a ciphertext, and its last two blocks.
     *
     * @param in the array that holds the ciphertext
     * @param offset where the rest begins
     * @param length number of its octets, the last two blocks not counted: whole blocks, or none
     * @param out where rest and last two blocks go, from index 0
     */
    void decryptRest(byte[] in, int offset, int length, byte[] out) {
        byte[] cipher = room(length + BLOCK);
        System.arraycopy(in, offset, cipher, 0, length);
        System.arraycopy(completed, 0, cipher, length, BLOCK);
        cbc.finish(cipher, 0, length + BLOCK, out, 0);
        unchain(out, 0);
        System.arraycopy(last, 0, out, length + BLOCK, stolen);
        Arrays.fill(last, (byte) 0);
    }

    /** Takes off the first block what the cipher chained to it: the swapped block. */
    private void unchain(byte[] out, int offset) {
        if (first) {
            for (int i = 0; i < BLOCK; i++) {
                out[offset + i] ^= swapped[i];
            }
            first = false;
        }
    }

    private byte[] room(int size) {
        if (size > KEPT) {
            return new byte[size];
        }
        if (size > chained.length) {
            chained = new byte[Math.min(KEPT, Math.max(size, 2 * chained.length))];
        }
        return chained;
    }

    /** Closes the cipher and erases what is left of the last message. */
    @Override
    public void close() {
        Arrays.fill(last, (byte) 0);
        Arrays.fill(completed, (byte) 0);
        cbc.close();
    }
}
