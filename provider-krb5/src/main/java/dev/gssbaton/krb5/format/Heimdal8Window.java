package dev.gssbaton.krb5.format;

import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;

/**
 * What was received, as Heimdal's git master keeps it: a list of the last numbers. Each is a number of {@link HeimdalPacked}.
 *
 * <pre>{@code
 * field
 * flags    4 replays are reported | 8 the order is reported
 * start    0; another is read and left out
 * length   how many of the list are in use, up to 20
 * size     20
 * first    the peer's first number
 * list     20 numbers, 0 where none is. Of length 0 the first of them is first - 1
 * }</pre>
 *
 * <p>The fields are those of {@link HeimdalWindow}; the judgement is another one. A number that fits between two neighbours of
 * the list is taken there, in order or unsequenced, and put <em>before</em> both: the list has no order then, and the
 * neighbour above, which was received, is taken as the next one. And where the list is not full, a 0 stands at its end in
 * place of the first number received, so that this one fits too, and is taken again.
 *
 * <p>So a number that is missing there opens the way for one that was seen. <em>To Heimdal</em> go twenty numbers without a
 * gap, the newest first, down to the one before the first and then that one again and again: whatever has gone by is a
 * duplicate there, or behind the list, and stays so whatever comes later. Where the first number is 0 there is none before
 * it, and it stands there itself; if nothing has gone by then, the list is empty. <em>From Heimdal</em>, whatever is not above
 * all that are listed counts as seen, since the list may have lost it.
 */
final class Heimdal8Window {
    private static final int SIZE = 20;

    private Heimdal8Window() {}

    static void encode(SequenceWindow window, StateWriter out) throws GSSException {
        int first = HeimdalWindow.number(window.base(), "peer's first number");
        HeimdalWindow.number(window.next(), "number of the next message expected");
        int gone = HeimdalWindow.number(window.gone(), "count of the numbers gone by");
        HeimdalPacked.encode(window.flagBits(), out);
        HeimdalPacked.encode(0, out);
        boolean empty = first == 0 && gone == 0;
        HeimdalPacked.encode(empty ? 0 : SIZE, out);
        HeimdalPacked.encode(SIZE, out);
        HeimdalPacked.encode(first, out);
        int newest = (int) (window.next() - 1);
        int lowest = first == 0 ? 0 : first - 1;
        HeimdalPacked.encode(newest, out);
        for (int behind = 1; behind < SIZE; behind++) {
            boolean goneBy = Integer.compareUnsigned(behind, gone) < 0;
            HeimdalPacked.encode(goneBy ? newest - behind : lowest, out);
        }
    }

    static SequenceWindow decode(int services, StateReader in) throws GSSException {
        int flags = HeimdalPacked.int32(in, "window flags");
        if (flags != (services & ForeignFields.REPLAY_AND_SEQUENCE)) {
            throw StateReader.malformed("window", "reports something else than the flags say");
        }
        HeimdalPacked.int32(in, "window start");
        long length = HeimdalPacked.uint32(in, "window length");
        if (length > SIZE || HeimdalPacked.uint32(in, "window size") != SIZE) {
            throw StateReader.malformed("window size", "is not " + SIZE + ", or less than is in use");
        }
        long first = HeimdalPacked.uint32(in, "first number");
        long latest = HeimdalPacked.uint32(in, "window list");
        long lowest = latest;
        for (int i = 1; i < SIZE; i++) {
            long number = HeimdalPacked.uint32(in, "window list");
            if (i < length) {
                latest = Math.max(latest, number);
                lowest = Math.min(lowest, number);
            }
        }
        boolean ours = length == SIZE && lowest == latest && first != 0;
        if ((length == 0 || ours) && (int) latest == (int) (first - 1)) {
            return SequenceWindow.of(ContextFlag.of(flags), first, 0, 0);
        }
        if (length == 0 || latest < first) {
            throw StateReader.malformed("window list", "has no number from the first one on");
        }
        long gone = latest - first + 1;
        return SequenceWindow.of(ContextFlag.of(flags), first, gone, gone < Long.SIZE ? (1L << gone) - 1 : -1);
    }
}
