package dev.gssbaton.handoff;

import dev.gssbaton.Offer;
import dev.gssbaton.spi.ClaimId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.ietf.jgss.GSSException;
import org.newsclub.net.unix.FileDescriptorAccess;

/**
 * A context that was given, or that one tried to give. {@link #state} says who has it.
 *
 * <p>{@link Offer.State#GIVEN}: the receiver; the parcel's socket is closed here. {@link Offer.State#KEPT}: this process, which goes on
 * with the context and the socket as they were; {@link #reason} says why. {@link Offer.State#OPEN}: the claim store could not be asked, so
 * the context stays frozen and the socket open; {@link #settle} tries again.
 *
 * <p>Safe for use by several threads.
 */
public final class Gift {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** For what the peer has said already, and this process has not read. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

    private final Parcel parcel;
    private final Offer offer;
    private final int number;
    private final Consumer<Gift> settled;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final AtomicBoolean left = new AtomicBoolean();
    private final long begun = System.nanoTime();
    private volatile String reason;
    private volatile String storeSays;

    /**
     * Begins with what was frozen and is to be offered.
     *
     * @param parcel what is given
     * @param offer its offer
     * @param number the number that it is offered by
     * @param settled is told when it is settled who has the context
     */
    Gift(Parcel parcel, Offer offer, int number, Consumer<Gift> settled) {
        this.parcel = parcel;
        this.offer = offer;
        this.number = number;
        this.settled = settled;
    }

    /**
     * Gives back what was to be given.
     *
     * @return the parcel
     */
    public Parcel parcel() {
        return parcel;
    }

    /**
     * Says who has the context.
     *
     * @return the state
     */
    public Offer.State state() {
        return offer.state();
    }

    /**
     * Gives the identity of the token.
     *
     * @return the identity, as logs name it
     */
    public ClaimId id() {
        return offer.id();
    }

    /**
     * Says why the receiver does not have it, and, as long as it is not settled who has it, what the claim store said last.
     *
     * @return a text without secrets; empty if it has been given
     */
    public Optional<String> reason() {
        String store = storeSays;
        return Optional.ofNullable(reason).map(why -> store == null ? why : why + "; " + store);
    }

    Offer offer() {
        return offer;
    }

    int number() {
        return number;
    }

    /** The peer says what became of it. */
    void answered(Answer said) {
        answer.complete(said);
    }

    /** Nothing more will be heard of it. */
    void cut(IOException why) {
        answer.completeExceptionally(why);
    }

    /** Says, once, that a socket that was offered need not be counted any more. */
    boolean leaves() {
        return parcel.socket() != null && left.compareAndSet(false, true);
    }

    /** Says whether the receiver may still answer. */
    boolean isPending() {
        return !answer.isDone();
    }

    private boolean isAnswered() {
        return answer.isDone() && !answer.isCompletedExceptionally();
    }

    /**
     * Waits for the answer, and settles who has the context. One who has claimed without a word is waited for once more as long. That time
     * begins with the offer, so that of many gifts that nobody answers none waits for the others' time.
     *
     * @param wait how long to wait for the answer
     * @param limit how long to ask the claim store after that
     */
    void await(Duration wait, Duration limit) throws IOException {
        try {
            awaitAnswer(wait.toNanos() - (System.nanoTime() - begun));
            reason = "no answer within " + wait;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "the thread that waited was interrupted";
        }
        settle(limit, begun, 2 * wait.toNanos());
    }

    /** Waits until there is an answer or nothing more will be heard, or the time is over. */
    private void awaitAnswer(long nanos) throws InterruptedException {
        try {
            answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Whoever settles looks at the answer itself.
        }
    }

    /**
     * Settles who has the context, if that could not be done before. What the receiver says meanwhile counts: where the store says that
     * it has claimed, it is waited for, since it may give back.
     *
     * @param limit how long to ask the claim store, which is asked once at least, and how long to wait for a receiver that has claimed. If
     *     the thread is interrupted, the store is asked once, and what it says then counts
     * @return who has it now
     * @throws IOException if the socket of a context that was given could not be closed
     */
    public Offer.State settle(Duration limit) throws IOException {
        return settle(limit, System.nanoTime(), nanos(limit));
    }

    private synchronized Offer.State settle(Duration limit, long from, long forAWord) throws IOException {
        if (offer.state() != Offer.State.OPEN) {
            return offer.state();
        }
        // The claim store may be one of files, which an interrupted thread cannot open.
        boolean interrupted = Thread.interrupted();
        try {
            long begin = System.nanoTime();
            Duration pause = FIRST_PAUSE;
            boolean forGood = interrupted;
            Outcome outcome = settleOnce(forGood);
            while (outcome == Outcome.CLAIMED || outcome == Outcome.UNKNOWN) {
                if (outcome == Outcome.CLAIMED) {
                    // Its word may have come already, and this process may have been stopped for longer than all
                    // limits.
                    long rest = forAWord - (System.nanoTime() - from);
                    interrupted |= !listen(Math.max(SHORTEST_WAIT.toNanos(), rest));
                    forGood = true;
                } else if (interrupted || System.nanoTime() - begin >= nanos(limit)) {
                    break;
                } else {
                    interrupted = !rest(pause);
                    forGood |= interrupted;
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
                outcome = settleOnce(forGood);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        switch (offer.state()) {
            case GIVEN -> {
                reason = null;
                settled.accept(this);
                release();
                HandoffLog.debug("token {0}: given", id());
            }
            case KEPT -> {
                settled.accept(this);
                HandoffLog.warn("token {0}: not given, and kept: {1}", id(), reason);
            }
            case OPEN ->
                HandoffLog.warn(
                        "token {0}: frozen, since it could not be settled who has it: {1}", id(), reason().orElse(""));
        }
        return offer.state();
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** Waits before the store is asked again; what the receiver says is worth asking for at once. Says whether it was left in peace. */
    private boolean rest(Duration pause) {
        try {
            if (answer.isDone()) {
                Thread.sleep(pause.toMillis());
            } else {
                awaitAnswer(pause.toNanos());
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Waits for the word of one who has claimed. Says whether it was left in peace. */
    private boolean listen(long nanos) {
        try {
            awaitAnswer(nanos);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** What asking has brought. */
    private enum Outcome {
        SETTLED,
        /** Another has claimed, and may yet speak. */
        CLAIMED,
        /** The store does not answer. */
        UNKNOWN
    }

    /** Settles it if it can. Unless it is for good, what another has claimed stays open, if that one may yet speak. */
    private Outcome settleOnce(boolean forGood) {
        try {
            if (isAnswered()) {
                settleBy(answer.join());
            } else if (answer.isCompletedExceptionally()) {
                reason = answer.handle((none, why) -> String.valueOf(why.getMessage()))
                        .join();
                offer.rescue();
            } else if (forGood) {
                offer.rescue();
            } else if (offer.rescueIfUnclaimed() == Offer.State.OPEN) {
                storeSays = "it cannot be had back, unless another who has claimed it gives it back";
                return Outcome.CLAIMED;
            }
            storeSays = null;
            return Outcome.SETTLED;
        } catch (GSSException | RuntimeException e) {
            storeSays = e.getMessage();
            return Outcome.UNKNOWN;
        }
    }

    private void settleBy(Answer said) throws GSSException {
        switch (said.type()) {
            case TAKEN -> offer.taken();
            case RENOUNCED -> {
                reason = "the receiver gave it back: " + said.reason();
                offer.renounced(said.claimant());
            }
            default -> {
                reason = "the receiver declined: " + said.reason();
                offer.rescue();
            }
        }
    }

    /** Closes this process's copy of a socket that another has, without a word to the client. */
    private void release() throws IOException {
        if (parcel.socket() instanceof FileDescriptorAccess ours) {
            // The channel would shut the connection down before it closes its descriptor.
            PassedSocket.close(ours.getFileDescriptor());
        }
        if (parcel.socket() != null) {
            parcel.socket().close();
        }
    }

    /**
     * Names the token and who has the context.
     *
     * @return a text without secrets
     */
    @Override
    public String toString() {
        return "Gift[" + offer + "]";
    }
}
