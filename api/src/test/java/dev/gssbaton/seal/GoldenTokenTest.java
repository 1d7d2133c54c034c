package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens of version 1 that another program made from the specification: read, and made again, for ever. */
class GoldenTokenTest {
    @TempDir
    Path temporary;

    private Path directory;

    static List<Vectors> tokens() throws IOException {
        return Vectors.read("/golden/tokens-v1.txt");
    }

    @BeforeEach
    void putKeysInPlace() throws IOException {
        directory = Files.createDirectory(
                temporary.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = directory.resolve("keys");
        try (InputStream in = getClass().getResourceAsStream("/golden/keys")) {
            Files.copy(in, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void opensTheToken(Vectors golden) throws Exception {
        try (AccountKeys keys = AccountKeys.in(directory);
                TokenSealer sealer = sealer(keys, golden, new SecureRandom());
                OpenedToken opened = sealer.open(golden.hex("Token"), Duration.ZERO)) {
            assertEquals(PublicId.parse(golden.text("KeyId")), opened.header().keyId());
            assertEquals(PublicId.parse(golden.text("StoreId")), opened.header().storeId());
            assertEquals(notAfter(golden), opened.header().notAfter());
            assertArrayEquals(golden.hex("Nonce"), opened.header().nonce());
            StateReader state = opened.state();
            assertArrayEquals(golden.hex("State"), state.octets(state.remaining(), "state"));
            assertEquals(
                    PublicId.parse(golden.text("FileKeyId")),
                    keys.fileIdOf(opened.header().keyId(), golden.text("Purpose"))
                            .orElseThrow());
            // N2 before N1.
            String nonce = golden.text("Nonce");
            assertEquals(
                    nonce.substring(24) + nonce.substring(0, 24), opened.id().toHex());
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void sealsTheSameToken(Vectors golden) throws Exception {
        try (AccountKeys keys = AccountKeys.in(directory)) {
            keys.makePrimary(PublicId.parse(golden.text("FileKeyId")));
            try (TokenSealer sealer = sealer(keys, golden, new NonceOf(golden));
                    StateWriter state = new StateWriter(TokenHeader.SIZE, 0)) {
                state.octets(golden.hex("State"));
                byte[] token = sealer.seal(state, notAfter(golden));
                assertEquals(golden.text("Token"), HexFormat.of().formatHex(token));
            }
        }
    }

    @Test
    void thePagesExampleIsTheFirstToken() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "token-format.md"));
        Matcher example = Pattern.compile("(?s)## An example.*?```\n(.*?)```").matcher(page);
        assertTrue(example.find());
        // Behind each line's octets, two spaces or more part them from what they are.
        String octets = example.group(1)
                .lines()
                .map(line -> line.replaceFirst("  .*", "").replace(" ", ""))
                .collect(Collectors.joining());
        assertEquals(tokens().get(0).text("Token"), octets);
        try (InputStream in = getClass().getResourceAsStream("/golden/keys")) {
            assertTrue(page.contains(new String(in.readAllBytes(), StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void readsTheKeyFile() throws Exception {
        try (AccountKeys keys = AccountKeys.in(directory)) {
            assertEquals(
                    List.of(
                            new AccountKeys.Entry(
                                    PublicId.parse("000102030405060708090a0b0c0d0e0f"),
                                    Instant.parse("2026-01-31T12:00:00Z"),
                                    false),
                            new AccountKeys.Entry(
                                    PublicId.parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
                                    Instant.parse("2026-02-28T12:00:00Z"),
                                    true)),
                    keys.list());
        }
    }

    private static Instant notAfter(Vectors golden) {
        return Instant.ofEpochMilli(Long.parseLong(golden.text("NotAfter")));
    }

    private static TokenSealer sealer(AccountKeys keys, Vectors golden, SecureRandom random) {
        return new TokenSealer(
                keys,
                golden.text("Purpose"),
                new StoreOf(golden, new ProcessClaims(random, Clock.systemUTC())),
                random,
                Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
    }

    /** A store with the identity that the golden token names. */
    private record StoreOf(Vectors golden, ProcessClaims claims) implements ClaimStore {
        @Override
        public PublicId id() {
            return PublicId.parse(golden.text("StoreId"));
        }

        @Override
        public String scope() {
            return claims.scope();
        }

        @Override
        public Instant now() {
            return claims.now();
        }

        @Override
        public Instant since() {
            return claims.since();
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) throws GSSException {
            return claims.claim(id, claimant, keepUntil);
        }
    }

    /** Draws the golden token's nonce: its N1 where 12 octets are asked for, else its N2 in front. */
    private static final class NonceOf extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] nonce;

        NonceOf(Vectors golden) {
            this.nonce = golden.hex("Nonce");
        }

        @Override
        public void nextBytes(byte[] octets) {
            Arrays.fill(octets, (byte) 0);
            int from = octets.length == Xaes256Gcm.PREFIX_SIZE ? 0 : Xaes256Gcm.PREFIX_SIZE;
            System.arraycopy(nonce, from, octets, 0, 12);
        }
    }
}
