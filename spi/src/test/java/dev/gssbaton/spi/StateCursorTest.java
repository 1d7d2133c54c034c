package dev.gssbaton.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class StateCursorTest {
    private static final Instant INSTANT = Instant.ofEpochMilli(1_700_000_000_123L);

    /** Writes one field of each kind. */
    private static void writeAll(StateWriter out) {
        out.uint8(0xFE);
        out.uint8(1);
        out.uint16(0xFEDC);
        out.int32(0xFEDCBA98);
        out.int64(0xFEDCBA9876543210L);
        out.instant(INSTANT);
        out.octets(new byte[] {7, 8});
        out.counted(new byte[] {9});
        out.large(new byte[] {10, 11, 12});
        out.text("fünf");
        try (SecretBytes secret = SecretBytes.copyOf(new byte[] {13, 14})) {
            out.secret(secret);
        }
    }

    /** Reads what {@link #writeAll} wrote. */
    private static void readAll(StateReader in) throws GSSException {
        assertEquals(0xFE, in.uint8("a"));
        assertTrue(in.flag("b"));
        assertEquals(0xFEDC, in.uint16("c"));
        assertEquals(0xFEDCBA98, in.int32("d"));
        assertEquals(0xFEDCBA9876543210L, in.int64("e"));
        assertEquals(INSTANT, in.instant("f"));
        assertArrayEquals(new byte[] {7, 8}, in.octets(2, "g"));
        assertArrayEquals(new byte[] {9}, in.counted(1, "h"));
        assertArrayEquals(new byte[] {10, 11, 12}, in.large(3, "i"));
        assertEquals("fünf", in.text(5, "j"));
        try (SecretBytes secret = in.secret(2, "k")) {
            assertArrayEquals(new byte[] {13, 14}, secret.lend(byte[]::clone));
        }
        in.expectEnd();
    }

    @Test
    void every_field_is_big_endian() {
        try (StateWriter out = new StateWriter(0, 100)) {
            writeAll(out);
            assertEquals(
                    "fe" + "01" + "fedc" + "fedcba98" + "fedcba9876543210" + "0000018bcfe5687b" + "0708" + "000109"
                            + "000000030a0b0c" + "000566c3bc6e66" + "00020d0e",
                    HexFormat.of().formatHex(out.array(), 0, out.position()));
        }
    }

    @Test
    void what_was_written_is_read_whatever_the_room() throws GSSException {
        for (int headroom = 0; headroom < 5; headroom++) {
            for (int capacity = 0; capacity < 60; capacity++) {
                try (StateWriter out = new StateWriter(headroom, capacity)) {
                    writeAll(out);
                    StateReader in = new StateReader(out.array(), headroom, out.position() - headroom);
                    assertEquals(out.position() - headroom, in.remaining());
                    readAll(in);
                    assertEquals(0, in.remaining());
                    assertEquals("StateWriter[" + out.position() + " octets]", out.toString());
                }
            }
        }
    }

    @Test
    void every_truncation_is_malformed_and_names_the_field() {
        try (StateWriter out = new StateWriter(0, 100)) {
            writeAll(out);
            for (int length = 0; length < out.position(); length++) {
                StateReader in = new StateReader(out.array(), 0, length);
                assertMalformed(() -> readAll(in));
            }
            StateReader in = new StateReader(out.array(), 0, 3);
            GSSException e = assertThrows(GSSException.class, () -> readAll(in));
            assertEquals("malformed context state: c needs 2 octets, and 1 are left", e.getMinorString());
        }
    }

    @Test
    void a_number_that_comes_next_is_seen_and_not_read() throws GSSException {
        StateReader in = reader("80000001" + "000002");
        assertTrue(in.nextIs(0x80000001));
        assertFalse(in.nextIs(1));
        assertEquals(0x80000001, in.int32("x"));
        assertFalse(in.nextIs(2), "an octet is missing");
        assertEquals(3, in.remaining());
    }

    @Test
    void octets_left_over_are_malformed() throws GSSException {
        StateReader in = new StateReader(new byte[5], 1, 3);
        in.uint8("a");
        GSSException e = assertMalformed(in::expectEnd);
        assertEquals("malformed context state: end of the state has 2 octets behind it", e.getMinorString());
        in.uint16("b");
        in.expectEnd();
    }

    @Test
    void a_length_is_checked_before_it_is_believed() throws GSSException {
        assertMalformed(() -> reader("0002").counted(1, "x"));
        assertMalformed(() -> reader("0002ff").counted(2, "x"));
        assertMalformed(() -> reader("ffff").counted(0xFFFF, "x"));
        assertMalformed(() -> reader("7fffffff00").large(Integer.MAX_VALUE, "x"));
        assertMalformed(() -> reader("ffffffff00").large(Integer.MAX_VALUE, "x"));
        assertMalformed(() -> reader("80000000").large(Integer.MAX_VALUE, "x"));
        assertMalformed(() -> reader("000000020102").large(1, "x"));
        assertMalformed(() -> reader("0003616263").text(2, "x"));
        assertMalformed(() -> reader("0003616263").secret(2, "x"));
        assertMalformed(() -> reader("00036162").secret(3, "x"));
        assertMalformed(() -> reader("00").octets(2, "x"));
        assertMalformed(() -> reader("00").octets(-1, "x"));
        assertMalformed(() -> reader("80000000").octets(Integer.MIN_VALUE, "x"));
        assertArrayEquals(new byte[0], reader("0000").counted(0, "x"));
        assertArrayEquals(new byte[0], reader("00000000").large(0, "x"));
        assertEquals("", reader("0000").text(0, "x"));
    }

    @Test
    void a_flag_is_0_or_1() throws GSSException {
        assertFalse(reader("00").flag("x"));
        for (int value = 2; value < 256; value++) {
            StateReader in = new StateReader(new byte[] {(byte) value}, 0, 1);
            GSSException e = assertMalformed(() -> in.flag("x"));
            assertEquals("malformed context state: x is neither 0 nor 1", e.getMinorString());
        }
    }

    @Test
    void services_are_bits_that_are_known() throws GSSException {
        try (StateWriter out = new StateWriter(0, 8)) {
            Set<ContextFlag> all = EnumSet.allOf(ContextFlag.class);
            out.flags(all);
            assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x7F}, Arrays.copyOf(out.array(), out.position()));
            Set<ContextFlag> read = new StateReader(out.array(), 0, 4).flags("flags");
            assertEquals(all, read);
            assertThrows(UnsupportedOperationException.class, read::clear);
        }
        assertMalformed(() -> new StateReader(new byte[] {0, 1, 0, 0}, 0, 4).flags("flags"));
    }

    @Test
    void a_secret_is_as_long_as_it_must_be() throws GSSException {
        byte[] state = {0, 2, 1, 2};
        try (SecretBytes secret = new StateReader(state, 0, 4).secret(2, 2, "key")) {
            assertEquals(2, secret.length());
        }
        assertMalformed(() -> new StateReader(state, 0, 4).secret(3, 5, "key"));
        assertMalformed(() -> new StateReader(state, 0, 4).secret(0, 1, "key"));
    }

    @Test
    void a_text_is_utf_8() {
        for (String wrong : new String[] {"0001ff", "0002c080", "0003eda080", "0001c3"}) {
            assertMalformed(() -> reader(wrong).text(9, "x"));
        }
    }

    @Test
    void the_end_of_time_is_kept() throws GSSException {
        try (StateWriter out = new StateWriter(0, 8)) {
            out.instant(Instant.MAX);
            assertEquals("7fffffffffffffff", HexFormat.of().formatHex(out.array()));
            assertEquals(Instant.MAX, new StateReader(out.array(), 0, 8).instant("x"));
        }
        assertEquals(
                Instant.ofEpochMilli(Long.MIN_VALUE), reader("8000000000000000").instant("x"));
    }

    @Test
    void what_does_not_fit_a_field_is_not_written() {
        try (StateWriter out = new StateWriter(0, 8)) {
            assertThrows(IllegalArgumentException.class, () -> out.uint8(256));
            assertThrows(IllegalArgumentException.class, () -> out.uint8(-1));
            assertThrows(IllegalArgumentException.class, () -> out.uint16(65536));
            assertThrows(IllegalArgumentException.class, () -> out.uint16(-1));
            assertThrows(IllegalArgumentException.class, () -> out.counted(new byte[65536]));
            assertThrows(IllegalArgumentException.class, () -> out.octets(new byte[StateWriter.MAX_SIZE + 1]));
            assertEquals(0, out.position());
            out.counted(new byte[65535]);
            out.octets(new byte[StateWriter.MAX_SIZE - 65537]);
            assertEquals(StateWriter.MAX_SIZE, out.position());
            assertThrows(IllegalArgumentException.class, () -> out.uint8(1));
        }
    }

    @Test
    void an_outgrown_array_is_erased_and_so_is_the_last_one() {
        StateWriter out = new StateWriter(1, 3);
        out.octets(new byte[] {1, 2, 3});
        byte[] first = out.array();
        out.uint8(4);
        byte[] second = out.array();
        assertNotSame(first, second);
        assertArrayEquals(new byte[4], first);
        assertArrayEquals(new byte[] {0, 1, 2, 3, 4}, Arrays.copyOf(second, 5));
        out.reserve(second.length - 5);
        assertSame(second, out.array());
        out.close();
        out.close();
        assertArrayEquals(new byte[second.length], second);
    }

    @Test
    void a_reader_stays_inside_its_part() throws GSSException {
        byte[] source = "..abc..".getBytes(UTF_8);
        StateReader in = new StateReader(source, 2, 3);
        assertArrayEquals(new byte[] {'a', 'b', 'c'}, in.octets(3, "x"));
        assertMalformed(() -> in.uint8("y"));
        assertThrows(IndexOutOfBoundsException.class, () -> new StateReader(source, 5, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> new StateReader(source, -1, 3));
    }

    @Test
    void a_closed_secret_is_not_written() {
        SecretBytes secret = SecretBytes.copyOf(new byte[4]);
        secret.close();
        try (StateWriter out = new StateWriter(0, 8)) {
            assertThrows(IllegalStateException.class, () -> out.secret(secret));
            assertEquals(0, out.position());
        }
    }

    private static StateReader reader(String hex) {
        byte[] octets = HexFormat.of().parseHex(hex);
        return new StateReader(octets, 0, octets.length);
    }

    private static GSSException assertMalformed(Executable call) {
        GSSException e = assertThrows(GSSException.class, call);
        assertEquals(TransferFault.STATE_MALFORMED, TransferFault.of(e).orElseThrow());
        return e;
    }
}
