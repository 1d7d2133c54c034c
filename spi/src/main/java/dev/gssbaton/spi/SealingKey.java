package dev.gssbaton.spi;

import java.util.Objects;

/**
 * A key that seals interprocess tokens, with the public identifier by which a token names it.
 *
 * <p>It belongs to the {@link KeySource} that gave it out, which closes it when the key is dropped; who is given one
 * does not close it.
 */
public final class SealingKey implements AutoCloseable {
    /** Length of the key in octets. */
    public static final int SIZE = 32;

    private final PublicId id;
    private final SecretBytes key;

    /**
     * Makes a sealing key.
     *
     * @param id by what a token names it; never computed from the key
     * @param key 32 octets, owned by this object from now on
     * @throws IllegalArgumentException if the key has another length
     */
    public SealingKey(PublicId id, SecretBytes key) {
        this.id = Objects.requireNonNull(id, "id");
        if (key.length() != SIZE) {
            throw new IllegalArgumentException("a sealing key has " + SIZE + " octets, not " + key.length());
        }
        this.key = key;
    }

    /**
     * Gives the identifier that stands in a token's header.
     *
     * @return the identifier
     */
    public PublicId id() {
        return id;
    }

    /**
     * Gives the key.
     *
     * @return the holder, which stays this object's
     */
    public SecretBytes key() {
        return key;
    }

    /** Erases the key. */
    @Override
    public void close() {
        key.close();
    }

    /**
     * Names the identifier, never the key.
     *
     * @return a text without the secret
     */
    @Override
    public String toString() {
        return "SealingKey[" + id + "]";
    }
}
