package dev.gssbaton.spi;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The identity of something that may be taken once: an interprocess token, an authenticator. It is no secret.
 *
 * <p>Its first octets are evenly spread, so that a store may use them to divide its records.
 */
public final class ClaimId {
    /** The least number of octets. */
    public static final int MIN_SIZE = 16;
    /** The greatest number of octets. */
    public static final int MAX_SIZE = 64;

    private final byte[] octets;

    private ClaimId(byte[] octets) {
        this.octets = octets;
    }

    /**
     * Makes an identity of octets that are random or a hash.
     *
     * @param octets 16 to 64 octets, copied
     * @return the identity
     * @throws IllegalArgumentException if there are fewer or more
     */
    public static ClaimId of(byte[] octets) {
        if (octets.length < MIN_SIZE || octets.length > MAX_SIZE) {
            throw new IllegalArgumentException("an identity has 16 to 64 octets, not " + octets.length);
        }
        return new ClaimId(octets.clone());
    }

    /**
     * Gives all octets.
     *
     * @return 16 to 64 octets, the caller's
     */
    public byte[] toBytes() {
        return octets.clone();
    }

    /**
     * Gives all octets as hexadecimal digits: the name of the claim's record.
     *
     * @return lower-case hexadecimal digits
     */
    public String toHex() {
        return HexFormat.of().formatHex(octets);
    }

    /**
     * Gives the first eight hexadecimal digits, by which logs of both processes can be joined.
     *
     * @return eight lower-case hexadecimal digits
     */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets, 0, 4);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClaimId that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }
}
