package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ietf.jgss.GSSException;

/** Claims in a map, and a note of every claimant that asked. Tests override what is to go wrong. */
class ToyClaims implements ClaimStore {
    final List<PublicId> claimants = new ArrayList<>();
    private final Map<ClaimId, PublicId> taken = new ConcurrentHashMap<>();
    private final PublicId id = PublicId.draw(new SecureRandom());
    private final Instant since = Instant.now();

    @Override
    public PublicId id() {
        return id;
    }

    @Override
    public String scope() {
        return "this test";
    }

    @Override
    public Instant now() throws GSSException {
        return Instant.now();
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public ClaimOutcome claim(ClaimId token, PublicId claimant, Instant keepUntil) throws GSSException {
        synchronized (claimants) {
            claimants.add(claimant);
        }
        PublicId winner = taken.putIfAbsent(token, claimant);
        return winner == null || winner.equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
    }
}
