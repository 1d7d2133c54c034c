package dev.gssbaton.seal;

import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The keys that an importer derived last: one for each epoch of each exporter whose tokens it takes.
 *
 * <p>Only what has opened a token gets here, so that octets that anybody made up push nothing out. A derived key is erased
 * when 64 others have been used since, or when its sealing key has been dropped. Safe for use by several threads.
 */
final class DerivedKeys implements AutoCloseable {
    private static final int MAX_KEPT = 64;

    /** From the one that was not used for the longest time to the latest. */
    private final Map<Name, Derived> kept = new LinkedHashMap<>(16, 0.75f, true);

    /** The one used last, for an importer that takes from one exporter; null if it was removed. */
    private volatile Derived latest;

    private boolean closed;

    /** What a derived key is known by: the sealing key's identifier, and N1. */
    private record Name(PublicId keyId, long n1High, int n1Low) {
        static Name of(PublicId keyId, ByteBuffer nonce) {
            return new Name(keyId, nonce.getLong(0), nonce.getInt(Long.BYTES));
        }

        boolean is(PublicId otherKeyId, ByteBuffer nonce) {
            return n1High == nonce.getLong(0) && n1Low == nonce.getInt(Long.BYTES) && keyId.equals(otherKeyId);
        }
    }

    /** A derived key, with the one that it was derived from: a source may give another key the same identifier. */
    private record Derived(Name name, SealingKey from, Xaes256Gcm key) {}

    /** Finds the key that was derived from a sealing key for the N1 at the beginning of a nonce. */
    Optional<Xaes256Gcm> find(SealingKey from, byte[] nonce) {
        ByteBuffer n1 = ByteBuffer.wrap(nonce);
        Derived found = latest;
        if (found == null || !found.name.is(from.id(), n1)) {
            found = findKept(Name.of(from.id(), n1));
        }
        return found != null && found.from == from ? Optional.of(found.key) : Optional.empty();
    }

    private synchronized Derived findKept(Name name) {
        latest = kept.get(name);
        return latest;
    }

    /** Keeps a derived key, owned by this object from now on, and erases those that are not to be kept any longer. */
    synchronized void keep(SealingKey from, byte[] nonce, Xaes256Gcm key) {
        if (closed) {
            key.close();
            return;
        }
        Name name = Name.of(from.id(), ByteBuffer.wrap(nonce));
        Derived replaced = kept.put(name, new Derived(name, from, key));
        if (replaced != null) {
            replaced.key.close();
        }
        removeIf(each -> kept.size() > MAX_KEPT || each.from.key().isDestroyed());
    }

    /** Erases what was derived from a key that the source does not hold any more. */
    synchronized void drop(PublicId keyId) {
        removeIf(each -> each.name.keyId.equals(keyId));
    }

    /** Erases everything, and whatever is still brought. */
    @Override
    public synchronized void close() {
        closed = true;
        removeIf(each -> true);
    }

    private void removeIf(Predicate<Derived> condition) {
        latest = null;
        for (Iterator<Derived> oldestFirst = kept.values().iterator(); oldestFirst.hasNext(); ) {
            Derived each = oldestFirst.next();
            if (condition.test(each)) {
                oldestFirst.remove();
                each.key.close();
            }
        }
    }
}
