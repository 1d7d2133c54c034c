package dev.gssbaton.claim;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Claims that this process alone sees. A token exported with such a store can be imported in the same process only, and
 * by whoever uses the same object.
 *
 * <p>Its identity is drawn anew for each object. Records that have had their time are swept by the claims that come later,
 * a small part by each, so that there is no thread and no long pause. A record takes some 75 to 150 octets until then. Safe
 * for use by several threads.
 */
public final class ProcessClaims implements ClaimStore {
    private static final ProcessClaims OF_PROCESS = new ProcessClaims(new SecureRandom(), Clock.systemUTC());

    private static final int TABLE_BITS = 4;
    /** So many that threads seldom meet in one, and that it takes a few milliseconds at most to make a large one anew. */
    private static final int TABLES = 1 << TABLE_BITS;
    /** Odd, and drawn, so that nobody can choose identities that all come to stand in one place. */
    private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;
    /** From the end of one sweep to the beginning of the next. */
    private static final long PAUSE_MILLIS = 60_000;

    private final PublicId id;
    private final Clock clock;
    private final Instant since;
    /** Which of the tables has an identity, and where, is in the hash. */
    private final ClaimTable[] tables = new ClaimTable[TABLES];

    private final ReentrantLock sweeping = new ReentrantLock();
    private int swept;
    private volatile long nextSweep;

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
        Arrays.setAll(tables, table -> new ClaimTable());
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
        long now = clock.millis();
        byte[] octets = id.toBytes();
        long hash = MULTIPLIER * ByteBuffer.wrap(octets).getLong();
        boolean won = tables[(int) (hash >>> -TABLE_BITS)].claim(
                hash << TABLE_BITS, octets, claimant, Keeping.millis(keepUntil), now);
        if (now >= nextSweep) {
            sweepOne(now);
        }
        return won ? ClaimOutcome.WON : ClaimOutcome.LOST;
    }

    /** Sweeps the next table, unless another thread is at it. */
    private void sweepOne(long now) {
        if (!sweeping.tryLock()) {
            return;
        }
        try {
            int table = swept;
            swept = (table + 1) % TABLES;
            if (swept == 0) {
                nextSweep = now + PAUSE_MILLIS;
            }
            tables[table].sweep(now);
        } finally {
            sweeping.unlock();
        }
    }

    /** How many records there are. */
    int size() {
        return Arrays.stream(tables).mapToInt(ClaimTable::size).sum();
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
