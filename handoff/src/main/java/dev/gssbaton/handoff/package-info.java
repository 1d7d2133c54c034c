/**
 * Hands established contexts from one process of a host to another, together with what a conversation is made of: the socket, octets
 * that were read and not processed, octets that were produced and not written, and a note of the application's.
 *
 * <p>A {@link dev.gssbaton.handoff.HandoffListener} waits on a UNIX-domain socket, a {@link dev.gssbaton.handoff.HandoffChannel}
 * connects to it; over it either end gives and the other takes. Each checks the other's credentials, as the kernel knows them,
 * before anything is sent. What goes over it is sealed, and the descriptor of the socket is bound to its token.
 *
 * <p>Linux, with junixsocket's native library for the passing of descriptors.
 */
package dev.gssbaton.handoff;
