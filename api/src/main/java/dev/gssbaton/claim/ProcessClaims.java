package dev.gssbaton.claim;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Claims that this process alone sees. A token exported with such a store can be imported in the same process only, and
 * by whoever uses the same object.
 *
 * <p>Its identity is drawn anew for each object. Each claim sweeps a few records that have had their time, so that there is
 * no thread and no long pause. Safe for use by several threads.
 */
public final class ProcessClaims implements ClaimStore {
    private static final ProcessClaims OF_PROCESS = new ProcessClaims(new SecureRandom(), Clock.systemUTC());

    /** How many records a claim looks at while a sweep is under way: more than it adds, so that the sweep ends. */
    private static final int SWEPT_PER_CLAIM = 8;
    /** From the end of one sweep to the beginning of the next. */
    private static final long PAUSE_MILLIS = 60_000;

    private final PublicId id;
    private final Clock clock;
    private final Instant since;
    private final ConcurrentMap<ClaimId, Taken> claims = new ConcurrentHashMap<>();

    private final ReentrantLock sweeping = new ReentrantLock();
    private Iterator<Taken> swept = Collections.emptyIterator();
    private volatile long nextSweep;

    /**
     * A record.
     *
     * @param claimant who has it
     * @param keepUntil until when it must be kept, in milliseconds since 1970
     */
    private record Taken(PublicId claimant, long keepUntil) {}

    /**
     * Makes an empty store with an identity of its own.
     *
     * @param random where the identity comes from
     * @param clock the store's clock
     */
    public ProcessClaims(SecureRandom random, Clock clock) {
        this.id = PublicId.draw(random);
        this.clock = clock;
        this.since = clock.instant();
        this.nextSweep = clock.millis() + PAUSE_MILLIS;
    }

    /**
     * Gives the store that all of this process shares.
     *
     * @return the same object at each call
     */
    public static ProcessClaims ofProcess() {
        return OF_PROCESS;
    }

    @Override
    public PublicId id() {
        return id;
    }

    @Override
    public String scope() {
        return "this process";
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
        Taken mine = new Taken(claimant, Keeping.millis(keepUntil));
        Taken found = claims.putIfAbsent(id, mine);
        sweepSome();
        return found == null || found.claimant.equals(claimant) ? ClaimOutcome.WON : ClaimOutcome.LOST;
    }

    private void sweepSome() {
        long now = clock.millis();
        if (now < nextSweep || !sweeping.tryLock()) {
            return;
        }
        try {
            if (!swept.hasNext()) {
                swept = claims.values().iterator();
            }
            for (int i = 0; i < SWEPT_PER_CLAIM && swept.hasNext(); i++) {
                if (swept.next().keepUntil < now) {
                    swept.remove();
                }
            }
            if (!swept.hasNext()) {
                nextSweep = now + PAUSE_MILLIS;
            }
        } finally {
            sweeping.unlock();
        }
    }

    /** How many records there are. */
    int size() {
        return claims.size();
    }

    /**
     * Names the identity.
     *
     * @return a text for messages
     */
    @Override
    public String toString() {
        return "ProcessClaims[" + id + "]";
    }
}
