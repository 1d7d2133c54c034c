package dev.gssbaton.mock;

import dev.gssbaton.seal.RecipientKeys;
import dev.gssbaton.seal.SessionKeyPair;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.testkit.KeySourceContract;
import dev.gssbaton.testkit.KeySourceFixture;
import java.security.SecureRandom;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/** A session's two ends, of which one exports and the other imports, are one source of keys. */
class RecipientKeysContractTest extends KeySourceContract {
    private final SecureRandom random = new SecureRandom();

    @Override
    protected KeySourceFixture fixture() throws GSSException {
        Session session = session();
        return new KeySourceFixture(session, new Session(session.taker(), session.taker()), session());
    }

    private Session session() throws GSSException {
        SessionKeyPair one = SessionKeyPair.draw(random);
        SessionKeyPair two = SessionKeyPair.draw(random);
        RecipientKeys sender = one.encapsulate(two.publicKey());
        return new Session(sender, two.decapsulate(one.publicKey(), sender.message()));
    }

    /**
     * A session in one direction.
     *
     * @param giver the end that exports
     * @param taker the end that imports
     */
    private record Session(RecipientKeys giver, RecipientKeys taker) implements KeySource {
        @Override
        public SealingKey exportKey(String purpose) throws GSSException {
            return giver.exportKey(purpose);
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
            return taker.importKey(id, purpose);
        }

        @Override
        public String describe() {
            return giver.describe();
        }

        @Override
        public String toString() {
            return describe();
        }
    }
}
