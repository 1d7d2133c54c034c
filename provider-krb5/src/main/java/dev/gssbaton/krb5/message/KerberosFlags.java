package dev.gssbaton.krb5.message;

/**
 * A bit string of flags (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.8">RFC 4120 section 5.2.8</a>). Bit 0
 * is the first on the wire and the highest here.
 *
 * @param bits the flags; what is behind the last one is zero
 * @param size how many there are, 32 to 64. No message uses more than 32 today
 */
public record KerberosFlags(long bits, int size) {
    /** The least number of flags that a message carries. */
    public static final int MIN_SIZE = 32;

    /** No flag set. */
    public static final KerberosFlags NONE = of(0);

    /**
     * Checks the size.
     *
     * @param bits the flags
     * @param size how many there are
     */
    public KerberosFlags {
        if (size < MIN_SIZE || size > Long.SIZE) {
            throw new IllegalArgumentException("32 to 64 flags, not " + size);
        }
        if (size < Long.SIZE && (bits << size) != 0) {
            throw new IllegalArgumentException("flags behind the last one");
        }
    }

    /**
     * A flag with a number.
     */
    public interface Flag {
        /**
         * Gives the flag's place.
         *
         * @return its bit number in RFC 4120
         */
        int bitNumber();
    }

    /**
     * Makes 32 flags of a word.
     *
     * @param word the flags, bit 0 highest
     * @return the flags
     */
    public static KerberosFlags of(int word) {
        return new KerberosFlags((long) word << 32, MIN_SIZE);
    }

    /**
     * Tells whether a flag is set.
     *
     * @param flag the flag
     * @return true if it is
     */
    public boolean has(Flag flag) {
        return (bits << flag.bitNumber()) < 0;
    }

    /**
     * Sets a flag.
     *
     * @param flag the flag
     * @return these flags and that one
     */
    public KerberosFlags with(Flag flag) {
        return new KerberosFlags(bits | (Long.MIN_VALUE >>> flag.bitNumber()), size);
    }

    /**
     * Gives the first 32 flags.
     *
     * @return a word, bit 0 highest
     */
    public int toInt() {
        return (int) (bits >>> 32);
    }

    /**
     * Names the flags as hexadecimal digits.
     *
     * @return for example {@code 40a10000}
     */
    @Override
    public String toString() {
        String word = Integer.toHexString(toInt());
        return "0".repeat(8 - word.length()) + word;
    }
}
