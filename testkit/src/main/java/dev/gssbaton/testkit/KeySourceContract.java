package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link KeySource} does: the key that sealed a token is found again by its identifier, by whoever holds the
 * same material and for the same purpose, and by nobody else.
 */
public abstract class KeySourceContract {
    private static final List<String> PURPOSES = List.of("", "one", "One", "one ", "zwölf");
    private static final int THREADS = 8;

    private KeySourceFixture fixture;
    private KeySource source;

    /** For the implementer's class. */
    protected KeySourceContract() {}

    /**
     * Makes the source that is tested. Called before each test.
     *
     * @return the source and what it needs
     * @throws Exception if it cannot be made; the test fails then
     */
    protected abstract KeySourceFixture fixture() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        fixture = fixture();
        source = fixture.source();
    }

    @Test
    void baton_export_key_is_found_by_its_id() throws GSSException {
        for (String purpose : PURPOSES) {
            SealingKey key = source.exportKey(purpose);
            Optional<SealingKey> found = source.importKey(key.id(), purpose);
            assertEquals(Optional.of(key.id()), found.map(SealingKey::id));
            assertArrayEquals(octets(key), octets(found.get()), () -> "the key for '" + purpose + "'");
        }
    }

    @Test
    void baton_key_is_not_found_for_another_purpose() throws GSSException {
        for (String purpose : PURPOSES) {
            PublicId id = source.exportKey(purpose).id();
            for (String other : PURPOSES) {
                if (!other.equals(purpose)) {
                    String where = "the key for '" + purpose + "', asked for with '" + other + "'";
                    assertTrue(source.importKey(id, other).isEmpty(), where);
                }
            }
        }
    }

    @Test
    void baton_purposes_have_keys_of_their_own() throws GSSException {
        for (String purpose : PURPOSES) {
            for (String other : PURPOSES) {
                if (!other.equals(purpose)) {
                    byte[] one = octets(source.exportKey(purpose));
                    assertFalse(
                            MessageDigest.isEqual(one, octets(source.exportKey(other))),
                            () -> "'" + purpose + "' and '" + other + "' have one key");
                }
            }
        }
    }

    @Test
    void baton_unknown_id_is_not_found() throws GSSException {
        PublicId unknown = PublicId.draw(new SecureRandom());
        assertEquals(Optional.empty(), source.importKey(unknown, ""));
        assertEquals(Optional.empty(), source.importKey(new PublicId(0, 0), ""));
        PublicId known = source.exportKey("").id();
        assertEquals(Optional.empty(), source.importKey(new PublicId(known.high(), known.low() ^ 1), ""));
        assertEquals(Optional.empty(), source.importKey(new PublicId(known.high() ^ 1, known.low()), ""));
    }

    @Test
    void baton_key_stays_the_same() throws GSSException {
        SealingKey first = source.exportKey("one");
        PublicId id = first.id();
        byte[] octets = octets(first);
        for (int i = 0; i < 100; i++) {
            assertEquals(id, source.exportKey("one").id());
            assertArrayEquals(octets, octets(source.exportKey("one")));
        }
    }

    @Test
    void baton_same_material_gives_the_same_key() throws GSSException {
        for (String purpose : PURPOSES) {
            SealingKey key = source.exportKey(purpose);
            Optional<SealingKey> found = fixture.again().importKey(key.id(), purpose);
            assertTrue(found.isPresent(), () -> "the key for '" + purpose + "' elsewhere");
            assertArrayEquals(octets(key), octets(found.get()));
        }
    }

    @Test
    void baton_other_material_does_not_hold_the_key() throws GSSException {
        for (String purpose : PURPOSES) {
            SealingKey key = source.exportKey(purpose);
            assertTrue(fixture.another().importKey(key.id(), purpose).isEmpty());
            assertFalse(
                    MessageDigest.isEqual(octets(key), octets(fixture.another().exportKey(purpose))));
        }
    }

    @Test
    void baton_key_is_no_constant_and_its_id_is_not_made_of_it() throws Exception {
        SealingKey key = source.exportKey("");
        byte[] octets = octets(key);
        assertFalse(MessageDigest.isEqual(octets, new byte[SealingKey.SIZE]), "a key of zeros");
        byte[] id = key.id().toBytes();
        String digits = HexFormat.of().formatHex(id);
        assertFalse(HexFormat.of().formatHex(octets).contains(digits), "the identifier is a part of the key");
        for (String algorithm : List.of("SHA-1", "SHA-256", "SHA-512", "MD5")) {
            byte[] hash = MessageDigest.getInstance(algorithm).digest(octets);
            assertFalse(
                    HexFormat.of().formatHex(hash).contains(digits), () -> "the identifier is a hash: " + algorithm);
        }
    }

    @Test
    void baton_descriptions_hold_no_key() throws GSSException {
        SealingKey key = source.exportKey("one");
        assertFalse(source.describe().isBlank());
        for (String text : List.of(source.describe(), source.toString(), key.toString())) {
            assertHoldsNot(text, octets(key));
        }
    }

    private static void assertHoldsNot(String text, byte[] key) {
        byte[] part = new byte[6];
        for (int at = 0; at + part.length <= key.length; at++) {
            System.arraycopy(key, at, part, 0, part.length);
            assertFalse(text.toLowerCase(Locale.ROOT).contains(HexFormat.of().formatHex(part)), "in hexadecimal");
            assertFalse(text.contains(new String(part, StandardCharsets.ISO_8859_1)), "as it is");
        }
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(key);
        assertFalse(text.contains(encoded.substring(0, 8)), "in Base64");
    }

    @Test
    void baton_many_threads_are_given_one_key() throws Exception {
        Callable<PublicId> call = () -> source.exportKey("asked for at once").id();
        List<PublicId> ids = Threads.answers(Collections.nCopies(THREADS, call));
        assertEquals(1, ids.stream().distinct().count());
    }

    private static byte[] octets(SealingKey key) {
        return key.key().lend(byte[]::clone);
    }
}
