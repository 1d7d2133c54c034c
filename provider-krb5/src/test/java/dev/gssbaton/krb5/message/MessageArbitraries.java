package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.SecretBytes;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any value that a message can carry. */
final class MessageArbitraries {
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private MessageArbitraries() {}

    static Arbitrary<Octets> octets() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(300).map(Octets::of);
    }

    static Arbitrary<Integer> int32() {
        return Arbitraries.integers();
    }

    static Arbitrary<OptionalLong> uint32() {
        return Arbitraries.longs()
                .between(Integer.MIN_VALUE, 0xFFFF_FFFFL)
                .map(OptionalLong::of)
                .injectNull(0.2)
                .map(value -> value == null ? OptionalLong.empty() : value);
    }

    static Arbitrary<Integer> microseconds() {
        return Arbitraries.integers().between(0, 999_999);
    }

    static Arbitrary<OptionalInt> optionalMicroseconds() {
        return microseconds()
                .map(OptionalInt::of)
                .injectNull(0.3)
                .map(value -> value == null ? OptionalInt.empty() : value);
    }

    static Arbitrary<Instant> times() {
        return Arbitraries.longs()
                .between(FIRST.getEpochSecond(), LAST.getEpochSecond())
                .map(Instant::ofEpochSecond);
    }

    static Arbitrary<KerberosFlags> flags() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(32, 64))
                .as((bits, size) -> new KerberosFlags(bits & (-1L << (64 - size)), size));
    }

    static Arbitrary<String> strings() {
        return Arbitraries.strings()
                .withCharRange('\0', '\uD7FF')
                .withCharRange('\uE000', '\uFFFF')
                .ofMaxLength(12);
    }

    static Arbitrary<PrincipalName> names() {
        return Combinators.combine(int32(), strings().list().ofMaxSize(4)).as(PrincipalName::new);
    }

    /** Those that have a text: a name and a realm. */
    static Arbitrary<Principal> principals() {
        return Combinators.combine(
                        Combinators.combine(
                                        int32(), strings().list().ofMinSize(1).ofMaxSize(4))
                                .as(PrincipalName::new)
                                .filter(name -> !name.nameString().equals(List.of(""))),
                        strings().filter(realm -> !realm.isEmpty()))
                .as(Principal::new);
    }

    static Arbitrary<EncryptedData> encryptedData() {
        return Combinators.combine(int32(), uint32(), octets()).as(EncryptedData::new);
    }

    static Arbitrary<Ticket> tickets() {
        return Combinators.combine(Combinators.combine(names(), strings()).as(Principal::new), encryptedData())
                .as(Ticket::new);
    }

    static Arbitrary<EncryptionKey> keys() {
        return Combinators.combine(
                        Arbitraries.of(EncryptionType.class),
                        Arbitraries.bytes().array(byte[].class).ofSize(32))
                .as((type, octets) -> new EncryptionKey(type, SecretBytes.copyOf(octets, 0, type.keySize())));
    }

    static Arbitrary<List<HostAddress>> addresses() {
        return Combinators.combine(int32(), octets())
                .as(HostAddress::new)
                .list()
                .ofMaxSize(3);
    }

    static Arbitrary<AuthorizationData> authorizationData() {
        return Combinators.combine(int32(), octets())
                .as(AuthorizationData.Element::new)
                .list()
                .ofMaxSize(4)
                .map(AuthorizationData::new);
    }
}
