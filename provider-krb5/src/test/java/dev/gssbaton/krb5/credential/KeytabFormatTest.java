package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.gssbaton.krb5.FuzzCorpus;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.peers.Scale;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeytabFormatTest {
    private static final String HTTP = "HTTP/www.baton.test@BATON.TEST";
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {"ktutil.keytab", "holes.keytab", "holes-only.keytab"})
    void keytabs_of_mit_are_read_as_klist_reads_them(String name) throws Exception {
        List<String[]> expected = new String(resource("expected.csv"), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(",", -1))
                .filter(line -> line[0].equals(name))
                .toList();
        List<LongTermKey> keys = KeytabFormat.decode(resource(name), NOW);
        assertEquals(expected.size(), keys.size());
        for (int i = 0; i < keys.size(); i++) {
            assertEquals(expected.get(i)[1], keys.get(i).principal().toString());
            assertEquals(Integer.parseInt(expected.get(i)[2]), keys.get(i).kvno());
            assertEquals(Integer.parseInt(expected.get(i)[3]), keys.get(i).encryptionType());
            if (EncryptionType.of(keys.get(i).encryptionType()).isEmpty()) {
                assertNull(keys.get(i).key()); // not supported, and not kept
            } else {
                assertArrayEquals(HexFormat.of().parseHex(expected.get(i)[4]), octets(keys.get(i)));
            }
            keys.get(i).close();
        }
    }

    @Test
    void version_1_counts_the_realm_and_has_the_machines_order() throws Exception {
        byte[] file = KeytabWriter.version1()
                .entry(HTTP, 7, 18)
                .hole(20)
                .entry("alice@R", 8, 17)
                .bytes();
        List<LongTermKey> keys = KeytabFormat.decode(file, NOW);
        assertEquals(
                List.of(HTTP, "alice@R"),
                keys.stream().map(key -> key.principal().toString()).toList());
        assertArrayEquals(KeytabWriter.key(7, 18), octets(keys.get(0)));
        assertArrayEquals(KeytabWriter.key(8, 17), octets(keys.get(1)));
    }

    @Test
    void a_key_version_of_32_bits_counts_and_one_of_8_is_compared_by_8() throws Exception {
        byte[] file = KeytabWriter.version2()
                .entry(HTTP, 300, 18)
                .entry(HTTP, 5, 18)
                .entry(HTTP, 6, 18, KeytabWriter.key(6, 18), 12)
                .bytes();
        List<LongTermKey> keys = KeytabFormat.decode(file, NOW);
        assertEquals(List.of(300, 5, 6), keys.stream().map(LongTermKey::kvno).toList());
        assertTrue(keys.get(0).isVersion(300));
        assertFalse(keys.get(0).isVersion(300 & 0xFF));
        assertTrue(keys.get(1).isVersion(5));
        assertTrue(keys.get(1).isVersion(256 + 5));
        assertTrue(keys.get(2).isVersion(6)); // zeros behind the entry are no version
    }

    @Test
    void a_version_in_the_upper_half_is_one_number_either_way() throws Exception {
        byte[] file =
                KeytabWriter.version2().record(HTTP_ENTRY.length, HTTP_ENTRY).bytes();
        LongTermKey key = KeytabFormat.decode(file, NOW).get(0);
        assertTrue(key.isVersion(0x8000_0001L));
        assertTrue(key.isVersion(-0x7FFF_FFFFL));
    }

    private static final byte[] HTTP_ENTRY = upperHalf();

    @Test
    void an_entry_without_a_time_is_as_old_as_its_file() throws Exception {
        byte[] file = KeytabWriter.version2()
                .written(0, HTTP, 1, 18)
                .written(1, HTTP, 2, 18)
                .bytes();
        assertEquals(
                List.of(NOW, Instant.ofEpochSecond(1)),
                KeytabFormat.decode(file, NOW).stream()
                        .map(LongTermKey::written)
                        .toList());
    }

    @Test
    void a_size_of_0_ends_the_file() throws Exception {
        byte[] file = KeytabWriter.version2()
                .entry(HTTP, 1, 18)
                .record(0, new byte[] {1, 2, 3})
                .bytes();
        assertEquals(1, KeytabFormat.decode(file, NOW).size());
        assertEquals(
                0, KeytabFormat.decode(KeytabWriter.version2().bytes(), NOW).size());
    }

    @Test
    void a_key_of_another_length_than_its_type_has_is_refused() {
        byte[] file =
                KeytabWriter.version2().entry(HTTP, 1, 18, new byte[16], 0).bytes();
        IOException e = assertThrows(IOException.class, () -> KeytabFormat.decode(file, NOW));
        assertTrue(e.getMessage().contains("octet 2") && e.getMessage().contains("32"), e.getMessage());
    }

    @Test
    void every_truncation_is_refused_or_reads_fewer_entries() throws Exception {
        byte[] file = resource("ktutil.keytab");
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            try {
                assertTrue(KeytabFormat.decode(cut, NOW).size() < 8);
            } catch (IOException e) {
                assertFalse(e.getMessage().isBlank());
            }
        }
    }

    @Test
    void every_flipped_bit_is_refused_or_read() throws Exception {
        for (String name : List.of("ktutil.keytab", "holes.keytab")) {
            byte[] file = resource(name);
            for (int bit = 0; bit < 8 * file.length; bit++) {
                byte[] flipped = file.clone();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                KeytabFuzzTarget.fuzzerTestOneInput(flipped);
            }
        }
    }

    @Test
    void seeds_and_mutations_of_them_are_read_or_refused() throws Exception {
        for (Path seed : FuzzCorpus.of("keytab")) {
            byte[] original = Files.readAllBytes(seed);
            if (FuzzCorpus.isAccepted(seed)) {
                KeytabFormat.decode(original, NOW).forEach(LongTermKey::close);
            } else {
                assertThrows(IOException.class, () -> KeytabFormat.decode(original, NOW), seed.toString());
            }
            Random random = new Random(20260103);
            for (int i = 0; i < Scale.times(100, 100_000); i++) {
                KeytabFuzzTarget.fuzzerTestOneInput(FuzzCorpus.mutate(original, random));
            }
        }
    }

    @Test
    void reading_allocates_little() throws Exception {
        KeytabWriter writer = KeytabWriter.version2();
        for (int i = 0; i < 3000; i++) {
            writer.entry("s@R", i % 200 + 1, 17);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] lying =
                KeytabWriter.version2().record(Integer.MAX_VALUE, new byte[10]).bytes();
        for (byte[] file : List.of(writer.bytes(), lying)) {
            KeytabFuzzTarget.fuzzerTestOneInput(file);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                KeytabFormat.decode(file, NOW);
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("entry"), e.getMessage());
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated <= (64 << 10) + 16L * file.length, allocated + " octets for " + file.length);
        }
    }

    static byte[] resource(String name) throws IOException {
        try (var in = KeytabFormatTest.class.getResourceAsStream("/keytab/" + name)) {
            return in.readAllBytes();
        }
    }

    private static byte[] octets(LongTermKey key) {
        return key.key().secret().lend(byte[]::clone);
    }

    private static byte[] upperHalf() {
        byte[] file = KeytabWriter.version2().entry(HTTP, 300, 18).bytes();
        byte[] entry = Arrays.copyOfRange(file, 6, file.length);
        entry[entry.length - 4] = (byte) 0x80;
        entry[entry.length - 2] = 0;
        entry[entry.length - 1] = 1;
        return entry;
    }
}
