package dev.gssbaton.krb5;

import java.security.SecureRandom;

/** The number that one side's messages begin with. */
final class InitialSequenceNumber {
    /** Below it, so that no peer takes the number for a negative one, and there is room before 2^32. */
    private static final int LIMIT = 1 << 30;

    private InitialSequenceNumber() {}

    /** The least distance between both sides' numbers where one number must not protect a message of each. */
    private static final int DISTANCE = 1 << 29;

    /** Draws a number; never 0, which some peers leave out (RFC 4120 section 5.5.1). */
    static long draw(SecureRandom random) {
        return 1L + random.nextInt(LIMIT - 1);
    }

    /**
     * Draws a number that is far from the peer's, either way around 2^32: for rc4-hmac, whose keystream depends on the
     * number. It is positive, whatever a peer takes it for.
     */
    static long drawAwayFrom(long peersFirst, SecureRandom random) {
        int drawn;
        do {
            drawn = 1 + random.nextInt(Integer.MAX_VALUE);
        } while (Math.abs((long) (drawn - (int) peersFirst)) < DISTANCE);
        return drawn;
    }
}
