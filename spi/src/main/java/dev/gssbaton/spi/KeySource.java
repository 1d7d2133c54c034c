package dev.gssbaton.spi;

import java.util.Optional;
import org.ietf.jgss.GSSException;

/**
 * Gives out the keys that seal interprocess tokens. Who holds a key may import what it sealed, so the choice of a source
 * is the policy on processes that
 * <a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.2.8">RFC 2743 section 2.2.8</a> asks for.
 *
 * <p>A <em>purpose</em> is the application's own text. It is part of each derivation, and so of each identifier: two
 * applications that share a source do not take each other's contexts. Whatever a source derives from, the same purpose
 * gives the same key and identifier in every process that holds the same material.
 *
 * <p>Implementations are safe for use by several threads. Both methods are on the path of every token: they answer from
 * memory, and look at a file or a service only now and then.
 */
public interface KeySource {
    /**
     * Gives the key that seals new tokens.
     *
     * @param purpose the application's purpose, not null, may be empty
     * @return the primary key; the source keeps and erases it
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if there is no key to use, saying what to do
     */
    SealingKey exportKey(String purpose) throws GSSException;

    /**
     * Finds the one key that a token names. Keys are never tried in turn.
     *
     * @param id the identifier in the token's header
     * @param purpose the application's purpose, not null, may be empty
     * @return the key, which the source keeps and erases; empty if it is not held, or is held for another purpose
     * @throws GSSException {@link TransferFault#KEYS_UNUSABLE} if the source cannot be read, saying what to do
     */
    Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException;

    /**
     * Says who may import, for messages: {@code account keys of 'alice'}. No secret, no key.
     *
     * @return a few words
     */
    String describe();
}
