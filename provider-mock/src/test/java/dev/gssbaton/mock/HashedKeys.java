package dev.gssbaton.mock;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Keys that are hashes of a text and the purpose: for tests, so that it is known what each of them is. */
final class HashedKeys implements KeySource {
    private final String material;

    HashedKeys(String material) {
        this.material = material;
    }

    static SealingKey key(String material, String purpose) {
        return new SealingKey(
                PublicId.of(hash("id", material, purpose)), SecretBytes.take(hash("key", material, purpose)));
    }

    private static byte[] hash(String... parts) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SealingKey exportKey(String purpose) {
        return key(material, purpose);
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) {
        return Optional.of(key(material, purpose)).filter(key -> key.id().equals(id));
    }

    @Override
    public String describe() {
        return "keys of a test";
    }
}
