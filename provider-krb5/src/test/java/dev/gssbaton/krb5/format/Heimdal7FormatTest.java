package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** What the format {@code heimdal-7} leaves out, maps or refuses. Offsets are those of keys of 32 octets. */
class Heimdal7FormatTest {
    private static final int PRESENT_POS = 11;
    private static final int PORTS_POS = 19;
    private static final int FLAGS_POS = 247;
    private static final int MORE_FLAGS_POS = 251;
    private static final int ENDTIME_POS = 255;
    /** Behind the window's flags, start and length. */
    private static final int SIZE_POS = 271;

    private final ForeignToken acceptor = ForeignToken.named("heimdal-7-aes256-cts-hmac-sha1-96-acceptor-after3");
    private final ForeignToken mit = ForeignToken.named("mit-aes256-cts-hmac-sha1-96-acceptor-after3");

    @Test
    void spnego_outer_form_is_read() throws Exception {
        byte[] wrapped = spnego(acceptor.octets());
        assertTrue(acceptor.exporter().recognises(wrapped));
        assertFalse(mit.exporter().recognises(wrapped));
        try (ContextState plain = acceptor.read(acceptor.octets());
                ContextState inside = acceptor.read(wrapped)) {
            assertEquals(StateText.of(plain), StateText.of(inside));
        }
        assertFault(TransferFault.STATE_MALFORMED, spnego(wrapped));
    }

    private static byte[] spnego(byte[] token) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HexFormat.of().parseHex("00062b0601050502"));
        out.writeBytes(token);
        return out.toByteArray();
    }

    @Test
    void addresses_are_read_and_left_out() throws Exception {
        byte[] octets = acceptor.octets();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(octets, 0, PORTS_POS);
        out.writeBytes(HexFormat.of().parseHex("0002000000047f000001" + "001800000010" + "00".repeat(16)));
        out.write(octets, PORTS_POS, octets.length - PORTS_POS);
        byte[] addressed = out.toByteArray();
        addressed[PRESENT_POS + 3] |= 3;
        addressed[PORTS_POS + 32 + 1] = 88;
        assertTrue(acceptor.exporter().recognises(addressed));
        try (ContextState state = acceptor.read(addressed)) {
            assertArrayEquals(octets, acceptor.write(state));
        }
    }

    @Test
    void half_established_context_is_refused() {
        assertTrue(assertFault(TransferFault.STATE_MALFORMED, with(MORE_FLAGS_POS, 0x98))
                .contains("half established"));
    }

    /** The library takes any, but makes none; a list of one would say that nothing was lost. */
    @Test
    void list_of_another_size_is_refused() {
        byte[] octets = acceptor.octets();
        for (int size : new int[] {0, 1, 19, 21, -1}) {
            byte[] other = Arrays.copyOf(octets, SIZE_POS + 8 + 4 * Math.max(0, size));
            ByteBuffer.wrap(other)
                    .putInt(SIZE_POS - 4, Math.min(1, Math.max(0, size)))
                    .putInt(SIZE_POS, size);
            assertTrue(assertFault(TransferFault.STATE_MALFORMED, other).contains("window size"));
        }
        assertFault(TransferFault.STATE_MALFORMED, with(SIZE_POS - 4, 21));
        assertFault(TransferFault.STATE_MALFORMED, with(SIZE_POS - 4, -1));
    }

    @Test
    void flags_that_do_not_fit_the_keys_are_refused() {
        for (int moreFlags : new int[] {0x1a, 0x8a, 0x8b, 0x19a}) {
            assertFault(TransferFault.STATE_MALFORMED, with(MORE_FLAGS_POS, moreFlags));
        }
        assertFault(TransferFault.STATE_MALFORMED, with(FLAGS_POS, 0x13c));
        assertFault(TransferFault.STATE_MALFORMED, with(FLAGS_POS, 0x113e));
    }

    @Test
    void context_without_end_or_beyond_2038_is_refused() {
        assertFault(TransferFault.STATE_MALFORMED, with(ENDTIME_POS, 0));
        assertFault(TransferFault.STATE_MALFORMED, with(ENDTIME_POS, 0x80000000));
    }

    @Test
    void acceptors_delegation_flag_is_dropped_since_no_credential_travels() throws Exception {
        try (ContextState state = acceptor.read(with(FLAGS_POS, 0x13f))) {
            assertEquals(0x3e, state.agreement().flags());
        }
    }

    @Test
    void nothing_but_the_end_is_known_of_the_ticket() throws Exception {
        try (ContextState state = acceptor.read(acceptor.octets())) {
            assertNull(state.agreement().ticket().authTime());
            assertNull(state.agreement().ticket().startTime());
            assertEquals(0, state.agreement().ticket().flags().toInt());
        }
    }

    @Test
    void authorization_data_are_dropped() throws Exception {
        try (ContextState state = mit.read(mit.octets())) {
            assertTrue(state.agreement().ticket().pacVerified());
            try (ContextState moved = acceptor.read(acceptor.write(state))) {
                assertEquals(0, moved.agreement().ticket().authorizationData().length());
                assertFalse(moved.agreement().ticket().pacVerified());
                assertEquals(
                        state.agreement().ticket().endTime(),
                        moved.agreement().ticket().endTime());
            }
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
            assertCannotCarry(
                    ForeignStates.withNumbers(state, 7, SequenceWindow.of(window.flags(), 1000, -9, 1)), "gone by");
            try (ContextState last = ForeignStates.withNumbers(
                    state, (1L << 32) - 1, SequenceWindow.of(window.flags(), (1L << 32) - 3, 2, 3))) {
                try (ContextState moved = acceptor.read(acceptor.write(last))) {
                    assertEquals((1L << 32) - 1, moved.protection().sendNumber());
                    assertEquals((1L << 32) - 1, moved.protection().window().next());
                }
            }
        }
    }

    @Test
    void camellia_which_heimdal_has_not_is_refused() throws Exception {
        for (EncryptionType type : List.of(EncryptionType.CAMELLIA128_CTS_CMAC, EncryptionType.CAMELLIA256_CTS_CMAC)) {
            try (ContextState state = acceptor.read(acceptor.octets())) {
                SecureRandom random = new SecureRandom();
                assertCannotCarry(
                        new ContextState(
                                state.agreement(),
                                new ContextKeys(EncryptionKey.generate(type, random), null, null),
                                7,
                                7,
                                state.protection().window(),
                                null,
                                random),
                        type.rfcName());
            }
        }
    }

    private void assertCannotCarry(ContextState state, String what) {
        try (state) {
            GSSException e = assertThrows(GSSException.class, () -> acceptor.write(state));
            assertEquals(Optional.of(TransferFault.EXPORT_FAILED), TransferFault.of(e));
            assertTrue(e.getMinorString().contains(what), e.getMinorString());
        }
    }

    private byte[] with(int at, int number) {
        return ByteBuffer.wrap(acceptor.octets()).putInt(at, number).array();
    }

    private String assertFault(TransferFault fault, byte[] octets) {
        GSSException e =
                assertThrows(GSSException.class, () -> acceptor.read(octets).close());
        assertEquals(Optional.of(fault), TransferFault.of(e), e.getMinorString());
        return e.getMinorString();
    }
}
