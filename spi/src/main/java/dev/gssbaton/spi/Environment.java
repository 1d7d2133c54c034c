package dev.gssbaton.spi;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.ietf.jgss.GSSContext;

/**
 * What the application's manager lends to a mechanism.
 *
 * @param clock the time, for lifetimes and for the freshness of messages
 * @param random where keys, nonces and sequence numbers come from
 * @param claims the store of claims, which is also the replay cache of an acceptor
 */
public record Environment(Clock clock, SecureRandom random, ClaimStore claims) {
    /**
     * Checks that nothing is missing.
     *
     * @param clock the time
     * @param random the source of randomness
     * @param claims the store of claims
     */
    public Environment {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(random, "random");
        Objects.requireNonNull(claims, "claims");
    }

    /**
     * Tells when a lifetime ends that begins now.
     *
     * @param lifetime in seconds; {@link GSSContext#DEFAULT_LIFETIME} and {@link GSSContext#INDEFINITE_LIFETIME} have no end
     * @return the end, to the millisecond as states have it; {@link Instant#MAX} for none
     */
    public Instant endOf(int lifetime) {
        boolean endless = lifetime == GSSContext.DEFAULT_LIFETIME || lifetime == GSSContext.INDEFINITE_LIFETIME;
        return endless
                ? Instant.MAX
                : clock.instant().truncatedTo(ChronoUnit.MILLIS).plusSeconds(lifetime);
    }
}
