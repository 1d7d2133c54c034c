package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.TransferFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeytabKeysTest {
    private static final String NFS = "nfs/host.baton.test@BATON.TEST";
    private static final String HTTP = "HTTP/host.baton.test@BATON.TEST";
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration SETTLE = Duration.ofMinutes(10);
    private static final long LONGER_THAN_A_LOOK = 1_100_000_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvFileSource(resources = "/vectors/keytab-keys.csv", useHeadersInDisplayName = true)
    void keys_are_those_of_the_documented_derivation(
            int enctype, String key, int kvno, String principal, String purpose, String id, String sealingKey)
            throws Exception {
        byte[] octets = HexFormat.of().parseHex(key);
        try (KeytabKeys keys = open(KeytabWriter.version2().entry(principal, kvno, enctype, octets, 0), principal)) {
            SealingKey exported = keys.exportKey(purpose);
            assertEquals(id, exported.id().toString());
            assertEquals(sealingKey, exported.key().lend(HexFormat.of()::formatHex));
            assertSame(exported, keys.importKey(PublicId.parse(id), purpose).orElseThrow());
        }
    }

    @Test
    void the_newest_entry_that_has_settled_seals_and_all_open() throws Exception {
        long old = NOW.minus(SETTLE).getEpochSecond();
        KeytabWriter keytab = KeytabWriter.version2()
                .written(old + 1, NFS, 5, 20)
                .written(old, NFS, 4, 18)
                .written(old - 1, NFS, 9, 20)
                .written(old, HTTP, 6, 20);
        try (KeytabKeys keys = open(keytab, NFS)) {
            PublicId fourth = id(NFS, 4, 18);
            assertEquals(fourth, keys.exportKey("").id());
            for (PublicId each : new PublicId[] {fourth, id(NFS, 5, 20), id(NFS, 9, 20)}) {
                assertEquals(Optional.of(each), keys.importKey(each, "").map(SealingKey::id));
            }
            assertEquals(Optional.empty(), keys.importKey(id(HTTP, 6, 20), ""));
            assertEquals(
                    List.of(
                            new KeytabKeys.Entry(20, 9, Instant.ofEpochSecond(old - 1), false),
                            new KeytabKeys.Entry(18, 4, Instant.ofEpochSecond(old), true),
                            new KeytabKeys.Entry(20, 5, Instant.ofEpochSecond(old + 1), false)),
                    keys.list());
        }
    }

    @Test
    void entries_of_one_time_are_told_by_version_and_strength() throws Exception {
        long old = NOW.minus(SETTLE).getEpochSecond();
        KeytabWriter keytab = KeytabWriter.version2()
                .written(old, NFS, 2, 18)
                .written(old, NFS, 3, 17)
                .written(old, NFS, 3, 20)
                .written(old, NFS, 3, 19)
                .written(old, NFS, 3, 18);
        try (KeytabKeys keys = open(keytab, NFS)) {
            assertEquals(id(NFS, 3, 20), keys.exportKey("").id());
        }
    }

    @Test
    void nothing_is_sealed_before_an_entry_has_settled() throws Exception {
        KeytabWriter keytab = KeytabWriter.version2()
                .written(NOW.minus(SETTLE).getEpochSecond() + 1, NFS, 1, 20)
                .written(NOW.getEpochSecond() + 3600, NFS, 2, 20);
        try (KeytabKeys keys = open(keytab, NFS)) {
            assertUnusable(() -> keys.exportKey(""), "2026-01-31T11:50:01Z", "PT10M", "keep the former entries");
            PublicId first = id(NFS, 1, 20);
            assertEquals(Optional.of(first), keys.importKey(first, "").map(SealingKey::id));
        }
        Path file = write(keytab);
        try (KeytabKeys keys = KeytabKeys.in(file, NFS, Duration.ZERO, CLOCK, System::nanoTime)) {
            assertEquals(id(NFS, 1, 20), keys.exportKey("").id());
        }
        assertThrows(IllegalArgumentException.class, () -> KeytabKeys.in(file, NFS, Duration.ofMillis(-1)));
    }

    /** Such entries are ktpass's. A new one must not seal at once, and the former one goes on meanwhile. */
    @Test
    void entries_without_a_time_settle_by_their_files() throws Exception {
        AtomicLong nanos = new AtomicLong();
        KeytabWriter first = KeytabWriter.version2().written(0, NFS, 1, 20);
        KeytabWriter second = KeytabWriter.version2().written(0, NFS, 1, 20).written(0, NFS, 2, 20);
        Files.setLastModifiedTime(write(first), FileTime.from(NOW.minus(SETTLE)));
        Path file = folder.resolve("service.keytab");
        try (KeytabKeys keys = KeytabKeys.in(file, NFS, SETTLE, CLOCK, nanos::get)) {
            assertEquals(id(NFS, 1, 20), keys.exportKey("").id());
            Files.setLastModifiedTime(
                    write(second), FileTime.from(NOW.minus(SETTLE).plusSeconds(1)));
            nanos.addAndGet(LONGER_THAN_A_LOOK);
            PublicId late = id(NFS, 2, 20);
            assertTrue(keys.importKey(late, "").isPresent());
            assertEquals(id(NFS, 1, 20), keys.exportKey("").id());
        }
        try (KeytabKeys keys = KeytabKeys.in(file, NFS, SETTLE, CLOCK, nanos::get)) {
            assertUnusable(() -> keys.exportKey(""), "2026-01-31T11:50:01Z", "or wait");
        }
    }

    @Test
    void an_entry_that_stands_there_twice_is_one_key() throws Exception {
        try (KeytabKeys keys = open(KeytabWriter.version2().entry(NFS, 1, 20).entry(NFS, 1, 20), NFS)) {
            assertEquals(1, keys.list().size());
        }
    }

    /** rc4-hmac, DES and triple DES, and a type of the future. */
    @ParameterizedTest
    @ValueSource(ints = {23, 3, 16, 99})
    void entries_of_other_types_are_not_used(int enctype) throws Exception {
        byte[] key = new byte[16];
        try (KeytabKeys keys = open(KeytabWriter.version2().entry(NFS, 1, enctype, key, 0), NFS)) {
            assertUnusable(() -> keys.exportKey(""), "no entry of " + NFS, "ktadd");
            assertEquals(Optional.empty(), keys.importKey(new PublicId(1, 2), ""));
        }
    }

    @Test
    void a_rotation_needs_no_restart_and_an_entry_that_stays_is_the_same_key() throws Exception {
        Path file = write(KeytabWriter.version2().entry(NFS, 1, 20));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        AtomicLong nanos = new AtomicLong();
        try (KeytabKeys keys = KeytabKeys.in(file, NFS, SETTLE, CLOCK, nanos::get)) {
            SealingKey first = keys.exportKey("");
            write(KeytabWriter.version2().entry(NFS, 1, 20).entry(NFS, 2, 20));
            PublicId second = id(NFS, 2, 20);
            assertEquals(Optional.empty(), keys.importKey(second, ""));
            nanos.addAndGet(LONGER_THAN_A_LOOK);
            assertTrue(keys.importKey(second, "").isPresent());
            assertEquals(second, keys.exportKey("").id());
            assertSame(first, keys.importKey(first.id(), "").orElseThrow());
            write(KeytabWriter.version2().entry(NFS, 2, 20));
            nanos.addAndGet(LONGER_THAN_A_LOOK);
            assertTrue(keys.importKey(first.id(), "").isEmpty());
            assertTrue(first.key().isDestroyed());
            Files.delete(file);
            nanos.addAndGet(LONGER_THAN_A_LOOK);
            assertUnusable(() -> keys.exportKey(""), "does not exist");
        }
    }

    @Test
    void closing_erases() throws Exception {
        KeytabKeys keys = open(KeytabWriter.version2().entry(NFS, 1, 20), NFS);
        SealingKey key = keys.exportKey("");
        keys.close();
        keys.close();
        assertTrue(key.key().isDestroyed());
        assertUnusable(() -> keys.exportKey(""), "closed");
        assertUnusable(() -> keys.importKey(key.id(), ""), "closed");
    }

    @Test
    void what_cannot_be_used_is_said_at_once() {
        assertUnusable(() -> KeytabKeys.in(folder.resolve("none"), NFS), "does not exist");
        GSSException e = assertThrows(GSSException.class, () -> KeytabKeys.in(folder, "no-realm"));
        assertEquals(GSSException.BAD_NAME, e.getMajor());
    }

    /** Where a name ends and the next begins is part of the derivation. */
    @Test
    void names_that_run_together_alike_have_other_keys() throws Exception {
        byte[] key = KeytabWriter.key(1, 20);
        try (KeytabKeys one = open(KeytabWriter.version2().entry("a/bc@R", 1, 20, key, 0), "a/bc@R");
                KeytabKeys two = open(KeytabWriter.version2().entry("ab/c@R", 1, 20, key, 0), "ab/c@R")) {
            assertNotEquals(one.exportKey("").id(), two.exportKey("").id());
            // "x" before the numbers and the name, and nothing.
            assertEquals(Optional.empty(), one.importKey(one.exportKey("x").id(), ""));
        }
    }

    /** Gives the identifier of an entry with the writer's own key. */
    private PublicId id(String principal, int kvno, int enctype) throws Exception {
        Path alone = Files.write(
                Files.createTempFile(folder, "alone", ".keytab"),
                KeytabWriter.version2().entry(principal, kvno, enctype).bytes());
        try (KeytabKeys keys = KeytabKeys.in(alone, principal)) {
            return keys.exportKey("").id();
        }
    }

    private KeytabKeys open(KeytabWriter keytab, String principal) throws Exception {
        return KeytabKeys.in(write(keytab), principal, SETTLE, CLOCK, System::nanoTime);
    }

    private Path write(KeytabWriter keytab) throws Exception {
        Path fresh = Files.write(Files.createTempFile(folder, "new", ".keytab"), keytab.bytes());
        return Files.move(fresh, folder.resolve("service.keytab"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void assertUnusable(Executable refused, String... words) {
        GSSException e = assertThrows(GSSException.class, refused);
        assertEquals(Optional.of(TransferFault.KEYS_UNUSABLE), TransferFault.of(e));
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e::getMessage);
        }
    }
}
