package dev.gssbaton.seal;

import dev.gssbaton.spi.SealingKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An exporter's time with one N1: all its tokens share a derived key.
 *
 * <p>Within an epoch it is N2 alone that differs. With 96 random bits and at most 2^20 tokens, two are alike with a
 * probability below 2^-57; NIST SP 800-38D allows 2^-32 for a key. Safe for use by several threads.
 */
final class Epoch {
    static final int MAX_TOKENS = 1 << 20;
    static final Duration MAX_AGE = Duration.ofMinutes(10);

    private final SealingKey from;
    private final byte[] n1;
    private final Xaes256Gcm key;
    private final long began;
    /** Counts those that were tried, too; and the one that the epoch was begun for. */
    private final AtomicInteger tokens = new AtomicInteger(1);

    /**
     * Begins an epoch with its first token.
     *
     * @param from the sealing key
     * @param n1 the first half of the nonces, the epoch's own from now on
     * @param key what was derived from both, the epoch's own from now on
     * @param began now, in milliseconds of the sealer's clock
     */
    Epoch(SealingKey from, byte[] n1, Xaes256Gcm key, long began) {
        this.from = from;
        this.n1 = n1;
        this.key = key;
        this.began = began;
    }

    /** Counts one more token, if it may still be sealed in this epoch. A clock that was set back ends it. */
    boolean takes(SealingKey sealingKey, long now) {
        return from == sealingKey
                && now >= began
                && now - began < MAX_AGE.toMillis()
                && tokens.getAndIncrement() < MAX_TOKENS;
    }

    Xaes256Gcm key() {
        return key;
    }

    void putN1(byte[] out, int at) {
        System.arraycopy(n1, 0, out, at, n1.length);
    }
}
