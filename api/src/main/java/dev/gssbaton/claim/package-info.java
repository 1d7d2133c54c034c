/**
 * Stores of claims: what makes a token, or an authenticator, good for one taker and no other.
 *
 * <p>{@link dev.gssbaton.claim.ProcessClaims} serves one process, {@link dev.gssbaton.claim.HostClaims} all processes of
 * an account on one running kernel. Each store has an identity that stands in every token exported with it, so that two
 * stores never give away one token twice.
 */
package dev.gssbaton.claim;
