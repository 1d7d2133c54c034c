package dev.gssbaton.mock;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.testkit.KeySourceContract;
import dev.gssbaton.testkit.KeySourceFixture;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each rule of {@link KeySourceContract} catches the source that breaks it. */
class KeySourceContractTest {
    private static final KeySource RIGHT = new HashedKeys("material");
    private static final KeySource ANOTHER = new HashedKeys("other material");

    static final class Subject extends KeySourceContract {
        private static Supplier<KeySourceFixture> fixture;

        @Override
        protected KeySourceFixture fixture() {
            return fixture.get();
        }
    }

    @TestFactory
    List<DynamicTest> each_rule_catches_the_source_that_breaks_it() {
        return new Proof<KeySourceFixture>(Subject.class, fixture -> Subject.fixture = fixture)
                .flaw(
                        "gives another key for the identifier of its own",
                        () -> wrong(new FindsAnotherKey()),
                        "baton_export_key_is_found_by_its_id")
                .flaw(
                        "knows its identifiers whatever the purpose",
                        () -> wrong(new IgnoresThePurpose()),
                        "baton_key_is_not_found_for_another_purpose")
                .flaw(
                        "has one key under many identifiers",
                        () -> new KeySourceFixture(new HasOneKey(), new HasOneKey(), ANOTHER),
                        "baton_purposes_have_keys_of_their_own")
                .flaw(
                        "compares half of an identifier",
                        () -> wrong(new ComparesHalf()),
                        "baton_unknown_id_is_not_found")
                .flaw(
                        "takes a new key after fifty exports",
                        () -> wrong(new ChangesItsKey()),
                        "baton_key_stays_the_same")
                .flaw(
                        "is alone with its material",
                        () -> new KeySourceFixture(RIGHT, new HashedKeys("drawn anew"), ANOTHER),
                        "baton_same_material_gives_the_same_key")
                .flaw(
                        "has the material that all have",
                        () -> new KeySourceFixture(RIGHT, RIGHT, RIGHT),
                        "baton_other_material_does_not_hold_the_key")
                .flaw(
                        "makes the identifier of the key",
                        () -> new KeySourceFixture(
                                new NamesByTheKey(RIGHT), new NamesByTheKey(RIGHT), new NamesByTheKey(ANOTHER)),
                        "baton_key_is_no_constant_and_its_id_is_not_made_of_it",
                        "baton_descriptions_hold_no_key")
                .flaw("describes itself by a key", () -> wrong(new DescribesTheKey()), "baton_descriptions_hold_no_key")
                .flaw(
                        "looks, and only then draws",
                        () -> {
                            Map<String, SealingKey> drawn = new ConcurrentHashMap<>();
                            return new KeySourceFixture(new LooksThenDraws(drawn), new LooksThenDraws(drawn), ANOTHER);
                        },
                        "baton_many_threads_are_given_one_key")
                .right(() -> new KeySourceFixture(RIGHT, new HashedKeys("material"), ANOTHER));
    }

    private static KeySourceFixture wrong(KeySource source) {
        return new KeySourceFixture(source, RIGHT, ANOTHER);
    }

    private static SealingKey keyOf(String material, PublicId id) {
        return new SealingKey(id, HashedKeys.key(material, "").key().copy());
    }

    private static final class FindsAnotherKey extends ForwardingKeys {
        FindsAnotherKey() {
            super(RIGHT);
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
            return super.importKey(id, purpose).map(key -> keyOf("some other", key.id()));
        }
    }

    private static final class IgnoresThePurpose extends ForwardingKeys {
        private final Map<PublicId, SealingKey> given = new ConcurrentHashMap<>();

        IgnoresThePurpose() {
            super(RIGHT);
        }

        @Override
        public SealingKey exportKey(String purpose) throws GSSException {
            SealingKey key = super.exportKey(purpose);
            given.put(key.id(), key);
            return key;
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) {
            return Optional.ofNullable(given.get(id));
        }
    }

    private static final class HasOneKey extends ForwardingKeys {
        HasOneKey() {
            super(RIGHT);
        }

        @Override
        public SealingKey exportKey(String purpose) throws GSSException {
            return keyOf("the one", super.exportKey(purpose).id());
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
            return super.importKey(id, purpose).map(key -> keyOf("the one", key.id()));
        }
    }

    private static final class ComparesHalf extends ForwardingKeys {
        ComparesHalf() {
            super(RIGHT);
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
            SealingKey own = super.exportKey(purpose);
            return own.id().high() == id.high() ? Optional.of(own) : Optional.empty();
        }
    }

    private static final class ChangesItsKey extends ForwardingKeys {
        private final AtomicInteger exports = new AtomicInteger();

        ChangesItsKey() {
            super(RIGHT);
        }

        @Override
        public SealingKey exportKey(String purpose) throws GSSException {
            return exports.incrementAndGet() > 50 ? ANOTHER.exportKey(purpose) : super.exportKey(purpose);
        }
    }

    private static final class NamesByTheKey extends ForwardingKeys {
        NamesByTheKey(KeySource inner) {
            super(inner);
        }

        @Override
        public SealingKey exportKey(String purpose) throws GSSException {
            SecretBytes key = super.exportKey(purpose).key();
            return new SealingKey(key.lend(PublicId::of), key.copy());
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) throws GSSException {
            return Optional.of(exportKey(purpose)).filter(key -> key.id().equals(id));
        }
    }

    private static final class DescribesTheKey extends ForwardingKeys {
        DescribesTheKey() {
            super(RIGHT);
        }

        @Override
        public String describe() {
            return "keys like " + HashedKeys.key("material", "one").key().lend(HexFormat.of()::formatHex);
        }
    }

    private static final class LooksThenDraws extends ForwardingKeys {
        private final Map<String, SealingKey> drawn;

        LooksThenDraws(Map<String, SealingKey> drawn) {
            super(RIGHT);
            this.drawn = drawn;
        }

        @Override
        public SealingKey exportKey(String purpose) {
            SealingKey found = drawn.get(purpose);
            if (found != null) {
                return found;
            }
            byte[] octets = new byte[SealingKey.SIZE];
            new SecureRandom().nextBytes(octets);
            SealingKey key = new SealingKey(PublicId.draw(new SecureRandom()), SecretBytes.take(octets));
            LockSupport.parkNanos(10_000_000);
            drawn.put(purpose, key);
            return key;
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) {
            return Optional.ofNullable(drawn.get(purpose))
                    .filter(key -> key.id().equals(id));
        }
    }
}
