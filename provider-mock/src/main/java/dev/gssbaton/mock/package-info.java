/**
 * The smallest complete mechanism, to be read first and copied: both sides hold one secret. It is for tests and
 * examples, not for production: it has no channel bindings and nobody has examined its exchange.
 */
package dev.gssbaton.mock;
