package dev.gssbaton.testkit;

import java.util.Random;

/** Octets for tests. */
final class Octets {
    /** How many octets stand before those that {@link #surrounded} surrounds. */
    static final int BEFORE = 7;
    /** How many octets are added by {@link #surrounded}. */
    static final int AROUND = BEFORE + 5;

    private Octets() {}

    /** So many octets without a pattern, the same at each call. */
    static byte[] message(int size) {
        byte[] octets = new byte[size];
        new Random(size).nextBytes(octets);
        return octets;
    }

    static byte[] surrounded(byte[] octets) {
        byte[] around = message(octets.length + AROUND);
        System.arraycopy(octets, 0, around, BEFORE, octets.length);
        return around;
    }

    static byte[] flip(byte[] octets, int bit) {
        byte[] flipped = octets.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        return flipped;
    }
}
