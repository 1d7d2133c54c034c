package dev.gssbaton;

import dev.gssbaton.spi.ContextFlag;
import java.util.EnumSet;
import java.util.Set;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;

/** What the application asks of a context before it is started. Guarded by the context's locks. */
final class ContextRequest {
    private final EnumSet<ContextFlag> flags = EnumSet.of(
            ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF, ContextFlag.INTEG);
    private int lifetime = GSSContext.INDEFINITE_LIFETIME;
    private ChannelBinding channelBinding;

    void set(ContextFlag flag, boolean wanted) {
        if (wanted) {
            flags.add(flag);
        } else {
            flags.remove(flag);
        }
    }

    boolean asks(ContextFlag flag) {
        return flags.contains(flag);
    }

    Set<ContextFlag> flags() {
        return flags;
    }

    void lifetime(int seconds) {
        lifetime = seconds;
    }

    int lifetime() {
        return lifetime;
    }

    void channelBinding(ChannelBinding binding) {
        channelBinding = binding;
    }

    ChannelBinding channelBinding() {
        return channelBinding;
    }
}
