package dev.gssbaton.claim;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records of claims in two arrays, so that the collector has nothing to go through, however many there are.
 *
 * <pre>{@code
 * record: 8 until when it is kept, in milliseconds since 1970 | 8 the same by the machine's clock | 16 claimant
 *         | 1 length of the identity | n identity
 * slot:   4 first octets of the identity's hash | 4 index of its record, 0 if the slot is free
 * }</pre>
 *
 * <p>Records stand one behind the other; the slots are a hash table with open addressing. Nothing is ever taken out of
 * either: when there is no room, or most of them have had their time, both are made anew of the records that must be kept.
 * Before that the floor, which all tables of a store share, is raised above the end of what is forgotten.
 *
 * <p>Safe for use by several threads, which take turns.
 */
final class ClaimTable {
    private static final int MACHINE_POS = Long.BYTES;
    private static final int CLAIMANT_POS = MACHINE_POS + Long.BYTES; // 16
    private static final int LENGTH_POS = CLAIMANT_POS + PublicId.SIZE; // 32
    private static final int HEADER_SIZE = LENGTH_POS + 1; // 33
    private static final int MIN_RECORD = HEADER_SIZE + ClaimId.MIN_SIZE; // 49

    /** Where the first record stands: no index is 0. */
    private static final int FIRST = 1;
    /** Room in octets of the smallest table. */
    private static final int MIN_ROOM = 16 * MIN_RECORD;

    private final AtomicLong floor;
    private byte[] records = new byte[FIRST];
    /** Behind the last record. */
    private int end = FIRST;

    /** As many as a power of two, more than one, and at most three of four are taken. */
    private long[] slots = new long[2];

    private int size;
    /** Until this time, by the wall clock, all records must be kept. */
    private long earliest = Long.MAX_VALUE;

    /**
     * Makes an empty table.
     *
     * @param floor what ended before it, in milliseconds since 1970, may have been forgotten; it never falls
     */
    ClaimTable(AtomicLong floor) {
        this.floor = floor;
    }

    /**
     * Records a claim, if there is none.
     *
     * @param hash of the identity; its first bits are evenly spread
     * @param id the identity
     * @param claimant who claims
     * @param keepUntil until when the record must be kept
     * @param now the time: what is past may be forgotten
     * @return whether the claimant has it, by this record or an earlier one
     */
    synchronized boolean claim(long hash, byte[] id, PublicId claimant, Times keepUntil, Times now) {
        int slot = find(hash, id);
        if (slots[slot] != 0) {
            ByteBuffer found = ByteBuffer.wrap(records).position(record(slots[slot]) + CLAIMANT_POS);
            return found.getLong() == claimant.high() && found.getLong() == claimant.low();
        }
        if (records.length - end < HEADER_SIZE + id.length) {
            rebuild(now, HEADER_SIZE + id.length);
            slot = find(hash, id);
        }
        ByteBuffer out = ByteBuffer.wrap(records).position(end);
        slots[slot] = slot(hash, end);
        out.putLong(keepUntil.wall()).putLong(keepUntil.machine());
        out.putLong(claimant.high()).putLong(claimant.low());
        out.put((byte) id.length).put(id);
        end = out.position();
        size++;
        earliest = Math.min(earliest, keepUntil.wall());
        return true;
    }

    /** Forgets what need not be kept any more, if that is most of what is there. */
    synchronized void sweep(Times now) {
        if (mayForget(now) && keptOctets(now) <= end / 2) {
            rebuild(now, 0);
        }
    }

    synchronized int size() {
        return size;
    }

    /** Finds the slot of an identity, or the free one where it belongs. */
    private int find(long hash, byte[] id) {
        int slot = home(slots, hash);
        while (slots[slot] != 0 && !(hashesAgree(slots[slot], hash) && isAt(record(slots[slot]), id))) {
            slot = after(slots, slot);
        }
        return slot;
    }

    private boolean isAt(int at, byte[] id) {
        int from = at + HEADER_SIZE;
        return records[at + LENGTH_POS] == id.length
                && Arrays.equals(records, from, from + id.length, id, 0, id.length);
    }

    /**
     * Makes both arrays anew of the records that must be kept, with room for twice these and so many octets. Where there is no
     * memory for both, all stays as it is: no claim is forgotten. The floor is raised before anybody can look for what is.
     */
    private void rebuild(Times now, int octets) {
        int kept = mayForget(now) ? FIRST + keptOctets(now) : end;
        boolean keepsAll = kept == end;
        int room = Math.max(Math.multiplyExact(2, kept + octets), MIN_ROOM);
        byte[] newRecords = keepsAll ? Arrays.copyOf(records, room) : new byte[room];
        long[] newSlots = new long[2 * Integer.highestOneBit(room / MIN_RECORD * 4 / 3)];
        if (keepsAll) {
            for (long slot : slots) {
                if (slot != 0) {
                    newSlots[findFree(newSlots, slot)] = slot;
                }
            }
            slots = newSlots;
            records = newRecords;
            return;
        }
        int newEnd = FIRST;
        int newSize = 0;
        long newEarliest = Long.MAX_VALUE;
        long newFloor = Long.MIN_VALUE;
        for (long slot : slots) {
            int at = record(slot);
            if (slot == 0) {
                continue;
            }
            Times keepUntil = keepUntil(at);
            if (keepUntil.isPast(now)) {
                // Something that ends at this very time may be claimed yet.
                newFloor = Math.max(newFloor, keepUntil.wall() + 1);
                continue;
            }
            newSlots[findFree(newSlots, slot)] = slot(slot, newEnd);
            System.arraycopy(records, at, newRecords, newEnd, recordSize(at));
            newEnd += recordSize(at);
            newSize++;
            newEarliest = Math.min(newEarliest, keepUntil.wall());
        }
        floor.accumulateAndGet(newFloor, Math::max);
        slots = newSlots;
        records = newRecords;
        end = newEnd;
        size = newSize;
        earliest = newEarliest;
    }

    private boolean mayForget(Times now) {
        return new Times(earliest, Long.MIN_VALUE).isPast(now);
    }

    private int keptOctets(Times now) {
        int kept = 0;
        for (int at = FIRST, octets; at < end; at += octets) {
            octets = recordSize(at);
            kept += keepUntil(at).isPast(now) ? 0 : octets;
        }
        return kept;
    }

    private static int findFree(long[] slots, long hash) {
        int slot = home(slots, hash);
        while (slots[slot] != 0) {
            slot = after(slots, slot);
        }
        return slot;
    }

    /** Gives the slot where the search for a hash begins: its first bits. */
    private static int home(long[] slots, long hash) {
        return (int) (hash >>> Long.numberOfLeadingZeros(slots.length - 1L));
    }

    private static int after(long[] slots, int slot) {
        return (slot + 1) & (slots.length - 1);
    }

    private static long slot(long hash, int record) {
        return hash >>> Integer.SIZE << Integer.SIZE | record;
    }

    private static int record(long slot) {
        return (int) slot;
    }

    private static boolean hashesAgree(long slot, long hash) {
        return (slot ^ hash) >>> Integer.SIZE == 0;
    }

    private Times keepUntil(int at) {
        ByteBuffer record = ByteBuffer.wrap(records);
        return new Times(record.getLong(at), record.getLong(at + MACHINE_POS));
    }

    private int recordSize(int at) {
        return HEADER_SIZE + records[at + LENGTH_POS];
    }
}
