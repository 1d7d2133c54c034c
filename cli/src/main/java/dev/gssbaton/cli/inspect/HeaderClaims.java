package dev.gssbaton.cli.inspect;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Instant;
import org.ietf.jgss.GSSException;

/**
 * A store that has the identity which a token asks for, and gives nothing away: a token of any host can be looked at, and
 * none can be claimed by that.
 *
 * @param id the identity in the token's header
 */
record HeaderClaims(PublicId id) implements ClaimStore {
    @Override
    public String scope() {
        return "nobody";
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Instant since() {
        return Instant.MIN;
    }

    @Override
    public ClaimOutcome claim(ClaimId claimed, PublicId claimant, Instant keepUntil) throws GSSException {
        throw TransferFault.CLAIMS_UNUSABLE.exception("a token that is inspected is not claimed");
    }
}
