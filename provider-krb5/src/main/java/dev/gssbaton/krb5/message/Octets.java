package dev.gssbaton.krb5.message;

import java.util.Arrays;
import java.util.Objects;

/** Octets that are no secret and do not change: a ciphertext, a checksum, an address. */
public final class Octets {
    private static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] octets;

    private Octets(byte[] octets) {
        this.octets = octets;
    }

    /**
     * Copies an array.
     *
     * @param source the octets to copy, not null
     * @return the same octets
     */
    public static Octets of(byte[] source) {
        return of(source, 0, source.length);
    }

    /**
     * Copies a part of an array.
     *
     * @param source the array, not null
     * @param offset index of the first octet
     * @param length number of octets
     * @return the same octets
     * @throws IndexOutOfBoundsException if the part is not inside the array
     */
    public static Octets of(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return length == 0 ? EMPTY : new Octets(Arrays.copyOfRange(source, offset, offset + length));
    }

    /**
     * Gives the number of octets.
     *
     * @return the length
     */
    public int length() {
        return octets.length;
    }

    /**
     * Gives a copy.
     *
     * @return a new array, the caller's
     */
    public byte[] toBytes() {
        return octets.clone();
    }

    /** Gives the array itself, which is not to be changed. */
    byte[] array() {
        return octets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /**
     * Names the length, no octet.
     *
     * @return for example {@code [56 octets]}
     */
    @Override
    public String toString() {
        return "[" + octets.length + " octets]";
    }
}
