package dev.gssbaton.mock;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.time.Instant;
import org.ietf.jgss.GSSException;

/** A store that does as another one does, where a subclass does not do otherwise. */
class ForwardingClaims implements ClaimStore {
    final ClaimStore inner;

    ForwardingClaims(ClaimStore inner) {
        this.inner = inner;
    }

    @Override
    public PublicId id() throws GSSException {
        return inner.id();
    }

    @Override
    public String scope() {
        return inner.scope();
    }

    @Override
    public Instant now() throws GSSException {
        return inner.now();
    }

    @Override
    public Instant since() throws GSSException {
        return inner.since();
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
        return inner.claim(id, claimant, keepUntil);
    }
}
