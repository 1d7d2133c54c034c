package dev.gssbaton.seal;

import java.security.SecureRandom;

/**
 * Draws the second halves of nonces, 16 at once, since the JDK's source takes as long for 24 octets as for 12.
 *
 * <p>Where a process is restored from a snapshot, perhaps twice, what was drawn before it would be used again. So what is
 * older than the JDK's own source keeps its octets is thrown away. Nonces are no secret. Safe for use by several threads.
 */
final class NonceSource {
    private static final int DRAWN_AT_ONCE = 16;
    private static final long MAX_AGE_MILLIS = 100;

    private final SecureRandom random;
    private final byte[] drawn = new byte[DRAWN_AT_ONCE * Xaes256Gcm.IV_SIZE];
    private int used = drawn.length;
    private long drawnAt;

    NonceSource(SecureRandom random) {
        this.random = random;
    }

    /**
     * Puts an N2 that was never used.
     *
     * @param out where to
     * @param at index of its first octet
     * @param now in milliseconds of any clock; one that was set back throws everything away
     */
    synchronized void put(byte[] out, int at, long now) {
        if (used == drawn.length || now < drawnAt || now - drawnAt > MAX_AGE_MILLIS) {
            random.nextBytes(drawn);
            used = 0;
            drawnAt = now;
        }
        System.arraycopy(drawn, used, out, at, Xaes256Gcm.IV_SIZE);
        used += Xaes256Gcm.IV_SIZE;
    }
}
