package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * The claimants of claims whose answer was lost, so that a repeated import asks as the same claimant and can find that it
 * had won.
 *
 * <p>A claimant is handed to one attempt at a time: two attempts under one name would both be told that they won. Attempts
 * that ran at the same time and lost their answers all leave a claimant behind, of which at most one has won.
 */
final class UnsettledClaims {
    private record Attempt(PublicId claimant, Instant until) {}

    private final Map<ClaimId, Deque<Attempt>> attempts = new HashMap<>();

    /** Takes a claimant that may have won the token, if there is one. */
    synchronized Optional<PublicId> takeOver(ClaimId id, Instant now) {
        if (attempts.isEmpty()) {
            return Optional.empty();
        }
        forget(now);
        Deque<Attempt> earlier = attempts.get(id);
        if (earlier == null) {
            return Optional.empty();
        }
        PublicId claimant = earlier.remove().claimant();
        if (earlier.isEmpty()) {
            attempts.remove(id);
        }
        return Optional.of(claimant);
    }

    synchronized void remember(ClaimId id, PublicId claimant, Instant until) {
        attempts.computeIfAbsent(id, token -> new ArrayDeque<>()).add(new Attempt(claimant, until));
    }

    private void forget(Instant now) {
        for (Iterator<Deque<Attempt>> each = attempts.values().iterator(); each.hasNext(); ) {
            Deque<Attempt> earlier = each.next();
            earlier.removeIf(attempt -> attempt.until().isBefore(now));
            if (earlier.isEmpty()) {
                each.remove();
            }
        }
    }
}
