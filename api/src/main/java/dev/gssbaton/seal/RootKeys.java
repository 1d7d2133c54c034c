package dev.gssbaton.seal;

import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;

/**
 * The keys of an account or of a process tree, one of them the primary one. Changed by one thread, before others see it.
 */
final class RootKeys implements AutoCloseable {
    /** Length of a key in octets. */
    static final int KEY_SIZE = 32;

    private final List<RootKey> keys = new ArrayList<>();
    private RootKey primary;

    /** Gives the keys in the order in which they were made. */
    List<RootKey> all() {
        return Collections.unmodifiableList(keys);
    }

    Optional<RootKey> primary() {
        return Optional.ofNullable(primary);
    }

    boolean isPrimary(RootKey key) {
        return key == primary;
    }

    /** Finds the sealing key for a purpose that has an identifier. */
    Optional<SealingKey> find(PublicId headerKeyId, String purpose) {
        // By index: this is asked for each import.
        for (int i = 0; i < keys.size(); i++) {
            Optional<SealingKey> derived = keys.get(i).sealingKey(purpose);
            if (derived.isPresent() && derived.get().id().equals(headerKeyId)) {
                return derived;
            }
        }
        return Optional.empty();
    }

    Optional<RootKey> find(PublicId id) {
        return keys.stream().filter(key -> key.id().equals(id)).findAny();
    }

    /**
     * Adds a key, owned by this object from now on.
     *
     * @throws IllegalArgumentException if its identifier is taken, or there are too many
     */
    void append(RootKey key) {
        if (find(key.id()).isPresent() || keys.size() == KeyFile.MAX_KEYS) {
            throw new IllegalArgumentException("no room for key " + key.id());
        }
        keys.add(key);
    }

    /** Makes one of these keys the primary one, whichever was so before. */
    void makePrimary(RootKey key) {
        primary = key;
    }

    /** Removes a key and erases it. */
    void drop(RootKey key) {
        keys.remove(key);
        key.close();
    }

    /**
     * Takes over from older keys: a key that stays is the same object as before, so that what was derived from it lasts,
     * and one that is here no more is erased.
     *
     * @param older the keys so far, not to be used any more
     */
    void replace(RootKeys older) {
        for (RootKey old : older.keys) {
            Optional<RootKey> same = find(old.id()).filter(old::isSameAs);
            if (same.isEmpty()) {
                old.close();
            } else {
                stay(old, same.get());
            }
        }
    }

    private void stay(RootKey old, RootKey copy) {
        for (ListIterator<RootKey> each = keys.listIterator(); each.hasNext(); ) {
            if (each.next() == copy) {
                each.set(old);
            }
        }
        if (primary == copy) {
            primary = old;
        }
        copy.close();
    }

    /** Erases all keys. */
    @Override
    public void close() {
        keys.forEach(RootKey::close);
    }
}
