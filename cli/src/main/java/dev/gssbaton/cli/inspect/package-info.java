/** {@code baton inspect}: what a token says; {@code baton convert}: a token of one format from one of another. */
package dev.gssbaton.cli.inspect;
