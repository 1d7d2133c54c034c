package dev.gssbaton.peers;

import java.util.Set;

/**
 * What a peer says of its context.
 *
 * @param flags the request flags that are in effect
 * @param protectionReady whether messages can be protected
 * @param transferable whether the context says that it can be exported
 * @param lifetime the remaining lifetime in seconds
 * @param source the initiator's name, empty while it is not known
 * @param target the acceptor's name, empty while it is not known
 */
public record ContextFacts(
        Set<ContextRequest.Flag> flags,
        boolean protectionReady,
        boolean transferable,
        int lifetime,
        String source,
        String target) {
    /** Copies the flags. */
    public ContextFacts {
        flags = Set.copyOf(flags);
    }
}
