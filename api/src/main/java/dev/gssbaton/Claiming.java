package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/** Claims tokens for one manager: the last step of an import. Safe for use by several threads. */
final class Claiming {
    /** How long a claim is kept beyond the token's life, so that a late claimant still finds it. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private final Environment environment;
    private final Claimants claimants;
    private final UnsettledClaims unsettled = new UnsettledClaims();

    Claiming(Environment environment) {
        this.environment = environment;
        this.claimants = new Claimants(environment.random());
    }

    /**
     * Claims a token, or says who has it.
     *
     * @param id the token's identity
     * @param last until when it may be claimed
     * @param store where it is to be claimed
     * @param now the time
     */
    void claim(ClaimId id, Instant last, PublicId store, Instant now) throws GSSException {
        String scope = environment.claims().scope();
        Optional<PublicId> earlier = unsettled.takeOver(id, now);
        PublicId claimant = earlier.isPresent() ? earlier.get() : claimants.next(now.toEpochMilli());
        while (claimAs(claimant, id, last, store, scope) == ClaimOutcome.LOST) {
            // The winner may be another attempt of this manager whose answer was lost.
            claimant = unsettled
                    .takeOver(id, environment.clock().instant())
                    .orElseThrow(
                            () -> TransferFault.ALREADY_TAKEN.exception("token " + id + ", single use in " + scope));
        }
    }

    private ClaimOutcome claimAs(PublicId claimant, ClaimId id, Instant last, PublicId expectedStore, String scope)
            throws GSSException {
        ClaimStore claims = environment.claims();
        Instant now = last;
        PublicId store = expectedStore;
        ClaimOutcome outcome = null;
        try {
            outcome = claims.claim(id, claimant, last.plus(MARGIN));
            if (outcome == ClaimOutcome.WON) {
                now = claims.now();
                store = claims.id();
            }
        } catch (GSSException | RuntimeException e) {
            // Whatever was thrown, the claim may be recorded, now or by the attempt before: who asks again is the same.
            unsettled.remember(id, claimant, last);
            TransferLog.claimed(id, scope, "UNKNOWN");
            throw outcome == null
                            && e instanceof GSSException known
                            && TransferFault.of(known).isPresent()
                    ? known
                    : TransferFault.CLAIM_UNKNOWN.exception("the claim store says: " + e.getMessage(), e);
        }
        TransferLog.claimed(id, scope, outcome.name());
        // The store may have been removed and made anew since the token was opened: then what the old one knew is lost.
        if (!store.equals(expectedStore)) {
            throw TransferFault.STORE_FOREIGN.exception("token " + id + " was to be claimed in store " + expectedStore
                    + ", and store " + store + " took its place meanwhile: the token is spent");
        }
        // A record past its time may have been swept before this claim, so that it was won a second time.
        if (now.isAfter(last)) {
            throw TransferFault.TOKEN_EXPIRED.exception("token " + id + " was claimed after its time, and is spent");
        }
        return outcome;
    }
}
