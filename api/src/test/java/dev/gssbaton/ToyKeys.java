package dev.gssbaton;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Optional;

/** One key, whatever the purpose. */
final class ToyKeys implements KeySource {
    private final SealingKey key;

    ToyKeys() {
        SecureRandom random = new SecureRandom();
        byte[] octets = new byte[SealingKey.SIZE];
        random.nextBytes(octets);
        key = new SealingKey(PublicId.draw(random), SecretBytes.take(octets));
    }

    @Override
    public SealingKey exportKey(String purpose) {
        return key;
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) {
        return Optional.of(key).filter(held -> held.id().equals(id));
    }

    @Override
    public String describe() {
        return "a toy's key";
    }
}
