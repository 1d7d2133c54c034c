package dev.gssbaton.krb5;

import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.TransferFault;
import java.util.Arrays;
import java.util.Optional;
import org.ietf.jgss.GSSException;

/** Reads anything as a context's state: it is refused with the one fault, or is the one encoding of its context. */
public final class StateFuzzTarget {
    private static final TestRealm REALM = TestRealm.fixed();

    private StateFuzzTarget() {}

    /** Called by a fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        accepts(input);
    }

    /** Tells whether the state was read, and throws if anything else than a proper refusal came of it. */
    static boolean accepts(byte[] input) {
        MechanismContext context;
        try {
            context = ExportedState.read(input, Delegation.CARRY, REALM.environment());
        } catch (GSSException e) {
            if (!TransferFault.of(e).equals(Optional.of(TransferFault.STATE_MALFORMED))) {
                throw new AssertionError("refused with another fault", e);
            }
            return false;
        }
        try {
            if (!Arrays.equals(input, ExportedState.write(context, Delegation.CARRY))) {
                throw new AssertionError("a second encoding of one context");
            }
        } catch (GSSException e) {
            throw new AssertionError("what was read cannot be written", e);
        } finally {
            context.erase();
        }
        return true;
    }
}
