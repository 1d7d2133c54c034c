package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceWindowTest {
    private static final Set<ContextFlag> BOTH = EnumSet.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE);
    private static final Set<ContextFlag> REPLAY = EnumSet.of(ContextFlag.REPLAY);
    private static final Set<ContextFlag> SEQUENCE = EnumSet.of(ContextFlag.SEQUENCE);
    private static final Set<ContextFlag> NEITHER = EnumSet.of(ContextFlag.MUTUAL);

    /** Receives a number, and names the state that was reported: one at most, with a text if there is one. */
    static String receive(SequenceWindow window, long number) {
        MessageProp prop = new MessageProp(true);
        prop.setSupplementaryStates(true, true, true, true, 99, "of an older message");
        window.receive(number, prop);
        String states = (prop.isDuplicateToken() ? "duplicate" : "")
                + (prop.isOldToken() ? "old" : "")
                + (prop.isUnseqToken() ? "unsequenced" : "")
                + (prop.isGapToken() ? "gap" : "");
        assertEquals(0, prop.getMinorStatus());
        if (states.isEmpty()) {
            assertNull(prop.getMinorString());
        } else {
            assertNotNull(prop.getMinorString());
        }
        return states;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x3FFF_FFFF, Long.MAX_VALUE, Long.MIN_VALUE, -1, -30})
    void rfc2743_1_2_3_in_order_nothing_is_reported(long base) {
        SequenceWindow window = new SequenceWindow(BOTH, base);
        for (long i = 0; i < 200; i++) {
            assertEquals(base + i, window.next());
            assertEquals("", receive(window, base + i));
        }
        assertEquals(base, window.base());
    }

    @Test
    void what_a_window_says_of_itself_makes_the_same_window() throws GSSException {
        for (Set<ContextFlag> flags : Set.of(BOTH, REPLAY, SEQUENCE)) {
            SequenceWindow window = new SequenceWindow(flags, -3);
            receive(window, -3);
            receive(window, 1);
            assertEquals(5, window.gone());
            assertEquals(0b10001, window.seen());
            SequenceWindow same = SequenceWindow.of(window.flags(), window.base(), window.gone(), window.seen());
            for (long number = -4; number < 4; number++) {
                assertEquals(receive(window, number), receive(same, number));
            }
        }
        assertThrows(GSSException.class, () -> SequenceWindow.of(BOTH, 0, 0, 1));
        assertThrows(GSSException.class, () -> SequenceWindow.of(BOTH, 0, 63, 1L << 63 | 1));
        assertThrows(GSSException.class, () -> SequenceWindow.of(BOTH, 0, 1, 0));
    }

    @Test
    void rfc2743_1_2_3_a_second_reception_is_a_duplicate() {
        for (Set<ContextFlag> flags : Set.of(BOTH, REPLAY)) {
            SequenceWindow window = new SequenceWindow(flags, 10);
            for (long i = 10; i < 74; i++) {
                receive(window, i);
            }
            for (long i = 10; i < 74; i++) {
                assertEquals("duplicate", receive(window, i));
            }
            assertEquals(74, window.next());
        }
    }

    @Test
    void rfc2743_1_2_3_a_gap_is_reported_once_and_what_fills_it_is_unsequenced() {
        SequenceWindow window = new SequenceWindow(BOTH, 0);
        assertEquals("gap", receive(window, 3));
        assertEquals("", receive(window, 4));
        assertEquals("unsequenced", receive(window, 0));
        assertEquals("unsequenced", receive(window, 2));
        assertEquals("duplicate", receive(window, 2));
        assertEquals("unsequenced", receive(window, 1));
        assertEquals("duplicate", receive(window, 3));
    }

    @Test
    void rfc2743_1_2_3_without_sequencing_order_is_not_reported() {
        SequenceWindow window = new SequenceWindow(REPLAY, 0);
        assertEquals("", receive(window, 3));
        assertEquals("", receive(window, 1));
        assertEquals("duplicate", receive(window, 1));
        assertEquals("", receive(window, 500));
        assertEquals("old", receive(window, 2));
    }

    @Test
    void rfc2743_1_2_3_without_replay_detection_no_duplicate_is_reported() {
        SequenceWindow window = new SequenceWindow(SEQUENCE, 0);
        assertEquals("", receive(window, 0));
        assertEquals("unsequenced", receive(window, 0));
        assertEquals("gap", receive(window, 2));
    }

    @Test
    void rfc2743_1_2_3_with_neither_nothing_is_reported() {
        SequenceWindow window = new SequenceWindow(NEITHER, 7);
        for (long number : new long[] {7, 7, 100, 1, Long.MIN_VALUE}) {
            assertEquals("", receive(window, number));
        }
    }

    @Test
    void behind_the_map_is_old_always() {
        SequenceWindow window = new SequenceWindow(BOTH, 0);
        receive(window, 0);
        assertEquals("gap", receive(window, 100));
        assertEquals("old", receive(window, 0));
        assertEquals("old", receive(window, 36));
        assertEquals("unsequenced", receive(window, 37));
        assertEquals("duplicate", receive(window, 37));
        assertEquals(101, window.next());
    }

    @Test
    void before_the_first_number_is_old() {
        SequenceWindow window = new SequenceWindow(BOTH, 50);
        assertEquals("old", receive(window, 49));
        assertEquals("", receive(window, 50));
        assertEquals("old", receive(window, 49));
        assertEquals("old", receive(window, 0));
        assertEquals("old", receive(window, -1));
    }

    @ParameterizedTest
    @ValueSource(longs = {62, 63, 64, 65, 127, 128, 129, 1L << 32, Long.MAX_VALUE - 1})
    void a_jump_over_the_map_clears_it(long jump) {
        SequenceWindow window = new SequenceWindow(BOTH, 0);
        receive(window, 0);
        assertEquals("gap", receive(window, 1 + jump));
        assertEquals("duplicate", receive(window, 1 + jump));
        for (long behind = 1; behind < 64; behind++) {
            long number = 1 + jump - behind;
            assertEquals(number == 0 ? "duplicate" : "unsequenced", receive(window, number));
        }
        assertEquals("old", receive(window, 1 + jump - 64));
    }

    @Test
    void half_the_numbers_ahead_is_the_past() {
        SequenceWindow window = new SequenceWindow(BOTH, 1000);
        receive(window, 1000);
        assertEquals("old", receive(window, 1001 + Long.MIN_VALUE));
        assertEquals(1001, window.next());
        assertEquals("gap", receive(window, Long.MIN_VALUE + 1000));
        assertEquals(Long.MIN_VALUE + 1001, window.next());
        assertEquals("old", receive(window, 1001));
    }

    @Test
    void numbers_wrap_around() {
        SequenceWindow window = new SequenceWindow(BOTH, -3);
        for (long number : new long[] {-3, -2, -1, 0, 1}) {
            assertEquals("", receive(window, number));
        }
        assertEquals("duplicate", receive(window, -1));
        assertEquals("gap", receive(window, 3));
        assertEquals("unsequenced", receive(window, 2));
    }

    @Test
    void round_to_the_first_number_is_old() throws GSSException {
        SequenceWindow window = new SequenceWindow(BOTH, 40);
        assertEquals("gap", receive(window, Long.MIN_VALUE + 38));
        assertEquals("gap", receive(window, 36));
        assertEquals("", receive(window, 37));
        assertEquals("", receive(window, 38));
        // The last number of all is left unused by a sender, so that it cannot be the first again.
        assertEquals("old", receive(window, 39));
        assertEquals("old", receive(window, 40));
        assertEquals("old", receive(window, 90));
        assertEquals(39, window.next());
        try (StateWriter out = new StateWriter(0, 25)) {
            window.write(out);
            SequenceWindow read = SequenceWindow.read(new StateReader(out.array(), 0, out.position()));
            assertEquals("duplicate", receive(read, 38));
            assertEquals("old", receive(read, 39));
        }
    }

    @Test
    void what_cannot_be_is_not_read() {
        assertUnreadable(4, 0, 0, 0);
        assertUnreadable(0xFF, 0, 0, 0);
        // A number seen before the first one.
        assertUnreadable(3, 0, 0, 1);
        assertUnreadable(3, 0, 1, 0b10);
        assertUnreadable(3, 9, 1, 0b11);
        assertUnreadable(3, 9, 63, Long.MIN_VALUE | 1);
        // The latest number is always seen.
        assertUnreadable(3, 0, 1, 0);
        assertUnreadable(3, 0, 64, 0b10);
        assertUnreadable(3, 0, -1, 0b10);
    }

    private static void assertUnreadable(int flags, long base, long gone, long seen) {
        try (StateWriter out = new StateWriter(0, 25)) {
            out.uint8(flags);
            out.int64(base);
            out.int64(gone);
            out.int64(seen);
            GSSException e = assertThrows(
                    GSSException.class, () -> SequenceWindow.read(new StateReader(out.array(), 0, out.position())));
            assertEquals(TransferFault.STATE_MALFORMED, TransferFault.of(e).orElseThrow());
        }
    }

    @Test
    void every_truncation_is_malformed() throws GSSException {
        try (StateWriter out = new StateWriter(0, 25)) {
            SequenceWindow window = new SequenceWindow(BOTH, 5);
            receive(window, 6);
            window.write(out);
            assertEquals(25, out.position());
            for (int length = 0; length < 25; length++) {
                StateReader cut = new StateReader(out.array(), 0, length);
                GSSException e = assertThrows(GSSException.class, () -> SequenceWindow.read(cut));
                assertEquals(TransferFault.STATE_MALFORMED, TransferFault.of(e).orElseThrow());
            }
            StateReader whole = new StateReader(out.array(), 0, 25);
            assertEquals("duplicate", receive(SequenceWindow.read(whole), 6));
            whole.expectEnd();
        }
    }
}
