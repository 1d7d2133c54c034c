/**
 * The sealed interprocess token, and the keys that seal it.
 *
 * <p>A token is a fixed header in clear and a context's state under authenticated encryption; the header is
 * authenticated with it, and nothing of the state is parsed before that. Who may import a token is who holds the key, so
 * the choice of a {@link dev.gssbaton.spi.KeySource} is the policy on processes. {@link dev.gssbaton.seal.AccountKeys}, the
 * default, lets any process of one account on this host import; {@link dev.gssbaton.seal.InheritedKeys} let the children of a
 * process; {@link dev.gssbaton.seal.RecipientKeys} let the one process at the other end of a connection. The format is described to the octet in
 * {@code docs/token-format.md}.
 */
package dev.gssbaton.seal;
