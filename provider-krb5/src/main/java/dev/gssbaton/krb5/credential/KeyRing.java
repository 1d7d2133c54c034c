package dev.gssbaton.krb5.credential;

import java.util.List;

/**
 * Keys that were read together. Who uses them holds the ring open; the keys are erased when the last user has closed it,
 * so that a keytab may be read anew while tickets are opened with the keys before.
 */
final class KeyRing implements AutoCloseable {
    private final List<LongTermKey> keys;
    private int users = 1;

    /** Makes a ring with one user, who closes it; the keys are the ring's from now on. */
    KeyRing(List<LongTermKey> keys) {
        this.keys = List.copyOf(keys);
    }

    List<LongTermKey> keys() {
        return keys;
    }

    /** Adds a user, who closes the ring too. Only a user may do so. */
    synchronized KeyRing share() {
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        if (--users == 0) {
            keys.forEach(LongTermKey::close);
        }
    }
}
