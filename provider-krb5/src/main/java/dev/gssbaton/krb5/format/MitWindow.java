package dev.gssbaton.krb5.format;

import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ietf.jgss.GSSException;

/**
 * What was received, as MIT krb5's library keeps it: a map of the 64 numbers below the next one expected, as ours is. It is a
 * copy of memory, little-endian, between the numbers of {@link MitMagic#GSS_QUEUE}.
 *
 * <pre>{@code
 * octets  field         meaning
 * 4       970ea738      big-endian
 * 4       do_replay     1 if replays are reported
 * 4       do_sequence   1 if the order is reported
 * 8       mask          ffffffffffffffff; of rc4-hmac ffffffff, read also where RFC 4537 chose another type then
 * 8       base          the peer's first number again
 * 8       next          how many numbers, from base on, have gone by
 * 8       recvmap       bit n is set if base + next - 1 - n was seen
 * 4       970ea738      big-endian
 * }</pre>
 */
final class MitWindow {
    private static final int SIZE = 40;
    private static final int SIZE_BEFORE_1_13 = 192;

    private MitWindow() {}

    static void encode(SequenceWindow window, MitAlgorithms algorithms, StateWriter out) throws GSSException {
        if ((window.gone() & ~algorithms.mask()) != 0) {
            throw ForeignFields.cannotCarry("count of the numbers gone by has more than 32 bits");
        }
        ByteBuffer memory = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        memory.putInt(window.flags().contains(ContextFlag.REPLAY) ? 1 : 0);
        memory.putInt(window.flags().contains(ContextFlag.SEQUENCE) ? 1 : 0);
        memory.putLong(algorithms.mask());
        memory.putLong(window.base());
        memory.putLong(window.gone());
        memory.putLong(window.seen());
        MitMagic.GSS_QUEUE.encode(out);
        out.octets(memory.array());
        MitMagic.GSS_QUEUE.encode(out);
    }

    static SequenceWindow decode(int services, long firstReceived, MitAlgorithms noted, StateReader in)
            throws GSSException {
        MitMagic.GSS_QUEUE.decode(in, "window");
        ByteBuffer memory = ByteBuffer.wrap(in.octets(SIZE, "window")).order(ByteOrder.LITTLE_ENDIAN);
        if (!MitMagic.GSS_QUEUE.isNext(in)) {
            throw otherLayout(in);
        }
        MitMagic.GSS_QUEUE.decode(in, "window");
        int replay = memory.getInt();
        int sequence = memory.getInt();
        long mask = memory.getLong();
        long base = memory.getLong();
        if (Long.reverseBytes(base) == firstReceived && base != firstReceived) {
            throw StateReader.malformed("window", "was written on a big-endian machine, which is not supported");
        }
        if (base != firstReceived || (mask != noted.mask() && mask != MitAlgorithms.RFC_4121.mask())) {
            throw StateReader.malformed("window", "does not begin with seq_recv, or has not the bits of its numbers");
        }
        int reported = (replay != 0 ? ContextFlag.REPLAY.bit() : 0) | (sequence != 0 ? ContextFlag.SEQUENCE.bit() : 0);
        if ((replay | sequence) >>> 1 != 0 || reported != (services & ForeignFields.REPLAY_AND_SEQUENCE)) {
            throw StateReader.malformed("window", "reports something else than the flags say");
        }
        long gone = memory.getLong();
        if ((gone & ~mask) != 0) {
            throw StateReader.malformed("window", "has more numbers gone by than its bits can count");
        }
        return SequenceWindow.of(ContextFlag.of(reported), base, gone, memory.getLong());
    }

    /** Looks for where the window of an earlier layout ends. */
    private static GSSException otherLayout(StateReader in) throws GSSException {
        in.octets(SIZE_BEFORE_1_13 - SIZE, "window");
        return MitMagic.GSS_QUEUE.isNext(in)
                ? MitLibraryContext.earlier("1.12 or one before it")
                : StateReader.malformed("window", "is of no known layout");
    }
}
