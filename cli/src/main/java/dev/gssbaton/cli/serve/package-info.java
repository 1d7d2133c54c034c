/** {@code baton serve}: the gss-sample protocol, answered by workers. */
package dev.gssbaton.cli.serve;
