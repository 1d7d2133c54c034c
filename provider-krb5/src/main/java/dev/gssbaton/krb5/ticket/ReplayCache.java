package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.ietf.jgss.GSSException;

/**
 * Takes each authenticator once
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-3.2.3">RFC 4120 section 3.2.3</a>). All services that share a
 * key share one cache: it is a claim store, in which the first claim of an authenticator's SHA-256 wins.
 *
 * <p>An authenticator is asked for after it verified, never before. A store that is younger than an authenticator cannot
 * know whether it was taken before, and refuses it; an initiator whose clock is ahead is not covered by that for as long as
 * it is ahead. Safe for use by several threads.
 */
public final class ReplayCache {
    /** Twice the usual clock skew: services that share a key with a stricter one take its authenticators so long. */
    private static final Duration LEAST_KEPT = Duration.ofMinutes(10);

    private final ClaimStore claims;
    private final Duration clockSkew;
    private final SecureRandom random;

    /**
     * Makes a replay cache of a claim store.
     *
     * @param claims the store
     * @param clockSkew how far an initiator's clock may differ from ours
     * @param random where a claimant's nonce comes from
     */
    public ReplayCache(ClaimStore claims, Duration clockSkew, SecureRandom random) {
        this.claims = Objects.requireNonNull(claims, "claims");
        this.clockSkew = Objects.requireNonNull(clockSkew, "clockSkew");
        this.random = Objects.requireNonNull(random, "random");
    }

    /**
     * Takes an authenticator, if nobody has. The caller has verified it and compared its time with the clock.
     *
     * @param cipher its ciphertext
     * @param time its time, with microseconds
     * @throws GSSException a {@link KerberosException} of {@link ErrorCode#KRB_AP_ERR_REPEAT} if it was taken before
     *     ({@code DUPLICATE_TOKEN}), or that cannot be known because it is older than the store or has run out of time
     *     ({@code OLD_TOKEN}); what the store throws if it cannot be used or settle it
     */
    public void take(Octets cipher, Instant time) throws GSSException {
        requireKnown(time);
        Instant keepUntil = keepUntil(time, clockSkew);
        ClaimId id = ClaimId.of(digest(cipher).toBytes());
        if (claims.claim(id, PublicId.draw(random), keepUntil) == ClaimOutcome.LOST) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_REPEAT,
                    "the authenticator was used before (" + claims.scope() + "): a replay");
        }
        // The store may have been removed and made anew since it was asked, and then what it knew is lost.
        requireKnown(time);
        // A record past its time may have been swept, so that a claim won after it says nothing.
        if (claims.now().isAfter(keepUntil)) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_REPEAT,
                    GSSException.OLD_TOKEN,
                    "the authenticator ran out of time while it was looked for in the replay cache; connect again");
        }
    }

    private void requireKnown(Instant time) throws GSSException {
        Instant since = claims.since();
        if (time.isBefore(since)) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_REPEAT,
                    GSSException.OLD_TOKEN,
                    "the authenticator of " + time + " is older than the replay cache (" + claims.scope()
                            + "), which began at " + since
                            + ": whether it was used before cannot be known; connect again");
        }
    }

    /** Computes how long an authenticator is remembered: while any service that shares its key could take it. */
    static Instant keepUntil(Instant time, Duration clockSkew) {
        Duration usable = clockSkew.multipliedBy(2);
        return time.plus(usable.compareTo(LEAST_KEPT) < 0 ? LEAST_KEPT : usable);
    }

    /** Computes what an authenticator is known by: all its octets would be more to keep. */
    static Octets digest(Octets cipher) {
        try {
            return Octets.of(MessageDigest.getInstance("SHA-256").digest(cipher.toBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
