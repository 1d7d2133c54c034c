package dev.gssbaton.spi;

import java.util.EnumSet;
import java.util.Set;

/**
 * A service that an initiator asks for and a context grants, with its bit of
 * <a href="https://www.rfc-editor.org/rfc/rfc2744#section-5.19">RFC 2744 section 5.19</a>.
 */
public enum ContextFlag {
    /** The initiator's credential is delegated to the acceptor. */
    DELEG(0x01),
    /** The acceptor authenticates itself too. */
    MUTUAL(0x02),
    /** Replayed messages are reported. */
    REPLAY(0x04),
    /** Messages out of order are reported. */
    SEQUENCE(0x08),
    /** Messages can be encrypted. */
    CONF(0x10),
    /** Messages can be protected against change. */
    INTEG(0x20),
    /** The initiator stays anonymous. */
    ANON(0x40),
    /** Delegation only where policy allows it (RFC 5896). */
    DELEG_POLICY(0x8000);

    private static final ContextFlag[] ALL = values();

    private final int bit;

    ContextFlag(int bit) {
        this.bit = bit;
    }

    /**
     * Gives the flag's bit.
     *
     * @return the bit of RFC 2744, or of RFC 5896 for {@link #DELEG_POLICY}
     */
    public int bit() {
        return bit;
    }

    /**
     * Adds up the bits of some flags.
     *
     * @param flags the flags, not null
     * @return their bits
     */
    public static int bits(Set<ContextFlag> flags) {
        int bits = 0;
        for (ContextFlag flag : flags) {
            bits |= flag.bit;
        }
        return bits;
    }

    /**
     * Finds the flags of some bits. Bits that are no flag here are ignored.
     *
     * @param bits bits of RFC 2744
     * @return a new set
     */
    public static EnumSet<ContextFlag> of(int bits) {
        EnumSet<ContextFlag> flags = EnumSet.noneOf(ContextFlag.class);
        for (ContextFlag flag : ALL) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
