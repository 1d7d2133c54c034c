package dev.gssbaton.seal;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keys that a test gives and takes away. */
final class HeldKeys implements KeySource {
    private final Map<PublicId, SealingKey> keys = new LinkedHashMap<>();
    private SealingKey primary;

    /** Adds a key of 32 equal octets and makes it the primary one. */
    HeldKeys with(int octet) {
        byte[] octets = new byte[SealingKey.SIZE];
        Arrays.fill(octets, (byte) octet);
        primary = new SealingKey(new PublicId(octet, octet), SecretBytes.take(octets));
        keys.put(primary.id(), primary);
        return this;
    }

    synchronized void drop(PublicId id) {
        keys.remove(id).close();
    }

    @Override
    public synchronized SealingKey exportKey(String purpose) {
        return primary;
    }

    @Override
    public synchronized Optional<SealingKey> importKey(PublicId id, String purpose) {
        return Optional.ofNullable(keys.get(id));
    }

    @Override
    public String describe() {
        return "keys of a test";
    }
}
