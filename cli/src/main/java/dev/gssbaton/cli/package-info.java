/**
 * The {@code baton} command: demo, serve, connect, inspect, convert, keys.
 *
 * <p>{@code serve} and {@code demo} share one dispatcher, which establishes contexts and hands them to worker processes
 * ({@link dev.gssbaton.cli.dispatch}), and one worker ({@link dev.gssbaton.cli.worker}). They differ in what answers the
 * messages and in what the dispatcher tries with a token.
 */
package dev.gssbaton.cli;
