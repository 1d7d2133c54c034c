package dev.gssbaton;

import dev.gssbaton.spi.PublicId;
import java.security.SecureRandom;

/**
 * Names the attempts of one manager to claim: each by an identifier that no other attempt has, in whatever process.
 *
 * <p>The first is drawn, and those after it are counted from there, since a draw takes longer than a claim. Where a process is
 * restored from a snapshot, perhaps twice, both would count on alike, and both be told that they have a token. So a draw
 * serves no longer than the JDK's own source keeps its octets. Identifiers are no secret. Safe for use by several threads.
 */
final class Claimants {
    private static final long MAX_AGE_MILLIS = 100;

    private final SecureRandom random;
    private PublicId last;
    private long drawnAt;

    Claimants(SecureRandom random) {
        this.random = random;
    }

    /**
     * Gives an identifier that was never given.
     *
     * @param now in milliseconds of any clock; one that was set back has it drawn anew
     */
    synchronized PublicId next(long now) {
        if (last == null || now < drawnAt || now - drawnAt > MAX_AGE_MILLIS) {
            last = PublicId.draw(random);
            drawnAt = now;
        } else {
            last = new PublicId(last.high(), last.low() + 1);
        }
        return last;
    }
}
