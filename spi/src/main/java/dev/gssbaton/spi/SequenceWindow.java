package dev.gssbaton.spi;

import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Tells replayed and disordered messages by their sequence numbers
 * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-1.2.3">RFC 2743 section 1.2.3</a>): a map of the 64 numbers below
 * the next one expected.
 *
 * <p>Numbers have 64 bits and may wrap around; one that is 2^63 or more ahead is taken for one of the past. Not safe for
 * use by several threads: the context's receive lock guards it.
 */
public final class SequenceWindow {
    private static final int WIDTH = 64;

    private final boolean replay;
    private final boolean sequence;
    private final long base;
    /** How many numbers, from base on, have gone by: the next one expected is base + gone. */
    private long gone;
    /** Bit n is set if the number base + gone - 1 - n was seen. */
    private long seen;

    private SequenceWindow(boolean replay, boolean sequence, long base, long gone, long seen) {
        this.replay = replay;
        this.sequence = sequence;
        this.base = base;
        this.gone = gone;
        this.seen = seen;
    }

    /**
     * Makes a window that has seen nothing.
     *
     * @param flags what is to be reported: {@link ContextFlag#REPLAY}, {@link ContextFlag#SEQUENCE}, both or none
     * @param base the peer's first sequence number
     */
    public SequenceWindow(Set<ContextFlag> flags, long base) {
        this(flags.contains(ContextFlag.REPLAY), flags.contains(ContextFlag.SEQUENCE), base, 0, 0);
    }

    /**
     * Makes a window that goes on where another one stopped.
     *
     * @param flags what is to be reported: {@link ContextFlag#REPLAY}, {@link ContextFlag#SEQUENCE}, both or none
     * @param base the peer's first sequence number
     * @param gone how many numbers, from the base on, have gone by
     * @param seen bit <i>n</i> is set if the number {@code base + gone - 1 - n} was seen
     * @return a window that continues
     * @throws GSSException {@link TransferFault#STATE_MALFORMED} if no window can be so
     */
    public static SequenceWindow of(Set<ContextFlag> flags, long base, long gone, long seen) throws GSSException {
        boolean progressed = gone >= WIDTH || gone < 0;
        if (!progressed && seen >>> gone != 0) {
            throw StateReader.malformed("window map", "has a number seen that is before the first");
        }
        if (gone != 0 && (seen & 1) == 0) {
            throw StateReader.malformed("window map", "lacks the latest number");
        }
        return new SequenceWindow(
                flags.contains(ContextFlag.REPLAY), flags.contains(ContextFlag.SEQUENCE), base, gone, seen);
    }

    /**
     * Takes the number of a message that has been verified, and reports what there is to report.
     *
     * @param number the message's sequence number
     * @param prop gets the supplementary states: duplicate, old, unsequenced, gap, with a text
     */
    public void receive(long number, MessageProp prop) {
        Verdict verdict = judge(number);
        prop.setSupplementaryStates(
                verdict == Verdict.DUPLICATE,
                verdict == Verdict.OLD,
                verdict == Verdict.UNSEQUENCED,
                verdict == Verdict.GAP,
                0,
                verdict.text);
    }

    private Verdict judge(long number) {
        if (!replay && !sequence) {
            return Verdict.IN_ORDER;
        }
        long ahead = number - (base + gone);
        if (ahead >= 0) {
            long progress = gone + ahead + 1;
            if (Long.compareUnsigned(progress, gone) <= 0) {
                // Round to the first number again, which no sender reaches without using a number twice.
                return Verdict.OLD;
            }
            // Java masks shift counts, so a jump over the whole map is not a shift.
            seen = ahead + 1 >= WIDTH || ahead + 1 < 0 ? 1 : seen << (ahead + 1) | 1;
            gone = progress;
            return ahead > 0 && sequence ? Verdict.GAP : Verdict.IN_ORDER;
        }
        long behind = -ahead;
        boolean beforeBase = Long.compareUnsigned(behind, gone) > 0;
        if (behind < 0 || behind > WIDTH || beforeBase) {
            return Verdict.OLD;
        }
        long bit = 1L << (behind - 1);
        if (replay && (seen & bit) != 0) {
            return Verdict.DUPLICATE;
        }
        seen |= bit;
        return sequence ? Verdict.UNSEQUENCED : Verdict.IN_ORDER;
    }

    /**
     * Tells what is reported.
     *
     * @return {@link ContextFlag#REPLAY}, {@link ContextFlag#SEQUENCE}, both or none; a new set
     */
    public Set<ContextFlag> flags() {
        return ContextFlag.of(flagBits());
    }

    /**
     * Tells what is reported.
     *
     * @return the bits of {@link #flags}
     */
    public int flagBits() {
        return (replay ? ContextFlag.REPLAY.bit() : 0) | (sequence ? ContextFlag.SEQUENCE.bit() : 0);
    }

    /**
     * Gives the number that the window began with.
     *
     * @return the peer's first sequence number
     */
    public long base() {
        return base;
    }

    /**
     * Gives the number of the next message in order.
     *
     * @return a sequence number
     */
    public long next() {
        return base + gone;
    }

    /**
     * Counts the numbers that have gone by, seen or not.
     *
     * @return how many, from the base on
     */
    public long gone() {
        return gone;
    }

    /**
     * Gives the map of the last 64 numbers that have gone by.
     *
     * @return bit <i>n</i> is set if the number {@code base + gone - 1 - n} was seen
     */
    public long seen() {
        return seen;
    }

    /**
     * Writes the window: flags (1 octet), base, numbers gone by, map (8 octets each).
     *
     * @param out where it goes
     */
    public void write(StateWriter out) {
        out.uint8((replay ? 1 : 0) | (sequence ? 2 : 0));
        out.int64(base);
        out.int64(gone);
        out.int64(seen);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param in where it stands
     * @return a window that continues
     * @throws GSSException {@link TransferFault#STATE_MALFORMED} if it cannot be
     */
    public static SequenceWindow read(StateReader in) throws GSSException {
        int flags = in.uint8("window flags");
        if (flags > 3) {
            throw StateReader.malformed("window flags", "has unknown bits");
        }
        long base = in.int64("window base");
        long gone = in.int64("window progress");
        long seen = in.int64("window map");
        return of(
                ContextFlag.of(((flags & 1) != 0 ? ContextFlag.REPLAY.bit() : 0)
                        | ((flags & 2) != 0 ? ContextFlag.SEQUENCE.bit() : 0)),
                base,
                gone,
                seen);
    }

    private enum Verdict {
        IN_ORDER(null),
        DUPLICATE("the message is a duplicate of one received before"),
        OLD("the message is too old to tell whether it is a duplicate"),
        UNSEQUENCED("a later message has been received before this one"),
        GAP("a message expected before this one has not been received");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }
    }
}
