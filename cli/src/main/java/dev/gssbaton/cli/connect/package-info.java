/**
 * {@code baton connect}: an initiator whose context moves to another process in the middle of the conversation.
 *
 * <p>The connection stays in the first process, which relays it: see {@link dev.gssbaton.cli.dispatch.Relay}.
 */
package dev.gssbaton.cli.connect;
