/**
 * Worker processes, and how the dispatcher gives them contexts.
 *
 * <p>A worker takes hand-overs at a UNIX-domain socket in a folder that its account alone can enter: a context, its client's
 * socket, and what was read from that and not processed. It serves all its clients in one thread and never waits for one, so
 * that any of them can be handed over again. On its standard output it tells its parent which sessions it has. The sockets are
 * private to one run of this command, and to the next that takes over from it.
 */
package dev.gssbaton.cli.worker;
