package dev.gssbaton.spi;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;

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
}
