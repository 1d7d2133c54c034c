package dev.gssbaton.spi;

import java.time.Instant;
import org.ietf.jgss.GSSException;

/**
 * Remembers what has been taken, so that one claimant and no other gets it: the commit point of an import, and the
 * replay cache of an acceptor.
 *
 * <p>A store has an identity and a scope. A token carries the identity of its exporter's store, and is refused by an
 * importer whose store has another: so two stores never give away one token twice. Claims bind the processes that use
 * the store; they cannot bind who holds a key and goes around it.
 *
 * <p>Implementations are safe for use by several threads, and by as many processes as the scope says.
 */
public interface ClaimStore {
    /**
     * Gives the store's identity: equal in two processes if and only if a claim in one is seen by the other.
     *
     * @return the identity
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE} if the store cannot be used, saying what to do;
     *     {@link TransferFault#CLAIM_UNKNOWN} if it cannot be reached, so that it may be asked again
     */
    PublicId id() throws GSSException;

    /**
     * Names the processes that share the store, for messages: {@code this process}, {@code this host}.
     *
     * @return a few words
     */
    String scope();

    /**
     * Reads the clock by which the store keeps and forgets. Clocks are set, ahead and back: so the time that is given is never
     * before the end of a claim that the store has forgotten by then.
     *
     * @return the store's time
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE} if the clock cannot be read; {@link TransferFault#CLAIM_UNKNOWN}
     *     as {@link #id}
     */
    Instant now() throws GSSException;

    /**
     * Says since when the store has remembered. What may have been claimed before that is unknown to it.
     *
     * <p>Where the clock was set since, an earlier time may be told than it was, or a later one; of two that may be right, the
     * later.
     *
     * @return the store's time when it began empty
     * @throws GSSException {@link TransferFault#CLAIMS_UNUSABLE} if the store cannot be used; {@link TransferFault#CLAIM_UNKNOWN}
     *     as {@link #id}
     */
    Instant since() throws GSSException;

    /**
     * Takes something, if nobody else has.
     *
     * <p>A claim that returned has been recorded: whoever comes later, in whatever process of the scope, is
     * {@link ClaimOutcome#LOST}. The same claimant may ask again and gets the same answer, so that an attempt whose
     * answer was lost can be repeated.
     *
     * <p>A record is kept until its time has come, by the store's own clock. After that it may be swept, and a swept
     * claim is a free claim: a claimant reads {@link #now} again after it won, and gives up what is past its time. However
     * clocks are set meanwhile, what was won because it had been swept is then past. A store
     * that was removed and made anew has forgotten everything, and has another identity: a claimant reads {@link #id}, or
     * {@link #since}, again, too.
     *
     * @param id what is taken
     * @param claimant one nonce for this claimant and this attempt, the same when it is repeated
     * @param keepUntil until when the record must be kept
     * @return whether this claimant has it
     * @throws GSSException {@link TransferFault#CLAIM_UNKNOWN} if it cannot be settled who has it;
     *     {@link TransferFault#CLAIMS_UNUSABLE} if the store cannot be used and nothing was claimed
     */
    ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException;
}
