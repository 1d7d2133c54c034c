package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Instant;
import org.ietf.jgss.GSSException;

/**
 * The claim of one token in two phases, by one claimant that stays the same over any number of attempts.
 *
 * @param claiming who asks the store
 * @param id the token's identity
 * @param last until when it may be claimed
 * @param store where it is to be claimed
 * @param claimant in whose name: of nobody else
 */
record TokenClaim(Claiming claiming, ClaimId id, Instant last, PublicId store, PublicId claimant) {
    TokenClaim(Claiming claiming, ClaimId id, Instant last, PublicId store) {
        this(claiming, id, last, store, claiming.newClaimant());
    }

    /** Claims the token for the receiver, or says why it does not get it. */
    void take() throws GSSException {
        Claiming.Answer answer = claiming.ask(claimant, id, last);
        answer.requireInTime(id, last, store);
        if (!answer.won()) {
            throw TransferFault.ALREADY_TAKEN.exception("token " + id + ", single use in " + claiming.scope());
        }
    }

    /**
     * Takes the token back for the exporter, whether or not its time is over.
     *
     * @param name in whose name: the exporter's own, or that of a receiver who gave the token back
     * @param age how old the offer is
     * @return whether nobody else has it, nor can have had it
     */
    boolean takeBack(PublicId name, OfferAge age) throws GSSException {
        if (age.isTooOld(last, claiming.now())) {
            return false;
        }
        Claiming.Answer answer = claiming.ask(name, id, last);
        return answer.won() && answer.store().equals(store) && !age.isTooOld(last, answer.now());
    }
}
