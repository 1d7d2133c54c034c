package dev.gssbaton.krb5.message;

import java.util.Arrays;
import org.ietf.jgss.GSSException;

/**
 * Gives any octets to every decoder: each takes them and writes the same again, or refuses them with a GSSException.
 *
 * <p>A fuzzer calls {@link #fuzzerTestOneInput}; {@link MessageFuzzTest} replays the committed seeds.
 */
public final class MessageFuzzTarget {
    private MessageFuzzTarget() {}

    /** Takes one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        for (MessageDecoder decoder : MessageDecoder.values()) {
            check(decoder, input);
        }
    }

    static void check(MessageDecoder decoder, byte[] input) {
        byte[] before = input.clone();
        try {
            byte[] written = decoder.roundTrip(input);
            if (!Arrays.equals(written, before)) {
                throw new AssertionError(decoder + " read one message and wrote another");
            }
        } catch (GSSException e) {
            if (e.getMajor() != GSSException.DEFECTIVE_TOKEN
                    && e.getMinor() != ErrorCode.KDC_ERR_ETYPE_NOSUPP.number()) {
                throw new AssertionError(decoder + " refused with another status", e);
            }
        }
        if (!Arrays.equals(input, before)) {
            throw new AssertionError(decoder + " changed its input");
        }
    }
}
