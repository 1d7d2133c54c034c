package dev.gssbaton.handoff;

import java.io.IOException;
import java.util.Optional;

/**
 * Decides whether a process may be given contexts, and may give them. Each end asks its own policy of the other, before anything is
 * sent.
 *
 * <p>Accounts are the boundary: the kernel vouches for them. Processes of one account can read each other's memory and key files,
 * so that a process group or being a child keeps mistakes out, not attackers.
 */
@FunctionalInterface
public interface PeerPolicy {
    /**
     * Decides.
     *
     * @param peer the process
     * @return why it is not allowed, for this process's log alone: the peer is told nothing but that; empty if it is allowed
     * @throws IOException if that cannot be found out, and then it is not allowed
     */
    Optional<String> refusal(Peer peer) throws IOException;

    /**
     * Allows any process of this process's account.
     *
     * @return the policy
     */
    static PeerPolicy sameAccount() {
        return peer -> {
            long self = ProcessStatus.self().uid();
            return allowIf(peer.uid() == self, "account " + peer.uid() + " is not this process's, " + self);
        };
    }

    /**
     * Allows processes of one account.
     *
     * @param uid the account's number
     * @return the policy
     */
    static PeerPolicy account(long uid) {
        return peer -> allowIf(peer.uid() == uid, "account " + peer.uid() + " is not the one that is allowed, " + uid);
    }

    /**
     * Allows processes of this process's account and process group.
     *
     * @return the policy
     */
    static PeerPolicy sameProcessGroup() {
        return sameAccount().and(peer -> {
            long self = ProcessStatus.self().processGroup();
            return allowIf(
                    self != 0 && peer.processGroup() == self,
                    "process group " + peer.processGroup() + " is not this process's, " + self);
        });
    }

    /**
     * Allows the children of this process, their children, and so on, whatever their account.
     *
     * @return the policy
     */
    static PeerPolicy ownChildren() {
        return peer -> {
            long self = ProcessStatus.self().pid();
            return allowIf(peer.ancestors().contains(self), "process " + peer.pid() + " is no child of this one");
        };
    }

    /**
     * Allows the parent of this process, whatever its account: what a child asks of its parent.
     *
     * @return the policy
     */
    static PeerPolicy ownParent() {
        return peer -> {
            long parent = ProcessStatus.self().parent();
            return allowIf(peer.pid() == parent, "process " + peer.pid() + " is not this one's parent, " + parent);
        };
    }

    /**
     * Allows what this policy and another allow.
     *
     * @param other the other
     * @return the policy
     */
    default PeerPolicy and(PeerPolicy other) {
        return peer -> {
            Optional<String> refusal = refusal(peer);
            return refusal.isPresent() ? refusal : other.refusal(peer);
        };
    }

    private static Optional<String> allowIf(boolean allowed, String otherwise) {
        return allowed ? Optional.empty() : Optional.of(otherwise);
    }
}
