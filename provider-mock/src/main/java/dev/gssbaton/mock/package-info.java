/**
 * The smallest complete mechanism, to be read first and copied: both sides hold one secret. It is for tests and
 * examples, not for production: it has no channel bindings and nobody has examined its exchange.
 *
 * <p>{@code MockMechanism} makes contexts, {@code MockContext} establishes and protects messages, and
 * {@code MockContextExporter} turns what was established into octets and back.
 */
package dev.gssbaton.mock;
