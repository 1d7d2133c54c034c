package dev.gssbaton.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import org.ietf.jgss.GSSException;

/** Against a model that keeps every number it ever saw. */
class SequenceWindowPropertyTest {
    private static final int WIDTH = 64;
    /** The number that no sender uses, counted from the first. */
    private static final BigInteger LAST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    @Property(tries = 1000)
    void rfc2743_1_2_3_as_a_set_of_all_numbers_would_judge(
            @ForAll boolean replay,
            @ForAll boolean sequence,
            @ForAll long base,
            @ForAll @Size(max = 120) List<@From("steps") Long> steps)
            throws GSSException {
        SequenceWindow window = new SequenceWindow(flags(replay, sequence), base);
        Model model = new Model(replay, sequence);
        for (long step : steps) {
            long number = window.next() + step;
            assertEquals(model.receive(step), SequenceWindowTest.receive(window, number));
            if (replay || sequence) {
                assertEquals(base + model.next.longValue(), window.next());
            }
            window = moved(window);
        }
    }

    private static Set<ContextFlag> flags(boolean replay, boolean sequence) {
        Set<ContextFlag> flags = EnumSet.noneOf(ContextFlag.class);
        if (replay) {
            flags.add(ContextFlag.REPLAY);
        }
        if (sequence) {
            flags.add(ContextFlag.SEQUENCE);
        }
        return flags;
    }

    /** Writes and reads the window: what follows must not notice. */
    private static SequenceWindow moved(SequenceWindow window) throws GSSException {
        try (StateWriter out = new StateWriter(3, 1);
                StateWriter again = new StateWriter(3, 1)) {
            window.write(out);
            StateReader in = new StateReader(out.array(), 3, out.position() - 3);
            SequenceWindow read = SequenceWindow.read(in);
            in.expectEnd();
            read.write(again);
            assertArrayEquals(
                    Arrays.copyOf(out.array(), out.position()), Arrays.copyOf(again.array(), again.position()));
            return read;
        }
    }

    /** How far a number is from the next one expected: mostly near. */
    @Provide
    Arbitrary<Long> steps() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(0L)),
                Tuple.of(8, Arbitraries.longs().between(-70, 4)),
                Tuple.of(2, Arbitraries.longs().between(-200, 200)),
                Tuple.of(1, Arbitraries.longs()));
    }

    private static final class Model {
        private final boolean replay;
        private final boolean sequence;
        private final Set<BigInteger> seen = new HashSet<>();
        private BigInteger next = BigInteger.ZERO;

        Model(boolean replay, boolean sequence) {
            this.replay = replay;
            this.sequence = sequence;
        }

        String receive(long step) {
            if (!replay && !sequence) {
                return "";
            }
            BigInteger number = next.add(BigInteger.valueOf(step));
            if (step >= 0) {
                if (number.compareTo(LAST) >= 0) {
                    return "old";
                }
                seen.add(number);
                next = number.add(BigInteger.ONE);
                return step > 0 && sequence ? "gap" : "";
            }
            if (number.signum() < 0 || step < -WIDTH) {
                return "old";
            }
            boolean again = !seen.add(number);
            if (again && replay) {
                return "duplicate";
            }
            return sequence ? "unsequenced" : "";
        }
    }
}
