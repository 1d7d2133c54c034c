/** {@code baton inspect}: what a token says. */
package dev.gssbaton.cli.inspect;
