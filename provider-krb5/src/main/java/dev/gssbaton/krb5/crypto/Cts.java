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

    private final Cbc cbc;
    /** The ciphertext block before the last two. */
    private final byte[] previous = new byte[BLOCK];
    /** The last block, with what was stolen. */
    private final byte[] block = new byte[BLOCK];

    /** Owns the cipher from now on. */
    Cts(Cbc cbc) {
        this.cbc = cbc;
    }

    /** Encrypts whole blocks from the beginning of a plaintext: none of its last two. */
    void encryptBlocks(byte[] in, int offset, int length, byte[] out, int outOffset) {
        cbc.update(in, offset, length, out, outOffset);
    }

    /**
     * Encrypts the rest of a plaintext, its last two blocks included.
     *
     * @param rest the rest, from index 0
     * @param length number of its octets: more than one block, or one if it is the whole
     * @param out where the ciphertext goes; another array
     * @param outOffset index of the first octet there
     */
    void encryptRest(byte[] rest, int length, byte[] out, int outOffset) {
        if (length == BLOCK) {
            cbc.finish(rest, 0, out, outOffset);
            return;
        }
        int stolen = lastBlock(length);
        int whole = length - stolen;
        cbc.update(rest, 0, whole, out, outOffset);
        Arrays.fill(block, (byte) 0);
        System.arraycopy(rest, whole, block, 0, stolen);
        cbc.finish(block, 0, block, 0);
        int last = outOffset + whole;
        System.arraycopy(out, last - BLOCK, out, last, stolen);
        System.arraycopy(block, 0, out, last - BLOCK, BLOCK);
    }

    /** Decrypts whole blocks from the beginning of a ciphertext: none of its last two. */
    void decryptBlocks(byte[] in, int offset, int length, byte[] out, int outOffset) {
        cbc.update(in, offset, length, out, outOffset);
    }

    /**
     * Decrypts the rest of a ciphertext, its last two blocks included.
     *
     * @param in the whole ciphertext, not overlapping {@code out}
     * @param offset where it begins
     * @param done how many octets {@link #decryptBlocks} took
     * @param length number of octets of the whole, at least one block
     * @param out where the rest goes
     */
    void decryptRest(byte[] in, int offset, int done, int length, byte[] out) {
        if (length == BLOCK) {
            cbc.finish(in, offset, out, 0);
            return;
        }
        int stolen = lastBlock(length);
        int whole = length - BLOCK - stolen - done;
        int swapped = offset + done + whole;
        cbc.update(in, offset + done, whole, out, 0);
        if (done + whole == 0) {
            Arrays.fill(previous, (byte) 0);
        } else {
            System.arraycopy(in, swapped - BLOCK, previous, 0, BLOCK);
        }
        // The cipher chains in the order of the octets here: Cn follows Cn-2, and Cn-1 follows Cn.
        // What it adds is taken off again, so that one cipher does for all.
        cbc.update(in, swapped, BLOCK, block, 0);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= previous[i];
        }
        for (int i = 0; i < stolen; i++) {
            byte c = in[swapped + BLOCK + i];
            out[whole + BLOCK + i] = (byte) (block[i] ^ c);
            block[i] = c;
        }
        cbc.finish(block, 0, out, whole);
        for (int i = 0; i < BLOCK; i++) {
            out[whole + i] ^= (byte) (in[swapped + i] ^ previous[i]);
        }
    }

    /** Closes the cipher and erases what is left of the last message. */
    @Override
    public void close() {
        Arrays.fill(previous, (byte) 0);
        Arrays.fill(block, (byte) 0);
        cbc.close();
    }

    /** Gives the number of octets in the last block: 1 to 16. */
    private static int lastBlock(int length) {
        return (length - 1) % BLOCK + 1;
    }
}
