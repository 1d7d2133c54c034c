/**
 * Worker processes, and how the dispatcher gives them contexts.
 *
 * <p>A worker listens on a UNIX-domain socket in a folder that its account alone can enter. On each connection comes one
 * offer, which is a token, and goes one reply; a worker that has taken the context then finds the client's octets on the
 * same connection. The sockets are private to one run of one version of this command.
 */
package dev.gssbaton.cli.worker;
