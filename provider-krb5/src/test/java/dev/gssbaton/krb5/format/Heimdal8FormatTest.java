package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** What the format {@code heimdal-8} leaves out, maps or refuses. */
class Heimdal8FormatTest {
    private static final String HEADER = "08092a864886f712010202";
    /** flags, more flags, state and the beginning of endtime. */
    private static final String FLAGS_TO_END = "82013e819a0684";

    private static final String SPNEGO_HEADER = "08062b0601050502";

    private final ForeignToken acceptor = ForeignToken.named("heimdal-8-aes256-cts-hmac-sha1-96-acceptor-after3");
    private final ForeignToken seven = ForeignToken.named("heimdal-7-aes256-cts-hmac-sha1-96-acceptor-after3");
    private final ForeignToken mit = ForeignToken.named("mit-aes256-cts-hmac-sha1-96-acceptor-after3");

    @Test
    void version_is_told_and_another_one_is_refused_by_name() {
        for (int version = 1; version <= 3; version++) {
            byte[] octets = acceptor.octets();
            octets[0] |= (byte) version;
            assertTrue(acceptor.exporter().recognises(octets));
            assertTrue(assertFault(TransferFault.VERSION_UNKNOWN, octets).contains("version " + version));
        }
        for (int unknown : new int[] {0x18, 0x28, 0x48, 0x88, 0x00, 0x04}) {
            byte[] octets = acceptor.octets();
            octets[0] = (byte) unknown;
            assertFalse(acceptor.exporter().recognises(octets));
        }
    }

    @Test
    void half_established_context_is_refused() {
        byte[] inPart = acceptor.octets();
        inPart[0] |= 0x04;
        assertTrue(acceptor.exporter().recognises(inPart));
        for (byte[] octets : List.of(
                inPart,
                with(FLAGS_TO_END, "82013e81980684"),
                with(FLAGS_TO_END, "82013e819a0584"),
                with(FLAGS_TO_END, "82013e819a0384"),
                with(FLAGS_TO_END, "82013e819a0084"))) {
            assertTrue(assertFault(TransferFault.STATE_MALFORMED, octets).contains("half established"));
        }
    }

    @Test
    void context_of_dce_style_is_refused() {
        assertTrue(assertFault(TransferFault.STATE_MALFORMED, with(FLAGS_TO_END, "82113e819a0684"))
                .contains("DCE style"));
    }

    @Test
    void flags_that_do_not_fit_the_keys_are_refused() {
        for (String more : List.of("818a", "1a", "82019a")) {
            assertFault(TransferFault.STATE_MALFORMED, with(FLAGS_TO_END, "82013e" + more + "0684"));
        }
        assertFault(TransferFault.STATE_MALFORMED, with(FLAGS_TO_END, "82013c819a0684"));
    }

    @Test
    void what_must_be_present_is() {
        // session key, source name, target name, window; and an unknown bit
        for (String present : List.of("8201f8", "8201dc", "8201bc", "82017c", "8203fc")) {
            String body = body(acceptor.octets());
            assertTrue(body.startsWith("8201fc"));
            String message = assertFault(TransferFault.STATE_MALFORMED, whole(present + body.substring(6)));
            assertTrue(message.contains("present"), message);
        }
    }

    @Test
    void context_without_end_or_beyond_2038_is_refused() throws Exception {
        String end = Long.toHexString(acceptor.number("endtime"));
        assertFault(TransferFault.STATE_MALFORMED, with("84" + end, "00"));
        assertFault(TransferFault.STATE_MALFORMED, with("84" + end, "8480000000"));
        try (ContextState state = acceptor.read(with("84" + end, "847fffffff"))) {
            assertEquals(
                    Instant.parse("2038-01-19T03:14:07Z"),
                    state.agreement().ticket().endTime());
        }
    }

    @Test
    void addresses_are_read_and_left_out() throws Exception {
        String body = body(acceptor.octets());
        byte[] addressed = whole("8201ff65" + "02047f000001" + "18021111" + body.substring(8));
        assertTrue(body.startsWith("8201fc65"));
        try (ContextState state = acceptor.read(acceptor.octets());
                ContextState same = acceptor.read(addressed)) {
            assertArrayEquals(acceptor.write(state), acceptor.write(same));
        }
        assertFault(TransferFault.STATE_MALFORMED, whole("8201ff65" + "02847fffffff" + body.substring(8)));
    }

    @Test
    void name_that_a_gss_name_cannot_hold_is_refused() throws Exception {
        String alice = "05" + HexFormat.of().formatHex("alice".getBytes(StandardCharsets.US_ASCII));
        for (String name :
                List.of("05616c2f6365", "05616c406365", "05616c5c6365", "05616c006365", "00", "05616cff6365")) {
            assertTrue(assertFault(TransferFault.STATE_MALFORMED, with(alice, name))
                    .contains("name"));
        }
        String realm = "0f" + HexFormat.of().formatHex("MIT1.BATON.TEST".getBytes(StandardCharsets.US_ASCII));
        for (String count : List.of("00", "11", "847fffffff")) {
            assertTrue(assertFault(TransferFault.STATE_MALFORMED, with("01" + realm + alice, count + realm + alice))
                    .contains("source name"));
        }
        assertFault(TransferFault.STATE_MALFORMED, with("01" + realm + alice, "01" + "00" + alice));
        try (ContextState state = acceptor.read(with("01" + realm + alice, "03" + realm + alice + alice + alice))) {
            assertEquals(
                    "alice/alice/alice@MIT1.BATON.TEST",
                    state.agreement().source().toString());
            try (ContextState again = acceptor.read(acceptor.write(state))) {
                assertEquals(state.agreement().source(), again.agreement().source());
            }
        }
    }

    @Test
    void acceptors_delegation_flag_is_dropped_since_no_credential_travels() throws Exception {
        try (ContextState state = acceptor.read(with(FLAGS_TO_END, "82013f819a0684"))) {
            assertEquals(0x3e, state.agreement().flags());
        }
    }

    @Test
    void nothing_but_the_end_is_known_of_the_ticket() throws Exception {
        try (ContextState state = mit.read(mit.octets());
                ContextState moved = acceptor.read(acceptor.write(state))) {
            assertNull(moved.agreement().ticket().authTime());
            assertEquals(0, moved.agreement().ticket().flags().toInt());
            assertEquals(0, moved.agreement().ticket().authorizationData().length());
            assertEquals(
                    state.agreement().ticket().endTime(),
                    moved.agreement().ticket().endTime());
        }
    }

    @Test
    void what_does_not_fit_is_refused() throws Exception {
        try (ContextState state = acceptor.read(acceptor.octets())) {
            SequenceWindow window = state.protection().window();
            assertCannotCarry(ForeignStates.endingAt(state, Instant.parse("2038-01-19T03:14:08Z")), "2038");
            assertCannotCarry(ForeignStates.withNumbers(state, 1L << 32, window), "next message");
            assertCannotCarry(
                    ForeignStates.withNumbers(state, 7, SequenceWindow.of(window.flags(), (1L << 32) - 2, 2, 3)),
                    "expected");
            assertCannotCarry(
                    ForeignStates.withNumbers(state, 7, SequenceWindow.of(window.flags(), 1L << 32, 0, 0)), "first");
            try (ContextState last = ForeignStates.withNumbers(
                            state, (1L << 32) - 1, SequenceWindow.of(window.flags(), (1L << 32) - 3, 2, 3));
                    ContextState moved = acceptor.read(acceptor.write(last))) {
                assertEquals((1L << 32) - 1, moved.protection().sendNumber());
                assertEquals((1L << 32) - 1, moved.protection().window().next());
            }
        }
    }

    /** From one of Heimdal's formats into the other: all that both have, but for what the window closes. */
    @Test
    void format_of_heimdal_7_says_the_same() throws Exception {
        try (ContextState state = seven.read(seven.octets());
                ContextState moved = acceptor.read(acceptor.write(state))) {
            assertEquals(StateText.of(state), StateText.of(moved));
        }
    }

    @Test
    void spnego_outer_form_is_read() throws Exception {
        // established, no MIC needed; offered mechanisms, one chosen, flags, lifetime, names
        byte[] wrapped = spnego(
                "8201ff",
                "41",
                "03010203" + "0102" + "0103" + "092a864886f712010202",
                "82013e820e10" + "0104" + "0105");
        byte[] withMic = spnego("10", "31", "", "");
        for (byte[] octets : List.of(wrapped, withMic)) {
            assertTrue(acceptor.exporter().recognises(octets));
            assertFalse(seven.exporter().recognises(octets));
            assertFalse(mit.exporter().recognises(octets));
            try (ContextState plain = acceptor.read(acceptor.octets());
                    ContextState inside = acceptor.read(octets)) {
                assertEquals(StateText.of(plain), StateText.of(inside));
            }
            for (int length = 0; length < octets.length; length++) {
                assertFault(TransferFault.STATE_MALFORMED, Arrays.copyOf(octets, length));
            }
            assertFault(TransferFault.STATE_MALFORMED, Arrays.copyOf(octets, octets.length + 1));
        }
    }

    @Test
    void spnego_context_that_is_not_complete_or_has_negoex_is_refused() {
        for (String states : List.of("00", "01", "40", "11", "21", "30", "820241")) {
            assertFault(TransferFault.STATE_MALFORMED, spnego("10", states, "", ""));
        }
        assertFault(TransferFault.STATE_MALFORMED, spnego("820210", "41", "", ""));
        assertFault(TransferFault.STATE_MALFORMED, spnego("00", "41", "", ""));
        // SPNEGO in SPNEGO
        byte[] inner = spnego("10", "41", "", "");
        assertFault(TransferFault.STATE_MALFORMED, spnego("10", "41", "", "", inner));
    }

    private byte[] spnego(String present, String states, String before, String behind) {
        return spnego(present, states, before, behind, acceptor.octets());
    }

    private static byte[] spnego(String present, String states, String before, String behind, byte[] inner) {
        try (StateWriter body = new StateWriter(0, 64);
                StateWriter out = new StateWriter(0, 64)) {
            body.octets(HexFormat.of().parseHex(present + states + before));
            HeimdalPacked.encode(inner, body);
            body.octets(HexFormat.of().parseHex(behind));
            out.octets(HexFormat.of().parseHex(SPNEGO_HEADER));
            HeimdalPacked.encode(Arrays.copyOf(body.array(), body.position()), out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    /** Replaces digits in the acceptor's token, where they stand once, and makes its length fit. */
    private byte[] with(String digits, String others) {
        String body = body(acceptor.octets());
        int at = body.indexOf(digits);
        assertTrue(at >= 0 && body.indexOf(digits, at + 1) < 0, digits);
        return whole(body.substring(0, at) + others + body.substring(at + digits.length()));
    }

    private static String body(byte[] octets) {
        String digits = HexFormat.of().formatHex(octets);
        assertTrue(digits.startsWith(HEADER + "81"));
        return digits.substring(HEADER.length() + 4);
    }

    private static byte[] whole(String body) {
        try (StateWriter out = new StateWriter(0, 64)) {
            out.octets(HexFormat.of().parseHex(HEADER));
            HeimdalPacked.encode(HexFormat.of().parseHex(body), out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private void assertCannotCarry(ContextState state, String what) {
        try (state) {
            GSSException e = assertThrows(GSSException.class, () -> acceptor.write(state));
            assertEquals(Optional.of(TransferFault.EXPORT_FAILED), TransferFault.of(e));
            assertTrue(e.getMinorString().contains(what), e.getMinorString());
        }
    }

    private String assertFault(TransferFault fault, byte[] octets) {
        GSSException e =
                assertThrows(GSSException.class, () -> acceptor.read(octets).close());
        assertEquals(Optional.of(fault), TransferFault.of(e), e.getMinorString());
        return e.getMinorString();
    }
}
