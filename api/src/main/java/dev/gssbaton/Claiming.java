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
        while (claimAs(claimant, id, last, store) == ClaimOutcome.LOST) {
            // The winner may be another attempt of this manager whose answer was lost.
            claimant = unsettled
                    .takeOver(id, environment.clock().instant())
                    .orElseThrow(
                            () -> TransferFault.ALREADY_TAKEN.exception("token " + id + ", single use in " + scope));
        }
    }

    private ClaimOutcome claimAs(PublicId claimant, ClaimId id, Instant last, PublicId store) throws GSSException {
        Answer answer;
        try {
            answer = ask(claimant, id, last);
        } catch (GSSException e) {
            // Whatever was thrown, the claim may be recorded, now or by the attempt before: who asks again is the same.
            unsettled.remember(id, claimant, last);
            throw e;
        }
        answer.requireInTime(id, last, store);
        return answer.outcome();
    }

    /** Gives an identifier that was never given, for one claimant and one token. */
    PublicId newClaimant() {
        return claimants.next(environment.clock().millis());
    }

    String scope() {
        return environment.claims().scope();
    }

    /** Reads the store's clock. */
    Instant now() throws GSSException {
        return environment.claims().now();
    }

    /**
     * What the store said.
     *
     * @param outcome who has it
     * @param now the store's time after it was won, else null
     * @param store the store's identity after it was won, else null
     */
    record Answer(ClaimOutcome outcome, Instant now, PublicId store) {
        boolean won() {
            return outcome == ClaimOutcome.WON;
        }

        /** Refuses what was won too late, or in another store than it was to be. */
        void requireInTime(ClaimId id, Instant last, PublicId expectedStore) throws GSSException {
            if (!won()) {
                return;
            }
            // The store may have been removed and made anew since the token was opened: then what the old one knew is
            // lost.
            if (!store.equals(expectedStore)) {
                throw TransferFault.STORE_FOREIGN.exception("token " + id + " was to be claimed in store "
                        + expectedStore + ", and store " + store + " took its place meanwhile: the token is spent");
            }
            // A record past its time may have been swept before this claim, so that it was won a second time.
            if (now.isAfter(last)) {
                throw TransferFault.TOKEN_EXPIRED.exception(
                        "token " + id + " was claimed after its time, and is spent");
            }
        }
    }

    /**
     * Asks the store once. Whatever is thrown, the claim may be recorded, and the same claimant may ask again.
     *
     * @param claimant in whose name
     * @param id the token's identity
     * @param last until when it may be claimed
     */
    Answer ask(PublicId claimant, ClaimId id, Instant last) throws GSSException {
        ClaimStore claims = environment.claims();
        String scope = claims.scope();
        ClaimOutcome outcome = null;
        try {
            outcome = claims.claim(id, claimant, last.plus(MARGIN));
            boolean won = outcome == ClaimOutcome.WON;
            Answer answer = new Answer(outcome, won ? claims.now() : null, won ? claims.id() : null);
            TransferLog.claimed(id, scope, outcome.name());
            return answer;
        } catch (GSSException | RuntimeException e) {
            TransferLog.claimed(id, scope, "UNKNOWN");
            throw outcome == null
                            && e instanceof GSSException known
                            && TransferFault.of(known).isPresent()
                    ? known
                    : TransferFault.CLAIM_UNKNOWN.exception("the claim store says: " + e.getMessage(), e);
        }
    }
}
