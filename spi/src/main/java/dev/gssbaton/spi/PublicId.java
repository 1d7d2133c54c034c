package dev.gssbaton.spi;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A random identifier of 16 octets that is no secret: of a sealing key, of a claim store, of a claimant.
 *
 * @param high the first eight octets, big-endian
 * @param low the last eight octets, big-endian
 */
public record PublicId(long high, long low) {
    /** Length in octets. */
    public static final int SIZE = 16;

    /**
     * Draws a new identifier.
     *
     * @param random where its octets come from
     * @return a new identifier
     */
    public static PublicId draw(SecureRandom random) {
        byte[] octets = new byte[SIZE];
        random.nextBytes(octets);
        return of(octets);
    }

    /**
     * Reads an identifier from the first 16 octets of an array.
     *
     * @param octets at least 16 octets; the caller keeps the array
     * @return the identifier
     * @throws java.nio.BufferUnderflowException if the array is shorter
     */
    public static PublicId of(byte[] octets) {
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return new PublicId(buffer.getLong(), buffer.getLong());
    }

    /**
     * Reads an identifier from its 32 hexadecimal digits.
     *
     * @param hex as {@link #toString} writes it
     * @return the identifier
     * @throws IllegalArgumentException if it is not 32 hexadecimal digits
     */
    public static PublicId parse(String hex) {
        if (hex.length() != 2 * SIZE) {
            throw new IllegalArgumentException("an identifier has 32 hexadecimal digits, not " + hex.length());
        }
        return of(HexFormat.of().parseHex(hex));
    }

    /**
     * Writes the identifier as octets.
     *
     * @return 16 octets, the caller's
     */
    public byte[] toBytes() {
        return ByteBuffer.allocate(SIZE).putLong(high).putLong(low).array();
    }

    /**
     * Writes the identifier as hexadecimal digits.
     *
     * @return 32 lower-case hexadecimal digits
     */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
