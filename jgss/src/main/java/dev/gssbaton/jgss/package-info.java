/**
 * The security provider {@code Baton}: through it, code that knows {@link org.ietf.jgss.GSSManager} or
 * {@link java.security.Security} alone uses Baton's mechanisms and finds the exporters of contexts that are on the path.
 *
 * <p>Here alone the JDK's classes that it exports to nobody are named. {@code Adapted…} classes stand between its front end and
 * Baton's own; {@code GssMechanisms} sees to it that they are loaded only where they can be.
 */
package dev.gssbaton.jgss;
