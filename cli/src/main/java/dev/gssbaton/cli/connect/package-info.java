/**
 * {@code baton connect}: an initiator whose context moves to another process, with its connection, in the middle of the
 * conversation.
 */
package dev.gssbaton.cli.connect;
