package dev.gssbaton.testkit;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A key for each purpose, drawn when it is first used. */
final class MemoryKeys implements KeySource {
    private final Map<String, SealingKey> byPurpose = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    @Override
    public SealingKey exportKey(String purpose) {
        return byPurpose.computeIfAbsent(purpose, none -> draw());
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) {
        return Optional.ofNullable(byPurpose.get(purpose))
                .filter(key -> key.id().equals(id));
    }

    @Override
    public String describe() {
        return "keys of this test";
    }

    private SealingKey draw() {
        byte[] octets = new byte[SealingKey.SIZE];
        random.nextBytes(octets);
        return new SealingKey(PublicId.draw(random), SecretBytes.take(octets));
    }
}
