package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.TestClock;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class TokenSealerTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final byte[] STATE = {1, 2, 3, 4, 5};

    private final TestClock clock = new TestClock(START);
    private final SecureRandom random = new SecureRandom();
    private final ClaimStore claims = new ProcessClaims(random, clock);
    private final HeldKeys keys = new HeldKeys().with(1);
    private final TokenSealer sealer = new TokenSealer(keys, "test", claims, random, clock);

    @Test
    void anotherSealerWithTheSameKeysOpensTheToken() throws GSSException {
        byte[] token = seal(sealer);
        try (TokenSealer other = new TokenSealer(keys, "test", claims, random, clock);
                OpenedToken opened = other.open(token, Duration.ZERO)) {
            assertEquals(TokenHeader.decode(token), opened.header());
            assertEquals(TokenHeader.decode(token).id(), opened.id());
            assertArrayEquals(STATE, read(opened));
        }
    }

    @Test
    void closingAnOpenedTokenErasesTheState() throws GSSException {
        OpenedToken opened = sealer.open(seal(sealer), Duration.ZERO);
        StateReader reader = opened.state();
        opened.close();
        assertArrayEquals(new byte[STATE.length], reader.octets(STATE.length, "state"));
    }

    @Test
    void semantics17_livesUntilItsNotAfterAndTheSkew() throws GSSException {
        byte[] token = seal(sealer, START.plusSeconds(60));
        clock.advance(Duration.ofSeconds(60));
        sealer.open(token, Duration.ZERO).close();
        clock.advance(Duration.ofMillis(1));
        assertFault(TransferFault.TOKEN_EXPIRED, token);
        sealer.open(token, Duration.ofMillis(1)).close();
        clock.advance(Duration.ofMinutes(5));
        sealer.open(token, Duration.ofMillis(5 * 60_000 + 1)).close();
        assertFault(TransferFault.TOKEN_EXPIRED, token);
    }

    /** What comes later in the order is wrong as well, and is not what is said. */
    @Test
    void semantics24_keepsToTheOrder() throws GSSException {
        byte[] token = seal(sealer, START);
        clock.advance(Duration.ofDays(1));
        assertFault(TransferFault.TOKEN_EXPIRED, token);
        token[80] ^= 1;
        assertFault(TransferFault.SEAL_BROKEN, token);
        token[30] ^= 1;
        assertFault(TransferFault.STORE_FOREIGN, token);
        token[10] ^= 1;
        assertFault(TransferFault.KEY_NOT_HELD, token);
        token[5] = 9;
        assertFault(TransferFault.SEALING_UNKNOWN, token);
        token[4] = 9;
        assertFault(TransferFault.VERSION_UNKNOWN, token);
        token[0] = 9;
        assertFault(TransferFault.MAGIC_UNKNOWN, token);
        assertFault(TransferFault.TOKEN_TOO_SHORT, Arrays.copyOf(token, 20));
        assertFault(TransferFault.TOKEN_EMPTY, null);
    }

    @Test
    void semantics27_messagesNamePublicFieldsOnly() throws GSSException {
        byte[] token = seal(sealer);
        ClaimStore others = new ProcessClaims(random, clock);
        TokenSealer foreign = new TokenSealer(keys, "test", others, random, clock);
        GSSException store = assertThrows(GSSException.class, () -> foreign.open(token, Duration.ZERO));
        assertTrue(store.getMessage().contains(claims.id().toString()), store.getMessage());
        assertTrue(store.getMessage().contains(others.id().toString()), store.getMessage());
        TokenSealer stranger = new TokenSealer(new HeldKeys().with(2), "test", claims, random, clock);
        GSSException key = assertThrows(GSSException.class, () -> stranger.open(token, Duration.ZERO));
        assertTrue(key.getMessage().contains(new PublicId(1, 1).toString()), key.getMessage());
        String sealed = HexFormat.of().formatHex(token, TokenHeader.SIZE, token.length);
        assertFalse((store.getMessage() + key.getMessage()).contains(sealed.substring(0, 4)));
    }

    @Test
    void beginsAnEpochAfterTenMinutes() throws GSSException {
        String first = n1(seal(sealer));
        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        assertEquals(first, n1(seal(sealer)));
        clock.advance(Duration.ofMillis(1));
        String second = n1(seal(sealer));
        assertNotEquals(first, second);
        clock.advance(Duration.ofMinutes(-1));
        assertNotEquals(second, n1(seal(sealer)), "a clock that was set back could make an epoch last too long");
    }

    @Test
    void beginsAnEpochAfterTwoToTheTwentyTokens() throws GSSException {
        String first = n1(seal(sealer));
        for (int sealed = 1; sealed < 1 << 20; sealed++) {
            byte[] token = seal(sealer);
            if ((sealed & (sealed + 1)) == 0) {
                assertEquals(first, n1(token), "token " + sealed);
            }
        }
        String second = n1(seal(sealer));
        assertNotEquals(first, second);
        assertEquals(second, n1(seal(sealer)));
    }

    @Test
    void beginsAnEpochWithAnotherPrimaryKey() throws GSSException {
        byte[] before = seal(sealer);
        keys.with(2);
        byte[] after = seal(sealer);
        assertNotEquals(n1(before), n1(after));
        assertEquals(new PublicId(2, 2), TokenHeader.decode(after).keyId());
        sealer.open(before, Duration.ZERO).close();
        sealer.open(after, Duration.ZERO).close();
    }

    @Test
    void drawsANewN2AfterATenthOfASecond() throws GSSException {
        CountingRandom counting = new CountingRandom();
        TokenSealer counted = new TokenSealer(keys, "test", claims, counting, clock);
        seal(counted);
        int drawn = counting.drawn;
        seal(counted);
        assertEquals(drawn, counting.drawn, "a nonce that was drawn a moment ago");
        clock.advance(Duration.ofMillis(101));
        seal(counted);
        assertEquals(drawn + 1, counting.drawn);
    }

    @Test
    void refusesATokenOfADroppedKey() throws GSSException {
        byte[] token = seal(sealer);
        sealer.open(token, Duration.ZERO).close();
        keys.with(2);
        keys.drop(new PublicId(1, 1));
        assertFault(TransferFault.KEY_NOT_HELD, token);
    }

    /** The same identifier, but not the same key: what was derived before does not help. */
    @Test
    void doesNotOpenWithWhatWasDerivedFromAnEarlierKey() throws GSSException {
        byte[] token = seal(sealer);
        sealer.open(token, Duration.ZERO).close();
        byte[] octets = new byte[SealingKey.SIZE];
        SealingKey impostor = new SealingKey(new PublicId(1, 1), SecretBytes.copyOf(octets));
        AlwaysThis other = new AlwaysThis(keys.exportKey("test"));
        TokenSealer switched = new TokenSealer(other, "test", claims, random, clock);
        switched.open(token, Duration.ZERO).close();
        other.key = impostor;
        GSSException thrown = assertThrows(GSSException.class, () -> switched.open(token, Duration.ZERO));
        assertEquals(TransferFault.SEAL_BROKEN, TransferFault.of(thrown).orElseThrow());
    }

    @Test
    void saysSoWhenTheSourceGivesErasedKeys() throws GSSException {
        SealingKey erased = new SealingKey(new PublicId(1, 1), SecretBytes.copyOf(new byte[SealingKey.SIZE]));
        byte[] token = seal(sealer);
        erased.close();
        TokenSealer unlucky = new TokenSealer(new AlwaysThis(erased), "test", claims, random, clock);
        GSSException sealing = assertThrows(GSSException.class, () -> seal(unlucky));
        assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(sealing).orElseThrow());
        GSSException opening = assertThrows(GSSException.class, () -> unlucky.open(token, Duration.ZERO));
        assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(opening).orElseThrow());
    }

    @Test
    void refusesAStateThatIsTooLarge() throws GSSException {
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, StateWriter.MAX_SIZE + Xaes256Gcm.TAG_SIZE)) {
            state.octets(new byte[StateWriter.MAX_SIZE]);
            byte[] token = sealer.seal(state, START);
            assertEquals(TokenHeader.MAX_TOKEN_SIZE, token.length);
            sealer.open(token, Duration.ZERO).close();
        }
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, 2 * StateWriter.MAX_SIZE)) {
            state.octets(new byte[StateWriter.MAX_SIZE + 1]);
            GSSException thrown = assertThrows(GSSException.class, () -> sealer.seal(state, START));
            assertEquals(TransferFault.EXPORT_FAILED, TransferFault.of(thrown).orElseThrow());
        }
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, StateWriter.MAX_SIZE)) {
            state.octets(new byte[StateWriter.MAX_SIZE]);
            GSSException thrown = assertThrows(GSSException.class, () -> sealer.seal(state, START));
            assertEquals(TransferFault.EXPORT_FAILED, TransferFault.of(thrown).orElseThrow());
        }
    }

    @Test
    void refusesAWriterWithoutHeadroom() {
        try (StateWriter state = new StateWriter(0, 100)) {
            assertThrows(IllegalArgumentException.class, () -> sealer.seal(state, START));
        }
    }

    @Test
    void isOfNoUseAfterClosing() throws GSSException {
        byte[] token = seal(sealer);
        sealer.close();
        sealer.close();
        assertThrows(IllegalStateException.class, () -> seal(sealer));
        assertThrows(IllegalStateException.class, () -> sealer.open(token, Duration.ZERO));
    }

    @Test
    void servesManyThreadsWhileKeysChange() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (TokenSealer other = new TokenSealer(keys, "test", claims, random, clock)) {
            List<Callable<Set<String>>> work = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                work.add(() -> {
                    Set<String> nonces = new HashSet<>();
                    for (int i = 0; i < 2000; i++) {
                        byte[] token = seal(sealer);
                        nonces.add(HexFormat.of().formatHex(token, TokenHeader.NONCE_POS, TokenHeader.SIZE));
                        try (OpenedToken opened = other.open(token, Duration.ZERO)) {
                            assertArrayEquals(STATE, read(opened));
                        }
                        if (i % 100 == 0) {
                            clock.advance(Duration.ofMinutes(10));
                        }
                    }
                    return nonces;
                });
            }
            Set<String> all = new HashSet<>();
            for (Future<Set<String>> done : threads.invokeAll(work)) {
                all.addAll(done.get());
            }
            assertEquals(8 * 2000, all.size(), "no nonce twice");
        } finally {
            threads.shutdownNow();
        }
    }

    private byte[] seal(TokenSealer with) throws GSSException {
        return seal(with, START.plus(Duration.ofDays(3650)));
    }

    private static byte[] seal(TokenSealer with, Instant notAfter) throws GSSException {
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, 64)) {
            state.octets(STATE);
            return with.seal(state, notAfter);
        }
    }

    private static byte[] read(OpenedToken opened) throws GSSException {
        StateReader state = opened.state();
        return state.octets(state.remaining(), "state");
    }

    private static String n1(byte[] token) {
        return HexFormat.of().formatHex(token, TokenHeader.NONCE_POS, TokenHeader.NONCE_POS + Xaes256Gcm.PREFIX_SIZE);
    }

    private void assertFault(TransferFault fault, byte[] token) {
        GSSException thrown = assertThrows(GSSException.class, () -> sealer.open(token, Duration.ZERO));
        assertEquals(fault, TransferFault.of(thrown).orElseThrow());
    }

    /** Gives one key whatever is asked for. */
    private static final class AlwaysThis implements KeySource {
        private SealingKey key;

        AlwaysThis(SealingKey key) {
            this.key = key;
        }

        @Override
        public SealingKey exportKey(String purpose) {
            return key;
        }

        @Override
        public Optional<SealingKey> importKey(PublicId id, String purpose) {
            return Optional.of(key);
        }

        @Override
        public String describe() {
            return "keys of a test";
        }
    }

    /** Counts how often it is asked. */
    private static final class CountingRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private int drawn;

        @Override
        public void nextBytes(byte[] octets) {
            drawn++;
            super.nextBytes(octets);
        }
    }
}
