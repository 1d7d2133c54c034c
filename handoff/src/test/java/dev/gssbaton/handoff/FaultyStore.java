package dev.gssbaton.handoff;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.ietf.jgss.GSSException;

/** One process's way to a claim store, which can fail while the other process's goes on. */
final class FaultyStore implements ClaimStore {
    /** What becomes of a claim. */
    enum Mood {
        WELL,
        /** It is recorded, and the answer is lost, as are all after it. */
        LOSES_THE_ANSWER,
        /** The same, and the answer is waited for until {@link #losesIt}. */
        LOSES_THE_ANSWER_LATE,
        /** It is not recorded, and nobody can tell. */
        DOWN,
        /** It is refused, and nothing is recorded. */
        UNUSABLE
    }

    private final ClaimStore store;
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch late = new CountDownLatch(1);
    private volatile Mood mood = Mood.WELL;

    FaultyStore(ClaimStore store) {
        this.store = store;
    }

    FaultyStore becomes(Mood next) {
        mood = next;
        return this;
    }

    /** Ends the wait for an answer. */
    void losesIt() {
        late.countDown();
    }

    /** How often a claim was asked for. */
    int asked() {
        return asked.get();
    }

    @Override
    public PublicId id() throws GSSException {
        return store.id();
    }

    @Override
    public String scope() {
        return store.scope();
    }

    @Override
    public Instant now() throws GSSException {
        return store.now();
    }

    @Override
    public Instant since() throws GSSException {
        return store.since();
    }

    @Override
    public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
        asked.incrementAndGet();
        switch (mood) {
            case UNUSABLE -> throw TransferFault.CLAIMS_UNUSABLE.exception("out of order");
            case DOWN -> throw TransferFault.CLAIM_UNKNOWN.exception("nobody answers");
            case LOSES_THE_ANSWER, LOSES_THE_ANSWER_LATE -> {
                boolean waits = mood == Mood.LOSES_THE_ANSWER_LATE;
                store.claim(id, claimant, keepUntil);
                mood = Mood.DOWN;
                if (waits) {
                    await();
                }
                throw TransferFault.CLAIM_UNKNOWN.exception("the answer is lost");
            }
            default -> {
                return store.claim(id, claimant, keepUntil);
            }
        }
    }

    private void await() {
        try {
            late.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
