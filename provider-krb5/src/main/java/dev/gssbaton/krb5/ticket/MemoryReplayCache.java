package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Octets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes each authenticator once in this process, and forgets with it: for acceptors that gave up more by name. All
 * services of the process share one. Safe for use by several threads.
 */
public final class MemoryReplayCache {
    /** This process's cache. */
    public static final MemoryReplayCache SHARED = new MemoryReplayCache();

    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(1);

    private final Map<Octets, Instant> keptUntil = new ConcurrentHashMap<>();
    private volatile Instant nextSweep = Instant.MIN;

    /** Makes an empty cache. */
    MemoryReplayCache() {}

    /**
     * Takes an authenticator, if nobody in this process has. The caller has verified it and compared its time with the
     * clock.
     *
     * @param cipher its ciphertext
     * @param time its time, with microseconds
     * @param clockSkew how far an initiator's clock may differ from ours
     * @param now the time
     * @throws KerberosException {@link ErrorCode#KRB_AP_ERR_REPEAT} if it was taken before
     */
    public void take(Octets cipher, Instant time, Duration clockSkew, Instant now) throws KerberosException {
        if (now.isAfter(nextSweep)) {
            nextSweep = now.plus(BETWEEN_SWEEPS);
            keptUntil.values().removeIf(now::isAfter);
        }
        if (keptUntil.putIfAbsent(ReplayCache.digest(cipher), ReplayCache.keepUntil(time, clockSkew)) != null) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_REPEAT, "the authenticator was used before (this process's memory): a replay");
        }
    }
}
