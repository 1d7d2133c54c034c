package dev.gssbaton;

import dev.gssbaton.spi.ClaimStore;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.ietf.jgss.GSSException;

/**
 * How old an offer is, by two clocks: the store's, by which claims are forgotten and which may be set, and the machine's
 * monotonic one, which nobody can set. The older of both counts.
 */
final class OfferAge {
    /** Well within the time for which a claim is kept beyond its token's life. */
    private static final Duration MARGIN = Duration.ofMinutes(5);

    private final LongSupplier nanos;
    private final long beganNanos;
    private final Instant began;

    private OfferAge(LongSupplier nanos, Instant began) {
        this.nanos = nanos;
        this.beganNanos = nanos.getAsLong();
        this.began = began;
    }

    static OfferAge begin(ClaimStore claims) throws GSSException {
        return begin(claims, System::nanoTime);
    }

    static OfferAge begin(ClaimStore claims, LongSupplier nanos) throws GSSException {
        return new OfferAge(nanos, claims.now());
    }

    /**
     * Says how long a token may be claimed since the offer began.
     *
     * @param last until when the token may be claimed
     */
    Duration lifetime(Instant last) {
        Duration lifetime = Duration.between(began, last);
        return lifetime.isNegative() ? Duration.ZERO : lifetime;
    }

    /**
     * Says whether a claim of the token may have been forgotten, so that one that is won now means nothing.
     *
     * @param last until when the token may be claimed
     * @param now the store's time
     */
    boolean isTooOld(Instant last, Instant now) {
        Duration most = Duration.between(began, last).plus(MARGIN);
        Duration byMachine = Duration.ofNanos(nanos.getAsLong() - beganNanos);
        return byMachine.compareTo(most) > 0 || Duration.between(began, now).compareTo(most) > 0;
    }
}
