package dev.gssbaton.handoff;

import java.util.List;

/**
 * The process at the other end of a UNIX-domain socket, as the kernel knows it: the one that connected, or that listens.
 *
 * <p>Account and process number are what they were when the socket was connected, or began to listen. Process group and ancestors
 * are looked up by that number right after; a process that has ended by then, or cannot be looked at, has neither.
 *
 * @param pid the process number; 0 if it is of another PID namespace
 * @param uid the number of its account
 * @param gid the number of its account's group
 * @param processGroup the number of its process group; 0 if it is not known
 * @param ancestors its parent, its parent's parent, and so on; empty if they are not known
 */
public record Peer(long pid, long uid, long gid, long processGroup, List<Long> ancestors) {
    /**
     * Copies the list.
     *
     * @param pid the process number
     * @param uid the number of its account
     * @param gid the number of its account's group
     * @param processGroup the number of its process group
     * @param ancestors its ancestors, copied
     */
    public Peer {
        ancestors = List.copyOf(ancestors);
    }
}
