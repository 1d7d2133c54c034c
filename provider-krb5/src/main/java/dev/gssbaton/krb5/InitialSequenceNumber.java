package dev.gssbaton.krb5;

import java.security.SecureRandom;

/** The number that one side's messages begin with. */
final class InitialSequenceNumber {
    /** Below it, so that no peer takes the number for a negative one, and there is room before 2^32. */
    private static final int LIMIT = 1 << 30;

    private InitialSequenceNumber() {}

    /** Draws a number; never 0, which some peers leave out (RFC 4120 section 5.5.1). */
    static long draw(SecureRandom random) {
        return 1L + random.nextInt(LIMIT - 1);
    }
}
