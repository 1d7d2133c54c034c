package dev.gssbaton.claim;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Records of claims in two arrays, so that the collector has nothing to go through, however many there are.
 *
 * <pre>{@code
 * record: 8 until when it is kept, in milliseconds since 1970 | 16 claimant | 1 length of the identity | n identity
 * slot:   4 first octets of the identity's hash | 4 index of its record, 0 if the slot is free
 * }</pre>
 *
 * <p>Records stand one behind the other; the slots are a hash table with open addressing. Nothing is ever taken out of
 * either: when there is no room, or most of them have had their time, both are made anew of the records that must be kept.
 *
 * <p>Safe for use by several threads, which take turns.
 */
final class ClaimTable {
    private static final int CLAIMANT_POS = Long.BYTES;
    private static final int LENGTH_POS = CLAIMANT_POS + PublicId.SIZE; // 24
    private static final int HEADER_SIZE = LENGTH_POS + 1; // 25
    private static final int MIN_RECORD = HEADER_SIZE + ClaimId.MIN_SIZE; // 41

    /** Where the first record stands: no index is 0. */
    private static final int FIRST = 1;
    /** Room in octets of the smallest table. */
    private static final int MIN_ROOM = 16 * MIN_RECORD;

    private byte[] records = new byte[FIRST];
    /** Behind the last record. */
    private int end = FIRST;

    /** As many as a power of two, more than one, and at most three of four are taken. */
    private long[] slots = new long[2];

    private int size;
    /** Until this time all records must be kept. */
    private long earliest = Long.MAX_VALUE;

    /**
     * Records a claim, if there is none.
     *
     * @param hash of the identity; its first bits are evenly spread
     * @param id the identity
     * @param claimant who claims
     * @param keepUntil until when the record must be kept
     * @param now the time: what had to be kept until an earlier one may be forgotten
     * @return whether the claimant has it, by this record or an earlier one
     */
    synchronized boolean claim(long hash, byte[] id, PublicId claimant, long keepUntil, long now) {
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
        out.putLong(keepUntil).putLong(claimant.high()).putLong(claimant.low());
        out.put((byte) id.length).put(id);
        end = out.position();
        count(keepUntil);
        return true;
    }

    /** Forgets what need not be kept any more, if that is most of what is there. */
    synchronized void sweep(long now) {
        if (earliest < now && keptOctets(now) <= end / 2) {
            rebuild(now, 0);
        }
    }

    synchronized int size() {
        return size;
    }

    /** Finds the slot of an identity, or the free one where it belongs. */
    private int find(long hash, byte[] id) {
        int slot = home(hash);
        while (slots[slot] != 0 && !(hashesAgree(slots[slot], hash) && isAt(record(slots[slot]), id))) {
            slot = after(slot);
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
     * memory for both, all stays as it is: no claim is forgotten.
     */
    private void rebuild(long now, int octets) {
        byte[] oldRecords = records;
        long[] oldSlots = slots;
        boolean keepsAll = earliest >= now;
        int kept = keepsAll ? end : FIRST + keptOctets(now);
        int room = Math.max(Math.multiplyExact(2, kept + octets), MIN_ROOM);
        byte[] newRecords = keepsAll ? Arrays.copyOf(oldRecords, room) : new byte[room];
        slots = new long[2 * Integer.highestOneBit(room / MIN_RECORD * 4 / 3)];
        records = newRecords;
        if (keepsAll) {
            for (long slot : oldSlots) {
                if (slot != 0) {
                    slots[findFree(slot)] = slot;
                }
            }
            return;
        }
        end = FIRST;
        size = 0;
        earliest = Long.MAX_VALUE;
        for (long slot : oldSlots) {
            int at = record(slot);
            if (slot != 0 && keepUntil(oldRecords, at) >= now) {
                slots[findFree(slot)] = slot(slot, end);
                System.arraycopy(oldRecords, at, records, end, recordSize(oldRecords, at));
                count(keepUntil(oldRecords, at));
                end += recordSize(oldRecords, at);
            }
        }
    }

    private int keptOctets(long now) {
        int kept = 0;
        for (int at = FIRST, octets; at < end; at += octets) {
            octets = recordSize(records, at);
            kept += keepUntil(records, at) >= now ? octets : 0;
        }
        return kept;
    }

    private int findFree(long hash) {
        int slot = home(hash);
        while (slots[slot] != 0) {
            slot = after(slot);
        }
        return slot;
    }

    private void count(long keepUntil) {
        size++;
        earliest = Math.min(earliest, keepUntil);
    }

    /** Gives the slot where the search for a hash begins: its first bits. */
    private int home(long hash) {
        return (int) (hash >>> Long.numberOfLeadingZeros(slots.length - 1L));
    }

    private int after(int slot) {
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

    private static long keepUntil(byte[] records, int at) {
        return ByteBuffer.wrap(records).getLong(at);
    }

    private static int recordSize(byte[] records, int at) {
        return HEADER_SIZE + records[at + LENGTH_POS];
    }
}
