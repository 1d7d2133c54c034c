package dev.gssbaton.krb5.crypto;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Random octets that are drawn from a {@link SecureRandom} in blocks and zeroed as they are given out, so that two threads
 * seldom wait for each other there. For use by one thread at a time.
 */
public final class RandomOctets implements AutoCloseable {
    private static final int BLOCK = 512;

    private final SecureRandom random;
    /** Null until something is drawn, since a server may hold many contexts that send nothing. */
    private byte[] block;

    private int used = BLOCK;

    /**
     * Draws nothing yet.
     *
     * @param random where the octets come from
     */
    public RandomOctets(SecureRandom random) {
        this.random = random;
    }

    /** Fills an array that is no longer than a block with octets that nobody else gets. */
    void next(byte[] out) {
        if (BLOCK - used < out.length) {
            block = block == null ? new byte[BLOCK] : block;
            random.nextBytes(block);
            used = 0;
        }
        System.arraycopy(block, used, out, 0, out.length);
        Arrays.fill(block, used, used + out.length, (byte) 0);
        used += out.length;
    }

    /** Zeroes what has not been given out. */
    @Override
    public void close() {
        if (block != null) {
            Arrays.fill(block, (byte) 0);
        }
        used = BLOCK;
    }
}
