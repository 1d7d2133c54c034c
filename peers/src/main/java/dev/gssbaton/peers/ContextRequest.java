package dev.gssbaton.peers;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a peer's initiator asks of a context.
 *
 * @param flags the request flags; those not named are switched off
 * @param lifetime the lifetime in seconds, 0 for the mechanism's default
 * @param bindings the application data of the channel bindings, empty for none
 */
public record ContextRequest(Set<Flag> flags, int lifetime, String bindings) {
    /** RFC 2743 section 1.2.1 to 1.2.9. */
    public enum Flag {
        /** The acceptor proves who it is. */
        MUTUAL,
        /** Replayed messages are detected. */
        REPLAY,
        /** Messages out of order are detected. */
        SEQUENCE,
        /** Messages may be encrypted. */
        CONFIDENTIALITY,
        /** Messages may be protected against change. */
        INTEGRITY,
        /** The initiator's credential is handed to the acceptor. */
        DELEGATION
    }

    /** Copies the flags. */
    public ContextRequest {
        flags = Set.copyOf(flags);
    }

    /** Returns a request for these flags, the default lifetime and no channel bindings. */
    public static ContextRequest of(Flag... flags) {
        return new ContextRequest(Set.of(flags), 0, "");
    }

    /** Returns a request for all flags but delegation. */
    public static ContextRequest full() {
        return of(Flag.MUTUAL, Flag.REPLAY, Flag.SEQUENCE, Flag.CONFIDENTIALITY, Flag.INTEGRITY);
    }

    /** Returns this request with another lifetime in seconds. */
    public ContextRequest withLifetime(int seconds) {
        return new ContextRequest(flags, seconds, bindings);
    }

    /** Returns this request with the application data of channel bindings. */
    public ContextRequest withBindings(String applicationData) {
        return new ContextRequest(flags, lifetime, applicationData);
    }

    /** Returns the names of the flags for {@link #flags(String)}. */
    static String names(Set<Flag> flags) {
        return flags.stream().map(Flag::name).collect(Collectors.joining(" "));
    }

    static Set<Flag> flags(String names) {
        return names.isEmpty()
                ? Set.of()
                : Arrays.stream(names.split(" ")).map(Flag::valueOf).collect(Collectors.toSet());
    }
}
