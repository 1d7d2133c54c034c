package dev.gssbaton.mock;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/** A source that does as another one does, where a subclass does not do otherwise. */
class ForwardingKeys implements KeySource {
    final KeySource inner;

    ForwardingKeys(KeySource inner) {
        this.inner = inner;
    }

    @Override
    public SealingKey exportKey(String purpose) throws GSSException {
        return inner.exportKey(purpose);
    }

    @Override
    public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
        return inner.importKey(id, purpose);
    }

    @Override
    public String describe() {
        return inner.describe();
    }
}
