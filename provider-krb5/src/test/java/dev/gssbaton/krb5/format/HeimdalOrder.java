package dev.gssbaton.krb5.format;

import java.nio.ByteBuffer;

/**
 * A model of how Heimdal judges a number, by observation of the library: what its list holds after each number, and what it
 * reports. All numbers are of 32 bits without sign. {@code HeimdalOrderPeersTest} compares it with the library.
 */
final class HeimdalOrder {
    private static final int SIZE = 20;
    private static final int REPLAY = 4;
    private static final int SEQUENCE = 8;

    enum Verdict {
        COMPLETE,
        GAP,
        OLD,
        UNSEQUENCED,
        DUPLICATE,
        FAILURE
    }

    /** Whose judgement it is: of a late number they differ. */
    enum Version {
        RELEASE_7,
        GIT_MASTER
    }

    private final Version version;
    private final int flags;
    private final int first;
    private final int[] list;
    private int length;

    HeimdalOrder(Version version, int flags, int first) {
        this(version, flags, 0, first, new int[SIZE]);
        list[0] = first - 1;
    }

    HeimdalOrder(Version version, int flags, int length, int first, int[] list) {
        this.version = version;
        this.flags = flags;
        this.length = length;
        this.first = first;
        this.list = list;
    }

    Verdict check(int number) {
        boolean replayAlone = (flags & (REPLAY | SEQUENCE)) == REPLAY;
        if (list[0] == number - 1) {
            insert(0, number);
            return Verdict.COMPLETE;
        }
        if (above(number, list[0]) || above(first, number) || length == 0) {
            insert(0, number);
            return replayAlone ? Verdict.COMPLETE : Verdict.GAP;
        }
        int oldest = list[length - 1];
        if (above(oldest, number)) {
            return replayAlone ? Verdict.OLD : Verdict.UNSEQUENCED;
        }
        if (oldest == number) {
            return Verdict.DUPLICATE;
        }
        for (int i = 0; i < length - 1; i++) {
            if (list[i] == number) {
                return Verdict.DUPLICATE;
            }
            boolean fits = version == Version.RELEASE_7 ? above(number, list[i]) : above(list[i], number);
            if (fits && above(number, list[i + 1])) {
                insert(i, number);
                return replayAlone ? Verdict.COMPLETE : Verdict.UNSEQUENCED;
            }
        }
        return Verdict.FAILURE;
    }

    private static boolean above(int one, int other) {
        return Integer.compareUnsigned(one, other) > 0;
    }

    /** Moves one number fewer than there are, so that the last one is lost even while there is room. */
    private void insert(int at, int number) {
        for (int i = length - 1; i > at; i--) {
            list[i] = list[i - 1];
        }
        list[at] = number;
        length = Math.min(length + 1, SIZE);
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(4 * (5 + SIZE));
        out.putInt(flags).putInt(0).putInt(length).putInt(SIZE).putInt(first);
        for (int number : list) {
            out.putInt(number);
        }
        return out.array();
    }

    HeimdalOrder copy() {
        return new HeimdalOrder(version, flags, length, first, list.clone());
    }

    int[] list() {
        return list.clone();
    }

    int length() {
        return length;
    }

    static HeimdalOrder read(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        int flags = in.getInt();
        in.getInt();
        int length = in.getInt();
        int[] list = new int[in.getInt()];
        int first = in.getInt();
        for (int i = 0; i < list.length; i++) {
            list[i] = in.getInt();
        }
        return new HeimdalOrder(Version.RELEASE_7, flags, length, first, list);
    }
}
