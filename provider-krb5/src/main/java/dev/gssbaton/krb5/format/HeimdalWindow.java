package dev.gssbaton.krb5.format;

import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;

/**
 * What was received, as Heimdal keeps it: a list of the last numbers, newest first.
 *
 * <pre>{@code
 * octets  field
 * 4       flags    4 replays are reported | 8 the order is reported
 * 4       start    0; another is read and left out
 * 4       length   how many of the list are in use
 * 4       size     20
 * 4       first    the peer's first number
 * 4       list     so many numbers as size says: newest first, 0 where none is. Of length 0 the first is first - 1
 * }</pre>
 *
 * <p>Heimdal loses the very first number when the second comes, and has a 0 at the end of the list in its place, until the
 * list is full and loses its oldest with each new one. What is below the newest and not in the list it refuses as a failure,
 * if the list ends with 0; what is below the oldest of a full list it reports as old or unsequenced, seen or not. A number
 * below {@code first} it takes for new.
 *
 * <p>So the mapping is: <em>To Heimdal</em>, up to 19 of the newest numbers that were seen, without the lowest, and a 0 at the
 * end: no number that was seen, in the list or not, is new there, and one that is behind the newest and was not seen is
 * refused, as always there. With one number alone, the list is that number, unless more than 64 have gone by. <em>From
 * Heimdal</em>, what is between two numbers of the list was not seen; what is below the lowest counts as seen, since it may
 * have been lost, unless the list has one number alone, for nothing was lost then.
 */
final class HeimdalWindow {
    private static final int SIZE = 20;
    private static final int MAP = Long.SIZE;

    /** The first number that has more than 32 bits. */
    private static final long LIMIT = 1L << Integer.SIZE;

    private HeimdalWindow() {}

    /** Gives a number that Heimdal has 32 bits for, or refuses. */
    static int number(long number, String field) throws GSSException {
        if (number < 0 || number >= LIMIT) {
            throw ForeignFields.cannotCarry(field + " has more than 32 bits");
        }
        return (int) number;
    }

    static void encode(SequenceWindow window, StateWriter out) throws GSSException {
        int first = number(window.base(), "peer's first number");
        number(window.next(), "number of the next message expected");
        number(window.gone(), "count of the numbers gone by");
        int[] list = new int[SIZE];
        int length = fill(list, window);
        out.int32(ContextFlag.bits(window.flags()));
        out.int32(0);
        out.int32(length);
        out.int32(SIZE);
        out.int32(first);
        for (int number : list) {
            out.int32(number);
        }
    }

    /** Fills the list, and tells its length. */
    private static int fill(int[] list, SequenceWindow window) {
        long gone = window.gone();
        int newest = (int) (window.next() - 1);
        list[0] = newest;
        if (gone == 0) {
            return 0;
        }
        int seen = Long.bitCount(window.seen());
        if (seen == 1 && gone <= MAP) {
            return 1;
        }
        int listed = Math.min(Math.max(seen - 1, 1), SIZE - 1);
        int length = 0;
        for (int behind = 0; length < listed; behind++) {
            if (((window.seen() >>> behind) & 1) != 0) {
                list[length++] = newest - behind;
            }
        }
        return length + 1;
    }

    static SequenceWindow decode(int services, StateReader in) throws GSSException {
        int flags = in.int32("window flags");
        if (flags != (services & ForeignFields.REPLAY_AND_SEQUENCE)) {
            throw StateReader.malformed("window", "reports something else than the flags say");
        }
        in.int32("window start");
        int length = in.int32("window length");
        // The library takes any size, and with one of 1 forgets what it has seen; none of its versions makes another
        // than 20.
        if (in.int32("window size") != SIZE || length < 0 || length > SIZE) {
            throw StateReader.malformed("window size", "is not " + SIZE + ", or less than is in use");
        }
        long first = Integer.toUnsignedLong(in.int32("first number"));
        long[] list = new long[length];
        long latest = Integer.toUnsignedLong(in.int32("window list"));
        if (length > 0) {
            list[0] = latest;
        }
        for (int i = 1; i < SIZE; i++) {
            long number = Integer.toUnsignedLong(in.int32("window list"));
            if (i < length) {
                list[i] = number;
            }
        }
        if (length == 0) {
            if ((int) latest != (int) (first - 1)) {
                throw StateReader.malformed("window list", "does not begin before the first number");
            }
            return SequenceWindow.of(ContextFlag.of(flags), first, 0, 0);
        }
        return SequenceWindow.of(ContextFlag.of(flags), first, latest - first + 1, map(list, first, flags));
    }

    /** Makes our map of the numbers in a list. */
    private static long map(long[] list, long first, int flags) throws GSSException {
        long latest = list[0];
        int last = list.length - 1;
        int listed = last > 0 && list[last] == 0 ? last : list.length;
        long seen = 0;
        for (int i = 0; i < listed; i++) {
            if (list[i] < first || (i > 0 && list[i] >= list[i - 1])) {
                throw StateReader.malformed("window list", "is in no order, or goes below the first number");
            }
            seen |= bit(latest - list[i]);
        }
        if (list.length > 1 || flags == ContextFlag.REPLAY.bit()) {
            // Below what is listed, Heimdal does not know any more, or has taken it as old and not noted it.
            for (long number = list[listed - 1] - 1; number >= first && latest - number < MAP; number--) {
                seen |= bit(latest - number);
            }
        }
        return seen;
    }

    private static long bit(long behind) {
        return behind < MAP ? 1L << behind : 0;
    }
}
