package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** What the format {@code mit} leaves out, maps or refuses. Offsets are those of its octet table. */
class MitFormatTest {
    private static final int ESTABLISHED_POS = 21;
    private static final int FLAGS_POS = 33;
    private static final int AUTHTIME_POS = 65;
    private static final int STARTTIME_POS = 69;
    private static final int ENDTIME_POS = 73;
    private static final int SEQ_RECV_POS = 93;
    private static final int WINDOW_POS = 246;
    private static final int BASE_POS = WINDOW_POS + 16;
    private static final int WINDOW_END = WINDOW_POS + 40;
    private static final int LIBRARY_POS = 290;
    private static final int LISTS_POS = LIBRARY_POS + 8;

    private final ForeignToken acceptor = ForeignToken.named("mit-aes256-cts-hmac-sha1-96-acceptor-after3");
    private final ForeignToken initiator = ForeignToken.named("mit-aes256-cts-hmac-sha1-96-initiator-after3");

    @Test
    void written_token_names_no_file_of_this_machine_and_no_realm() throws Exception {
        assertTrue(contains(acceptor.octets(), "/etc/krb5.conf"), "the library's own names it");
        try (ContextState state = acceptor.read(acceptor.octets())) {
            byte[] written = acceptor.write(state);
            assertFalse(contains(written, "krb5.conf"));
            assertTrue(contains(written, "/dev/null"));
        }
    }

    private static boolean contains(byte[] octets, String text) {
        return new String(octets, StandardCharsets.ISO_8859_1).contains(text);
    }

    @Test
    void spnego_outer_form_is_read() throws Exception {
        for (ForeignToken token : java.util.List.of(acceptor, initiator)) {
            byte[] wrapped = spnego(token.octets());
            assertTrue(token.exporter().recognises(wrapped));
            try (ContextState plain = token.read(token.octets());
                    ContextState inside = token.read(wrapped)) {
                assertEquals(StateText.of(plain), StateText.of(inside));
                assertArrayEquals(token.write(plain), token.write(inside));
            }
            assertFault(TransferFault.STATE_MALFORMED, token, spnego(wrapped));
        }
    }

    private static byte[] spnego(byte[] token) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HexFormat.of().parseHex("000000062b0601050502"));
        out.writeBytes(token);
        return out.toByteArray();
    }

    @Test
    void half_established_context_is_refused() {
        assertFault(TransferFault.STATE_MALFORMED, initiator, with(initiator, ESTABLISHED_POS, 0));
    }

    /** Of two, one may be the ticket's and the other say that it is verified. */
    @Test
    void module_of_the_authorization_context_that_comes_twice_is_refused() {
        String token = HexFormat.of().formatHex(acceptor.octets());
        int begin = token.indexOf("970ea73c") + 8;
        int end = token.indexOf("970ea73c", begin);
        assertEquals("00000002", token.substring(begin, begin + 8));
        String modules = token.substring(begin + 8, end);
        int indicators = modules.lastIndexOf("00000019" + "61757468");
        String pac = modules.substring(0, indicators);
        assertTrue(pac.startsWith("00000005" + "6d73706163"));
        for (String more : java.util.List.of(pac, modules.substring(indicators))) {
            byte[] twice = HexFormat.of()
                    .parseHex(token.substring(0, begin) + "00000003" + more + modules + token.substring(end));
            assertTrue(
                    assertFault(TransferFault.STATE_MALFORMED, acceptor, twice).contains("twice"));
        }
    }

    /** Those of 32 bits are read where the first subkey was of rc4-hmac, and nowhere else. */
    @Test
    void window_counts_as_far_as_its_numbers_have_bits() throws Exception {
        byte[] octets = acceptor.octets();
        octets[BASE_POS + 8 + 4] = 1;
        try (ContextState state = acceptor.read(octets)) {
            assertEquals((1L << 32) + 3, state.protection().window().gone());
            assertArrayEquals(
                    Arrays.copyOfRange(octets, WINDOW_POS, WINDOW_END),
                    Arrays.copyOfRange(acceptor.write(state), WINDOW_POS, WINDOW_END));
        }
        Arrays.fill(octets, WINDOW_POS + 12, BASE_POS, (byte) 0);
        assertFault(TransferFault.STATE_MALFORMED, acceptor, octets);
    }

    @Test
    void context_of_dce_style_is_refused() {
        assertFault(TransferFault.STATE_MALFORMED, acceptor, with(acceptor, FLAGS_POS, 0x11be));
    }

    @Test
    void acceptors_delegation_flag_is_dropped_since_no_credential_travels() throws Exception {
        try (ContextState state = acceptor.read(with(acceptor, FLAGS_POS, 0x1bf))) {
            assertEquals(0x3e, state.agreement().flags());
        }
        try (ContextState state = initiator.read(with(initiator, FLAGS_POS, 0x813f))) {
            assertEquals(0x803f, state.agreement().flags());
            assertArrayEquals(
                    Arrays.copyOfRange(with(initiator, FLAGS_POS, 0x813f), FLAGS_POS, FLAGS_POS + 4),
                    Arrays.copyOfRange(initiator.write(state), FLAGS_POS, FLAGS_POS + 4));
        }
    }

    @Test
    void times_are_read_without_sign_and_later_ones_are_refused() throws Exception {
        try (ContextState state = acceptor.read(with(acceptor, ENDTIME_POS, 0xffffffff))) {
            assertEquals(
                    Instant.parse("2106-02-07T06:28:15Z"),
                    state.agreement().ticket().endTime());
            assertArrayEquals(new byte[] {-1, -1, -1, -1}, Arrays.copyOfRange(acceptor.write(state), 73, 77));
        }
        try (ContextState state = acceptor.read(acceptor.octets());
                ContextState later = ForeignStates.endingAt(state, Instant.parse("2106-02-07T06:28:16Z"))) {
            GSSException e = assertThrows(GSSException.class, () -> acceptor.write(later));
            assertEquals(Optional.of(TransferFault.EXPORT_FAILED), TransferFault.of(e));
            assertTrue(e.getMinorString().contains("2106"), e.getMinorString());
        }
    }

    @Test
    void times_that_are_not_known_are_zero() throws Exception {
        byte[] unknown = with(acceptor, AUTHTIME_POS, 0);
        assertFault(TransferFault.STATE_MALFORMED, acceptor, unknown);
        ByteBuffer.wrap(unknown).putInt(STARTTIME_POS, 0);
        try (ContextState state = acceptor.read(unknown)) {
            assertNull(state.agreement().ticket().authTime());
            assertNull(state.agreement().ticket().startTime());
            assertEquals(0, ByteBuffer.wrap(acceptor.write(state)).getLong(AUTHTIME_POS));
        }
        try (ContextState state = acceptor.read(with(acceptor, STARTTIME_POS, 0))) {
            assertEquals(
                    Instant.ofEpochSecond(acceptor.number("authtime")),
                    state.agreement().ticket().startTime());
        }
    }

    @Test
    void big_endian_machines_window_is_refused_by_name() {
        byte[] octets = acceptor.octets();
        System.arraycopy(octets, SEQ_RECV_POS, octets, BASE_POS, 8);
        assertTrue(assertFault(TransferFault.STATE_MALFORMED, acceptor, octets).contains("big-endian"));
    }

    @Test
    void earlier_layouts_are_refused_by_name() {
        for (ForeignToken token : java.util.List.of(acceptor, initiator)) {
            // One list of encryption types more, of this many types in all.
            for (String lists : java.util.List.of(
                    "0000000000000000",
                    "00000001000000110000000100000012",
                    "00000000000000020000001100000012",
                    "00000000000000040000001100000012000000130000001400000015".substring(0, 48),
                    "0000000000000005" + "00000012".repeat(5),
                    "0000000000000020" + "00000012".repeat(32))) {
                byte[] before19 = replaced(token, LISTS_POS, LISTS_POS + 4, lists);
                assertTrue(assertFault(TransferFault.VERSION_UNKNOWN, token, before19)
                        .contains("MIT krb5 1.18 "));
                byte[] before18 = replaced(token, LISTS_POS, LISTS_POS + 4, lists + "000000010000000200000003");
                assertTrue(assertFault(TransferFault.VERSION_UNKNOWN, token, before18)
                        .contains("1.13 to 1.17"));
            }
            byte[] before13 = replaced(token, WINDOW_END, WINDOW_END, "00".repeat(152));
            assertTrue(
                    assertFault(TransferFault.VERSION_UNKNOWN, token, before13).contains("1.12"));
        }
    }

    private static byte[] replaced(ForeignToken token, int from, int to, String hex) {
        byte[] octets = token.octets();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(octets, 0, from);
        out.writeBytes(HexFormat.of().parseHex(hex));
        out.write(octets, to, octets.length - to);
        return out.toByteArray();
    }

    private static byte[] with(ForeignToken token, int at, int number) {
        return ByteBuffer.wrap(token.octets()).putInt(at, number).array();
    }

    private static String assertFault(TransferFault fault, ForeignToken token, byte[] octets) {
        GSSException e =
                assertThrows(GSSException.class, () -> token.read(octets).close());
        assertEquals(Optional.of(fault), TransferFault.of(e), e.getMinorString());
        return e.getMinorString();
    }
}
