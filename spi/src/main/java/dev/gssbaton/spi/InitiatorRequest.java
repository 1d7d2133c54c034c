package dev.gssbaton.spi;

import java.util.Objects;
import java.util.Set;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSName;

/**
 * What an initiator asks of a new context.
 *
 * @param target the acceptor's name, as the application gave it: one of the mechanism's own, or else the mechanism converts
 *     it or answers {@code BAD_NAME}
 * @param credential the initiator's credential; null for the default one
 * @param lifetime the lifetime asked for, in seconds; 0 for the mechanism's default, or
 *     {@link org.ietf.jgss.GSSContext#INDEFINITE_LIFETIME}
 * @param flags the services asked for
 * @param channelBinding what the context is bound to; null for nothing
 */
public record InitiatorRequest(
        GSSName target, GSSCredential credential, int lifetime, Set<ContextFlag> flags, ChannelBinding channelBinding) {
    /**
     * Checks that there is a target, and copies the flags.
     *
     * @param target the acceptor's name
     * @param credential the initiator's credential, or null
     * @param lifetime the lifetime asked for, in seconds
     * @param flags the services asked for
     * @param channelBinding what the context is bound to, or null
     */
    public InitiatorRequest {
        Objects.requireNonNull(target, "target");
        flags = Set.copyOf(flags);
    }
}
