/**
 * The interfaces that plug into Baton, and the few types they share.
 *
 * <p>A mechanism implements {@link dev.gssbaton.spi.Mechanism}, {@link dev.gssbaton.spi.MechanismContext} and
 * {@link dev.gssbaton.spi.ContextExporter}. It only establishes, protects messages and turns its state into bytes and
 * back; the states of a context, locks, statuses, sealing, expiry and single use are the api module's, alike for every
 * mechanism. Who may import a token is decided by a {@link dev.gssbaton.spi.KeySource}, that only one importer gets it
 * by a {@link dev.gssbaton.spi.ClaimStore}.
 *
 * <p>Nothing here depends on the api module, so that a provider compiles against this module alone.
 */
package dev.gssbaton.spi;
