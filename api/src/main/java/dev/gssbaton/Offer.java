package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.ietf.jgss.GSSException;

/**
 * A context that has been offered to another process, and is frozen until it is settled who has it. It is settled once, in one
 * of these ways, and whatever is said of it afterwards changes nothing:
 *
 * <ul>
 *   <li>{@link #taken()}: the receiver says that it has claimed the token. The context is erased here.
 *   <li>{@link #renounced}: the receiver has erased its own and gives the token back, with the name in which it claimed or was
 *       to claim. The context goes on here, if the store says that this claimant and no other has the token.
 *   <li>{@link #rescue()}: nothing is heard, and nothing will be. The exporter claims its own token. The context goes on here if it
 *       wins, and is erased if it loses. {@link #rescueIfUnclaimed()} is for the time in which something may still be heard.
 * </ul>
 *
 * <p>So a context never goes on here while somebody else has claimed it, whether or not that somebody still lives, since it may
 * have sent messages; and never without an answer of the claim store. The token is not opened for it: the frozen context was
 * kept. An offer that is older than its token's lifetime and five minutes, by the store's clock or the machine's, is given up: a
 * claim might have been forgotten by then.
 *
 * <p>Safe for use by several threads.
 */
public final class Offer {
    /** Who has the context. */
    public enum State {
        /** Not settled: it is frozen here. */
        OPEN,
        /** It goes on here; its token is spent. */
        KEPT,
        /** It is erased here: another process has it, or may have had it. */
        GIVEN
    }

    private final BatonContext context;
    private final ExportedToken token;
    private final TokenClaim claim;
    private final OfferAge age;
    private final Set<PublicId> names = new LinkedHashSet<>();
    private volatile State state = State.OPEN;

    Offer(BatonContext context, ExportedToken token, TokenClaim claim, OfferAge age) {
        this.context = context;
        this.token = token;
        this.claim = claim;
        this.age = age;
        TransferLog.handover(token.id(), "offered, and frozen here");
    }

    /**
     * Gives the token to be sent. The caller closes it when it is sent; the offer does not need it any more.
     *
     * @return the token
     */
    public ExportedToken token() {
        return token;
    }

    /**
     * Gives the token's identity.
     *
     * @return the identity, no secret
     */
    public ClaimId id() {
        return token.id();
    }

    /**
     * Says how long the token can be claimed from the offer on. Who waits longer for an answer waits in vain, and past five minutes more
     * cannot have the context back.
     *
     * @return a time by the claim store's clock
     */
    public Duration lifetime() {
        return age.lifetime(claim.last());
    }

    /**
     * Says who has the context.
     *
     * @return the state; {@link State#OPEN} until it is settled
     */
    public State state() {
        return state;
    }

    /**
     * Settles that the receiver has it, because it says so. The context is dead here, and its keys are erased.
     *
     * @return {@link State#GIVEN}, or what was settled before
     */
    public synchronized State taken() {
        if (state == State.OPEN) {
            leave("taken by the receiver, and erased here");
        }
        return state;
    }

    /**
     * Settles what becomes of it after the receiver has erased its own.
     *
     * @param claimant the name that {@link PreparedContext#renounce()} gave
     * @return {@link State#KEPT}; {@link State#GIVEN} if another claimant has the token, or the offer is too old; or what was
     *     settled before
     * @throws GSSException {@link dev.gssbaton.spi.TransferFault#CLAIM_UNKNOWN} or another fault of the store: it stays frozen,
     *     and the caller may ask again
     */
    public synchronized State renounced(PublicId claimant) throws GSSException {
        return takeBack(Objects.requireNonNull(claimant, "claimant"), "given back by the receiver", true);
    }

    /**
     * Settles what becomes of it when nothing is heard of the receiver.
     *
     * @return {@link State#KEPT}; {@link State#GIVEN} if another claimant has the token, or the offer is too old; or what was
     *     settled before
     * @throws GSSException {@link dev.gssbaton.spi.TransferFault#CLAIM_UNKNOWN} or another fault of the store: it stays frozen,
     *     and the caller may ask again
     */
    public synchronized State rescue() throws GSSException {
        return takeBack(claim.claimant(), "taken back", true);
    }

    /**
     * Settles that the context goes on here, unless somebody else has claimed the token. That one may still give it back: the context
     * stays frozen, until {@link #taken}, {@link #renounced} or {@link #rescue} settles what becomes of it.
     *
     * @return {@link State#KEPT}; {@link State#OPEN} if another claimant has the token, or the offer is too old; or what was settled
     *     before
     * @throws GSSException {@link dev.gssbaton.spi.TransferFault#CLAIM_UNKNOWN} or another fault of the store: it stays frozen,
     *     and the caller may ask again
     */
    public synchronized State rescueIfUnclaimed() throws GSSException {
        return takeBack(claim.claimant(), "taken back", false);
    }

    private State takeBack(PublicId name, String how, boolean orLeave) throws GSSException {
        if (state != State.OPEN) {
            return state;
        }
        names.add(name);
        boolean ours = false;
        try {
            // Each name that was ever asked in may be the one that is recorded: the answer to it may have been lost.
            for (PublicId asked : names) {
                ours = ours || claim.takeBack(asked, age);
            }
        } catch (GSSException e) {
            TransferLog.refused("taking back", id(), e);
            throw e;
        }
        if (!ours && orLeave) {
            leave("not to be had back, and erased here");
        } else if (ours) {
            state = context.thaw() ? State.KEPT : State.GIVEN;
            TransferLog.handover(id(), how);
        }
        return state;
    }

    private void leave(String how) {
        context.leave(id());
        state = State.GIVEN;
        TransferLog.handover(id(), how);
    }

    /**
     * Names the token and who has the context.
     *
     * @return a text without secrets
     */
    @Override
    public String toString() {
        return "Offer[" + id() + ", " + state + "]";
    }
}
