package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.util.Objects;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A context that was read from a token and checked, and can do nothing yet. Its owner {@linkplain #claim claims} the token, tells the
 * exporter, and then makes the context {@linkplain #live live}. Until then it may {@linkplain #renounce give it back}, or close it.
 *
 * <p>Safe for use by several threads.
 */
public final class PreparedContext implements AutoCloseable {
    private enum Phase {
        PREPARED,
        CLAIMED,
        LIVE,
        ERASED
    }

    private final BatonManager manager;
    private final Transfer.Taken read;
    private final TokenClaim claim;
    private Phase phase = Phase.PREPARED;

    PreparedContext(BatonManager manager, Transfer.Taken read, TokenClaim claim) {
        this.manager = manager;
        this.read = read;
        this.claim = claim;
    }

    /**
     * Gives the token's identity.
     *
     * @return the identity, no secret
     */
    public ClaimId id() {
        return claim.id();
    }

    /**
     * Gives the mechanism.
     *
     * @return its object identifier
     */
    public Oid mechanism() {
        return read.facts().mechanism();
    }

    /**
     * Gives the initiator's name, by which the receiver may decide.
     *
     * @return the name, or null
     */
    public GSSName sourceName() {
        return read.facts().sourceName();
    }

    /**
     * Gives the acceptor's name, by which the receiver may decide.
     *
     * @return the name, or null
     */
    public GSSName targetName() {
        return read.facts().targetName();
    }

    /**
     * Claims the token: from here on this process owns the context. Nothing of it is live yet.
     *
     * @throws GSSException {@code NO_CONTEXT} if another claimant has it or its time is over, and then it is erased;
     *     {@link TransferFault#CLAIM_UNKNOWN} or {@link TransferFault#CLAIMS_UNUSABLE}, and then it may be claimed again
     * @throws IllegalStateException if it is closed or live
     */
    public synchronized void claim() throws GSSException {
        if (phase == Phase.CLAIMED) {
            return;
        }
        require(Phase.PREPARED);
        try {
            if (manager.environment().clock().instant().isAfter(claim.last())) {
                throw TransferFault.TOKEN_EXPIRED.exception(
                        "token " + id() + " could be imported until " + claim.last());
            }
            claim.take();
            phase = Phase.CLAIMED;
        } catch (GSSException e) {
            TransferLog.refused("import", id(), e);
            if (!mayClaimAgain(e)) {
                erase();
            }
            throw e;
        }
    }

    private static boolean mayClaimAgain(GSSException e) {
        return TransferFault.of(e)
                .filter(fault -> fault == TransferFault.CLAIM_UNKNOWN || fault == TransferFault.CLAIMS_UNUSABLE)
                .isPresent();
    }

    /**
     * Makes the claimed context live. From here on it cannot be given back.
     *
     * @return the context, the caller's
     * @throws IllegalStateException if it is not claimed, or was made live or closed before
     */
    public synchronized BatonContext live() {
        require(Phase.CLAIMED);
        phase = Phase.LIVE;
        TransferLog.imported(id(), mechanism(), manager.environment().claims().scope());
        return BatonContext.imported(manager, read);
    }

    /**
     * Erases the context, claimed or not, and gives what the exporter needs to have it back: see {@link Offer#renounced}.
     *
     * @return the name in which the token was claimed, or was to be; no secret, and for the exporter alone
     * @throws IllegalStateException if the context is live: it may have sent messages
     */
    public synchronized PublicId renounce() {
        if (phase == Phase.LIVE) {
            throw new IllegalStateException(
                    "the context is live here, and may have sent messages: it is not given back");
        }
        erase();
        return claim.claimant();
    }

    /** Erases the context, unless it is live. A token that was claimed is spent then. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (phase != Phase.LIVE) {
            erase();
        }
    }

    private void erase() {
        if (phase != Phase.ERASED) {
            phase = Phase.ERASED;
            read.context().erase();
        }
    }

    private void require(Phase needed) {
        if (phase != needed) {
            throw new IllegalStateException("the context of token " + id() + " is " + phase + ", not " + needed);
        }
    }

    /**
     * Names the token.
     *
     * @return a text without secrets
     */
    @Override
    public String toString() {
        return "PreparedContext[" + Objects.toString(id()) + "]";
    }
}
