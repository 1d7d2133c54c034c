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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Claims that this process alone sees. A token exported with such a store can be imported in the same process only, and
 * by whoever uses the same object.
 *
 * <p>Its identity is drawn anew for each object. Records that have had their time are swept by the claims that come later,
 * a small part by each, so that there is no thread and no long pause. A record takes some 85 to 165 octets until then. What was
 * swept is past by {@link #now} for ever, however the clock is set. Safe for use by several threads.
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
    private final Clocks clocks;
    private final Times began;
    private final Instant since;
    /** What ended before this time, in milliseconds since 1970, may have been forgotten. */
    private final AtomicLong floor = new AtomicLong(Long.MIN_VALUE);
    /** Which of the tables has an identity, and where, is in the hash. */
    private final ClaimTable[] tables = new ClaimTable[TABLES];

    private final ReentrantLock sweeping = new ReentrantLock();
    private int swept;
    /** By the machine's clock. */
    private volatile long nextSweep;

    /**
     * Makes an empty store with an identity of its own.
     *
     * @param random where the identity comes from
     * @param clock the store's clock. Beside the system's, that of {@link Clock#systemUTC}, the machine's monotonic clock counts
     *     too, so that no record is forgotten early when the system's is set; any other clock counts alone
     */
    public ProcessClaims(SecureRandom random, Clock clock) {
        this(random, clocks(clock));
    }

    ProcessClaims(SecureRandom random, Clocks clocks) {
        this.id = PublicId.draw(random);
        this.clocks = clocks;
        this.since = clocks.wall().instant();
        this.began = clocks.read();
        this.nextSweep = began.machine() + PAUSE_MILLIS;
        Arrays.setAll(tables, table -> new ClaimTable(floor));
    }

    /** Who brings a clock brings a time of its own, which the machine's clock does not tell. */
    private static Clocks clocks(Clock clock) {
        return clock.equals(Clock.systemUTC())
                ? Clocks.ofSystem()
                : new Clocks(clock, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()));
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

    /** Reads the store's clock, but gives no time before that until which the store has forgotten. */
    @Override
    public Instant now() {
        Instant now = clocks.wall().instant();
        long forgotten = floor.get();
        return now.toEpochMilli() < forgotten ? Instant.ofEpochMilli(forgotten) : now;
    }

    /** Says since when the store has remembered. Where the clock has been set forward since then, that time is as much later. */
    @Override
    public Instant since() {
        return since.plusMillis(clocks.read().leapSince(began));
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
        Times now = clocks.read();
        byte[] octets = id.toBytes();
        long hash = MULTIPLIER * ByteBuffer.wrap(octets).getLong();
        boolean won = tables[(int) (hash >>> -TABLE_BITS)].claim(
                hash << TABLE_BITS, octets, claimant, now.until(keepUntil), now);
        if (now.machine() >= nextSweep) {
            sweepOne(now);
        }
        return won ? ClaimOutcome.WON : ClaimOutcome.LOST;
    }

    /** Sweeps the next table, unless another thread is at it. */
    private void sweepOne(Times now) {
        if (!sweeping.tryLock()) {
            return;
        }
        try {
            int table = swept;
            swept = (table + 1) % TABLES;
            if (swept == 0) {
                nextSweep = now.machine() + PAUSE_MILLIS;
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
