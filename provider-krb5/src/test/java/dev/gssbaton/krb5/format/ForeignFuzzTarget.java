package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.ietf.jgss.GSSException;

/** Reads anything as a token of a C library: it is refused cleanly, or what is written of it is read as the same context. */
public final class ForeignFuzzTarget {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<TransferFault> OF_READING =
            EnumSet.of(TransferFault.STATE_MALFORMED, TransferFault.VERSION_UNKNOWN);

    private ForeignFuzzTarget() {}

    /** Called by a fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        accepts(input);
    }

    /** Tells whether one of the formats read the token, and throws if anything else than a proper refusal came of it. */
    static boolean accepts(byte[] input) {
        boolean mit = accepts(input, MitFormat::decode, MitFormat::encode);
        boolean heimdal7 = accepts(input, Heimdal7Format::decode, Heimdal7Format::encode);
        boolean heimdal8 = accepts(input, Heimdal8Format::decode, Heimdal8Format::encode);
        return mit || heimdal7 || heimdal8;
    }

    private static boolean accepts(byte[] input, Decoder decoder, ForeignToken.Encoder encoder) {
        ContextState state;
        try {
            state = decoder.decode(new StateReader(input, 0, input.length), RANDOM);
        } catch (GSSException e) {
            if (TransferFault.of(e).filter(OF_READING::contains).isEmpty()) {
                throw new AssertionError("refused with another fault", e);
            }
            return false;
        }
        try (state) {
            // Heimdal's list has less room than our window, so that what was read once is not yet what was written.
            byte[] settled = again(decoder, encoder, ForeignToken.write(encoder, state));
            if (!Arrays.equals(settled, again(decoder, encoder, settled))) {
                throw new AssertionError("written and read, it is another context");
            }
        } catch (GSSException e) {
            // A time or a number that one reads and nobody writes.
            if (!TransferFault.of(e).equals(Optional.of(TransferFault.EXPORT_FAILED))) {
                throw new AssertionError("what was read cannot be written and read again", e);
            }
        }
        return true;
    }

    private static byte[] again(Decoder decoder, ForeignToken.Encoder encoder, byte[] token) throws GSSException {
        try (ContextState state = decoder.decode(new StateReader(token, 0, token.length), RANDOM)) {
            return ForeignToken.write(encoder, state);
        }
    }

    @FunctionalInterface
    private interface Decoder {
        ContextState decode(StateReader in, SecureRandom random) throws GSSException;
    }
}
