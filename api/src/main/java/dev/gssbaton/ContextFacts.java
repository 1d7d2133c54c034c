package dev.gssbaton;

import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.MechanismContext;
import java.time.Instant;
import java.util.Set;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * What a mechanism's context tells of itself, read once after each step, so that the application can ask without a lock
 * and without waiting for a message that is under way.
 *
 * @param initiator whether this side is the initiator
 * @param mechanism the mechanism
 * @param established whether nothing is left to exchange
 * @param protectionReady whether messages can be protected
 * @param flags the services granted
 * @param sourceName the initiator's name, or null
 * @param targetName the acceptor's name, or null
 * @param expiryMillis the end in milliseconds since 1970, {@link Long#MAX_VALUE} for none
 */
record ContextFacts(
        boolean initiator,
        Oid mechanism,
        boolean established,
        boolean protectionReady,
        Set<ContextFlag> flags,
        GSSName sourceName,
        GSSName targetName,
        long expiryMillis) {

    static ContextFacts of(MechanismContext context, Oid mechanism) {
        return new ContextFacts(
                context.isInitiator(),
                mechanism,
                context.isEstablished(),
                context.isProtectionReady(),
                context.flags(),
                context.sourceName(),
                context.targetName(),
                millis(context.expiry()));
    }

    static long millis(Instant instant) {
        return instant.equals(Instant.MAX) ? Long.MAX_VALUE : instant.toEpochMilli();
    }

    boolean expired(long nowMillis) {
        return nowMillis >= expiryMillis;
    }

    /** The remaining lifetime in whole seconds, as JGSS counts it. */
    int lifetime(long nowMillis) {
        if (expiryMillis == Long.MAX_VALUE) {
            return GSSContext.INDEFINITE_LIFETIME;
        }
        return (int) Math.max(0, Math.min((expiryMillis - nowMillis) / 1000, GSSContext.INDEFINITE_LIFETIME - 1));
    }
}
