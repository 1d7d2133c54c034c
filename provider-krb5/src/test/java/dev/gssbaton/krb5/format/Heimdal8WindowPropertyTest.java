package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.format.HeimdalOrder.Verdict;
import dev.gssbaton.krb5.format.HeimdalOrder.Version;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mapped to the list of Heimdal's git master or from it, no number that was received before is new. */
class Heimdal8WindowPropertyTest {
    private static final int RUNS = Scale.times(200, 50_000);
    private static final int SIZE = 20;

    static List<Set<ContextFlag>> flags() {
        return HeimdalWindowPropertyTest.flags();
    }

    @ParameterizedTest
    @MethodSource("flags")
    void to_heimdal_nothing_gone_by_is_new_whatever_comes_later(Set<ContextFlag> flags) throws Exception {
        Random random = new Random(4121);
        for (int run = 0; run < RUNS; run++) {
            long base = HeimdalWindowPropertyTest.base(random);
            SequenceWindow window = new SequenceWindow(flags, base);
            for (long number : HeimdalWindowPropertyTest.arrivals(base, random)) {
                window.receive(number, new MessageProp(0, false));
            }
            long next = window.next();
            HeimdalOrder order = order(write(window));
            assertEquals(Verdict.COMPLETE, order.copy().check((int) next));
            assertEquals(
                    flags.contains(ContextFlag.SEQUENCE) ? Verdict.GAP : Verdict.COMPLETE,
                    order.copy().check((int) next + 1));
            for (long number = Math.max(base, next - SIZE); number < next; number++) {
                assertEquals(Verdict.DUPLICATE, order.copy().check((int) number));
            }
            for (long number : HeimdalWindowPropertyTest.arrivals(next, random)) {
                expectNothingNew(order, base, next);
                order.check((int) number);
            }
            expectNothingNew(order, base, next);
        }
    }

    private static void expectNothingNew(HeimdalOrder order, long from, long to) {
        for (long number = from; number < to; number++) {
            HeimdalOrder now = order.copy();
            Verdict verdict = now.check((int) number);
            assertTrue(verdict != Verdict.COMPLETE && verdict != Verdict.GAP, () -> "gone by, and now " + verdict);
            assertTrue(Arrays.equals(order.list(), now.list()), "is not taken");
        }
    }

    @ParameterizedTest
    @MethodSource("flags")
    void from_heimdal_nothing_up_to_the_highest_is_new(Set<ContextFlag> flags) throws Exception {
        Random random = new Random(8009);
        for (int run = 0; run < RUNS; run++) {
            long base = HeimdalWindowPropertyTest.base(random);
            HeimdalOrder order = new HeimdalOrder(Version.GIT_MASTER, ContextFlag.bits(flags), (int) base);
            Set<Long> taken = new HashSet<>();
            for (long number : HeimdalWindowPropertyTest.arrivals(base, random)) {
                order.check((int) number);
                taken.add(number);
            }
            long highest = Arrays.stream(order.list())
                    .limit(order.length())
                    .mapToLong(Integer::toUnsignedLong)
                    .max()
                    .orElse(base - 1);
            byte[] octets = write(flags, base, order);
            for (long number : taken) {
                // One that is above all that are listed was lost by the library itself.
                if (number <= highest) {
                    MessageProp prop = receive(read(flags, octets), number);
                    assertTrue(
                            prop.isDuplicateToken()
                                    || prop.isOldToken()
                                    || (!flags.contains(ContextFlag.REPLAY) && prop.isUnseqToken()),
                            "taken before");
                }
            }
            assertEquals(highest + 1, read(flags, octets).next());
            MessageProp prop = receive(read(flags, octets), highest + 1);
            assertTrue(!prop.isDuplicateToken() && !prop.isOldToken() && !prop.isGapToken() && !prop.isUnseqToken());
        }
    }

    @ParameterizedTest
    @MethodSource("flags")
    void there_and_back_it_is_the_same_with_all_gone_by_seen(Set<ContextFlag> flags) throws Exception {
        for (long base : new long[] {0, 1, 2, 127, 128, 0xFFFF_FF00L}) {
            for (int gone : new int[] {0, 1, 2, 19, 20, 21, 63, 64, 65, 200}) {
                SequenceWindow window = new SequenceWindow(flags, base);
                for (int i = 0; i < gone; i++) {
                    window.receive(base + i, new MessageProp(0, false));
                }
                SequenceWindow back = read(flags, write(window));
                assertEquals(window.base(), back.base());
                assertEquals(window.gone(), back.gone());
                assertEquals(window.seen(), back.seen());
            }
        }
    }

    /** Why no number is left missing in what is written. */
    @Test
    void git_master_takes_twice_what_a_late_number_stood_behind() {
        Set<ContextFlag> flags = EnumSet.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE);
        HeimdalOrder order = new HeimdalOrder(Version.GIT_MASTER, ContextFlag.bits(flags), 1000);
        assertEquals(Verdict.COMPLETE, order.check(1000));
        assertEquals(Verdict.COMPLETE, order.check(1001));
        assertEquals(Verdict.GAP, order.check(1003));
        assertEquals(Verdict.UNSEQUENCED, order.check(1002));
        assertEquals(Verdict.COMPLETE, order.check(1003), "a replay, in order");
        HeimdalOrder fresh = new HeimdalOrder(Version.GIT_MASTER, ContextFlag.REPLAY.bit(), 1000);
        assertEquals(Verdict.COMPLETE, fresh.check(1000));
        assertEquals(Verdict.COMPLETE, fresh.check(1001));
        assertEquals(Verdict.COMPLETE, fresh.check(1000), "a replay of the first");
    }

    /** So the first number received is a duplicate there, which a context of the library's own takes twice. */
    @Test
    void what_begins_after_the_move_is_not_taken_twice_either() throws Exception {
        Set<ContextFlag> flags = EnumSet.of(ContextFlag.REPLAY);
        HeimdalOrder order = order(write(new SequenceWindow(flags, 1000)));
        for (int number = 1000; number < 1050; number++) {
            assertEquals(Verdict.COMPLETE, order.check(number));
            expectNothingNew(order, 1000, number + 1);
        }
    }

    @Test
    void lists_that_cannot_be_are_refused() throws Exception {
        for (int[] fields : new int[][] {
            {4, 0, 1, 19, 7, 7}, // size
            {4, 0, 1, 1, 7, 7},
            {4, 0, 21, 20, 7, 7}, // length
            {4, 0, -1, 20, 7, 7},
            {12, 0, 1, 20, 7, 7}, // flags
            {4, 0, 0, 20, 7, 7}, // nothing in use, and not before the first
            {4, 0, 1, 20, 7, 6}, // one number, before the first
            {4, 0, 20, 20, 7, 3},
        }) {
            byte[] octets = octets(fields);
            GSSException e = assertThrows(
                    GSSException.class, () -> read(EnumSet.of(ContextFlag.REPLAY), octets), Arrays.toString(fields));
            assertEquals(Optional.of(TransferFault.STATE_MALFORMED), TransferFault.of(e));
        }
        assertEquals(
                8,
                read(EnumSet.of(ContextFlag.REPLAY), octets(4, 9, 1, 20, 7, 7)).next());
    }

    /** The fields, and for the list one number and zeros. */
    private static byte[] octets(int... fields) {
        try (StateWriter out = new StateWriter(0, 100)) {
            for (int i = 0; i < 5 + SIZE; i++) {
                HeimdalPacked.encode(i < fields.length ? fields[i] : 0, out);
            }
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private static byte[] write(Set<ContextFlag> flags, long base, HeimdalOrder order) {
        try (StateWriter out = new StateWriter(0, 100)) {
            for (int field : new int[] {ContextFlag.bits(flags), 0, order.length(), SIZE, (int) base}) {
                HeimdalPacked.encode(field, out);
            }
            for (int number : order.list()) {
                HeimdalPacked.encode(number, out);
            }
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private static byte[] write(SequenceWindow window) throws GSSException {
        try (StateWriter out = new StateWriter(0, 100)) {
            Heimdal8Window.encode(window, out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private static HeimdalOrder order(byte[] octets) throws GSSException {
        StateReader in = new StateReader(octets, 0, octets.length);
        int[] fields = new int[5 + SIZE];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = HeimdalPacked.int32(in, "window");
        }
        in.expectEnd();
        assertEquals(SIZE, fields[3]);
        return new HeimdalOrder(
                Version.GIT_MASTER, fields[0], fields[2], fields[4], Arrays.copyOfRange(fields, 5, fields.length));
    }

    private static SequenceWindow read(Set<ContextFlag> flags, byte[] octets) throws GSSException {
        StateReader in = new StateReader(octets, 0, octets.length);
        SequenceWindow window = Heimdal8Window.decode(ContextFlag.bits(flags), in);
        in.expectEnd();
        return window;
    }

    private static MessageProp receive(SequenceWindow window, long number) {
        MessageProp prop = new MessageProp(0, false);
        window.receive(number, prop);
        return prop;
    }
}
