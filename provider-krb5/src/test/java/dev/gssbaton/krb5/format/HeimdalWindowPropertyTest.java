package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.peers.Scale;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mapped to Heimdal's list or from it, no number that was received before is new. */
class HeimdalWindowPropertyTest {
    private static final int RUNS = Scale.times(1_000, 300_000);
    private static final int NUMBERS = 200;

    static List<Set<ContextFlag>> flags() {
        return List.of(
                EnumSet.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE),
                EnumSet.of(ContextFlag.REPLAY),
                EnumSet.of(ContextFlag.SEQUENCE));
    }

    @ParameterizedTest
    @MethodSource("flags")
    void to_heimdal_nothing_received_is_new(Set<ContextFlag> flags) throws Exception {
        Random random = new Random(4121);
        for (int run = 0; run < RUNS; run++) {
            long base = base(random);
            SequenceWindow window = new SequenceWindow(flags, base);
            Set<Long> received = new HashSet<>();
            for (long number : arrivals(base, random)) {
                window.receive(number, new MessageProp(0, false));
                received.add(number);
            }
            byte[] octets = write(window);
            for (long number = base; number < window.next(); number++) {
                HeimdalOrder order = HeimdalOrder.read(octets);
                HeimdalOrder.Verdict verdict = order.check((int) number);
                if (received.contains(number)) {
                    assertTrue(
                            verdict == HeimdalOrder.Verdict.DUPLICATE || verdict == HeimdalOrder.Verdict.FAILURE,
                            () -> "received before, and now " + verdict);
                }
            }
            long next = window.next();
            if (run % 20 == 0) {
                expectNothingNewLater(HeimdalOrder.read(octets), received, arrivals(next, random));
            }
            assertEquals(
                    HeimdalOrder.Verdict.COMPLETE, HeimdalOrder.read(octets).check((int) next));
            assertEquals(
                    flags.contains(ContextFlag.SEQUENCE) ? HeimdalOrder.Verdict.GAP : HeimdalOrder.Verdict.COMPLETE,
                    HeimdalOrder.read(octets).check((int) next + 1));
        }
    }

    private static void expectNothingNewLater(HeimdalOrder order, Set<Long> received, long[] later) {
        for (long arriving : later) {
            order.check((int) arriving);
            for (long number : received) {
                HeimdalOrder.Verdict verdict = order.copy().check((int) number);
                assertTrue(
                        verdict != HeimdalOrder.Verdict.COMPLETE && verdict != HeimdalOrder.Verdict.GAP,
                        () -> "received before the move, and later " + verdict);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("flags")
    void from_heimdal_nothing_taken_is_new(Set<ContextFlag> flags) throws Exception {
        Random random = new Random(8009);
        for (int run = 0; run < RUNS; run++) {
            long base = base(random);
            HeimdalOrder order = new HeimdalOrder(HeimdalOrder.Version.RELEASE_7, ContextFlag.bits(flags), (int) base);
            Set<Long> taken = new HashSet<>();
            long latest = base - 1;
            for (long number : arrivals(base, random)) {
                HeimdalOrder.Verdict verdict = order.check((int) number);
                if (verdict == HeimdalOrder.Verdict.COMPLETE || verdict == HeimdalOrder.Verdict.GAP) {
                    taken.add(number);
                    latest = Math.max(latest, number);
                }
            }
            byte[] octets = order.write();
            for (long number : taken) {
                MessageProp prop = receive(read(flags, octets), number);
                // Without replay detection, out of order is all that there is to report.
                assertTrue(
                        prop.isDuplicateToken()
                                || prop.isOldToken()
                                || (!flags.contains(ContextFlag.REPLAY) && prop.isUnseqToken()),
                        "taken before");
            }
            assertEquals(latest + 1, read(flags, octets).next());
            MessageProp next = receive(read(flags, octets), latest + 1);
            assertTrue(!next.isDuplicateToken() && !next.isOldToken() && !next.isGapToken() && !next.isUnseqToken());
            assertEquals(
                    flags.contains(ContextFlag.SEQUENCE),
                    receive(read(flags, octets), latest + 2).isGapToken());
        }
    }

    /** Heimdal's own list, while messages come in order and for as long as it has lost no more than the first number. */
    @ParameterizedTest
    @MethodSource("flags")
    void list_of_up_to_twenty_in_order_comes_back_as_it_was(Set<ContextFlag> flags) throws Exception {
        for (int received = 0; received <= 20; received++) {
            HeimdalOrder order = new HeimdalOrder(HeimdalOrder.Version.RELEASE_7, ContextFlag.bits(flags), 1000);
            for (int i = 0; i < received; i++) {
                order.check(1000 + i);
            }
            assertArrayEquals(order.write(), write(read(flags, order.write())), received + " received");
        }
    }

    /** A number that was overtaken, and did not come before the move, is late and not a duplicate. */
    @ParameterizedTest
    @MethodSource("flags")
    void gap_between_listed_numbers_stays_open(Set<ContextFlag> flags) throws Exception {
        HeimdalOrder order = new HeimdalOrder(HeimdalOrder.Version.RELEASE_7, ContextFlag.bits(flags), 1000);
        for (int number : new int[] {1000, 1001, 1002, 1005, 1006}) {
            order.check(number);
        }
        MessageProp prop = receive(read(flags, order.write()), 1004);
        assertTrue(!prop.isDuplicateToken() && !prop.isOldToken());
        assertEquals(flags.contains(ContextFlag.SEQUENCE), prop.isUnseqToken());
    }

    /** Heimdal does not note what it calls old. */
    @Test
    void what_heimdal_took_as_old_is_not_new() throws Exception {
        Set<ContextFlag> flags = EnumSet.of(ContextFlag.REPLAY);
        HeimdalOrder order = new HeimdalOrder(HeimdalOrder.Version.RELEASE_7, ContextFlag.bits(flags), 1000);
        assertEquals(HeimdalOrder.Verdict.COMPLETE, order.check(1005));
        assertEquals(HeimdalOrder.Verdict.OLD, order.check(1002));
        assertTrue(receive(read(flags, order.write()), 1002).isDuplicateToken());
    }

    /** Numbers that are 32 bits without sign throughout, sometimes near their end. */
    static long base(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> 0xFFFF_FFFFL - 4 * NUMBERS + random.nextInt(NUMBERS);
            case 2 -> 0x7FFF_FFFFL - random.nextInt(NUMBERS);
            default -> random.nextInt(1 << 30);
        };
    }

    /** Numbers as a network delivers them: mostly in order, some late, lost or twice, now and then a leap. */
    static long[] arrivals(long base, Random random) {
        long[] arrivals = new long[random.nextInt(4) == 0 ? random.nextInt(4) : random.nextInt(NUMBERS)];
        boolean orderly = random.nextBoolean();
        long next = base;
        for (int i = 0; i < arrivals.length; i++) {
            int chance = random.nextInt(orderly ? 100 : 10);
            if (chance == 0) {
                next += 1 + random.nextInt(3);
            } else if (chance == 1 && i > 0) {
                arrivals[i] = base + random.nextLong(next - base);
                continue;
            } else if (chance == 2 && random.nextInt(10) == 0) {
                next += random.nextInt(2 * NUMBERS / 10);
            }
            arrivals[i] = next++;
        }
        return arrivals;
    }

    private static MessageProp receive(SequenceWindow window, long number) {
        MessageProp prop = new MessageProp(0, false);
        window.receive(number, prop);
        return prop;
    }

    private static byte[] write(SequenceWindow window) throws GSSException {
        try (StateWriter out = new StateWriter(0, 100)) {
            HeimdalWindow.encode(window, out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private static SequenceWindow read(Set<ContextFlag> flags, byte[] octets) throws GSSException {
        StateReader in = new StateReader(octets, 0, octets.length);
        SequenceWindow window = HeimdalWindow.decode(ContextFlag.bits(flags), in);
        in.expectEnd();
        return window;
    }
}
