/**
 * The security provider {@code Baton}: through it, code that knows {@link java.security.Security} alone finds the exporters
 * of contexts that are on the path.
 */
package dev.gssbaton.jgss;
