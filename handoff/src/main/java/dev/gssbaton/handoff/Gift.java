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

    private final Parcel parcel;
    private final Offer offer;
    private final int number;
    private final CompletableFuture<Frame> answer = new CompletableFuture<>();
    private final long begun = System.nanoTime();
    private volatile String reason;

    Gift(Parcel parcel, Offer offer, int number) {
        this.parcel = parcel;
        this.offer = offer;
        this.number = number;
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
     * Says why the receiver does not have it.
     *
     * @return a text without secrets; empty if it has been given
     */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    int number() {
        return number;
    }

    /** The peer says what became of it. */
    void answered(Frame frame) {
        answer.complete(frame);
    }

    /** Nothing more will be heard of it. */
    void cut(IOException why) {
        answer.completeExceptionally(why);
    }

    /** Waits for the answer, and settles who has the context. */
    void await(Duration limit) throws IOException {
        Frame heard = null;
        try {
            long left = limit.toNanos() - (System.nanoTime() - begun);
            heard = answer.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            reason = "no answer within " + limit;
        } catch (ExecutionException e) {
            reason = e.getCause().getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "the thread that waited was interrupted";
        }
        settle(heard, limit);
    }

    /**
     * Settles who has the context, if that could not be done before.
     *
     * @param limit how long to ask the claim store, which is asked once at least
     * @return who has it now
     * @throws IOException if the socket of a context that was given could not be closed
     */
    public Offer.State settle(Duration limit) throws IOException {
        Frame heard = answer.isDone() && !answer.isCompletedExceptionally() ? answer.join() : null;
        return settle(heard, limit);
    }

    private synchronized Offer.State settle(Frame heard, Duration limit) throws IOException {
        if (offer.state() != Offer.State.OPEN) {
            return offer.state();
        }
        long begin = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (!settleOnce(heard) && System.nanoTime() - begin < limit.toNanos()) {
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
        switch (offer.state()) {
            case GIVEN -> {
                reason = null;
                release();
                HandoffLog.debug("token {0}: given", id());
            }
            case KEPT -> HandoffLog.warn("token {0}: not given, and kept: {1}", id(), reason);
            case OPEN ->
                HandoffLog.warn("token {0}: frozen, since it could not be settled who has it: {1}", id(), reason);
        }
        return offer.state();
    }

    private boolean settleOnce(Frame heard) throws IOException {
        try {
            if (heard == null) {
                offer.rescue();
            } else {
                switch (heard.type()) {
                    case TAKEN -> offer.taken();
                    case RENOUNCED -> {
                        reason = "the receiver gave it back: " + heard.reason();
                        offer.renounced(heard.claimant());
                    }
                    default -> {
                        reason = "the receiver declined: " + heard.reason();
                        offer.rescue();
                    }
                }
            }
            return true;
        } catch (GSSException e) {
            reason = (reason == null ? "" : reason + "; ") + e.getMessage();
            return false;
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
