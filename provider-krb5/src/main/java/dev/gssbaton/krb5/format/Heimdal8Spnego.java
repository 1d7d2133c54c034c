package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.spi.StateReader;
import java.security.SecureRandom;
import org.ietf.jgss.GSSException;

/**
 * A context of SPNEGO's in Heimdal's git master, around the one that it negotiated: what stands behind its identifier in
 * {@link Heimdal8Format}. It is read, and never written. All numbers and lengths are those of {@link HeimdalPacked}.
 *
 * <pre>{@code
 * octets                    field            meaning
 *                           length           of all that follows
 *                           present          01 offered mechanisms | 02 preferred | 04 selected | 08 negotiated mechanism
 *                                            | 10 its context | 20 flags | 40 lifetime | 80 initiator's name
 *                                            | 100 acceptor's name; 200, NegoEx, is refused
 *                           SPNEGO's flags   01 established, and either 40 no MIC was needed or 10 and 20 one was sent and
 *                                            verified; 02 initiator | 04 | 08 | 80 | 100
 * length + n                mechanisms       so many as present, up to 08: left out
 * length + n                its context      a whole token of krb5
 *                           flags, lifetime  if present: left out
 * length + n, length + n    names            if present: left out
 * }</pre>
 */
final class Heimdal8Spnego {
    private static final int BEFORE_CONTEXT = 0x00f;
    private static final int CONTEXT = 0x010;
    private static final int FLAGS = 0x020;
    private static final int LIFETIME = 0x040;
    private static final int NAMES = 0x180;
    private static final int PRESENT = BEFORE_CONTEXT | CONTEXT | FLAGS | LIFETIME | NAMES;

    private static final int OPEN = 0x001;
    private static final int MIC_EXCHANGED = 0x030;
    private static final int MIC_NOT_NEEDED = 0x040;
    private static final int STATES = 0x1ff;

    private Heimdal8Spnego() {}

    /** Reads SPNEGO's context for the one that it negotiated. */
    static ContextState decode(StateReader in, SecureRandom random) throws GSSException {
        if (HeimdalPacked.length(in, "SPNEGO's context") != in.remaining()) {
            throw StateReader.malformed("SPNEGO's context", "has another length than it says");
        }
        int present = HeimdalPacked.uint16(in, "SPNEGO's context");
        if ((present & ~PRESENT) != 0 || (present & CONTEXT) == 0) {
            throw StateReader.malformed("SPNEGO's context", "has unknown parts, NegoEx, or no negotiated context");
        }
        if (!isComplete(HeimdalPacked.uint16(in, "SPNEGO's flags"))) {
            throw HeimdalFlags.halfEstablished();
        }
        skip(present & BEFORE_CONTEXT, in);
        int length = HeimdalPacked.length(in, "negotiated context");
        int behind = in.remaining() - length;
        if (Heimdal8Format.header(in)) {
            throw StateReader.malformed("mechanism", "is not krb5");
        }
        ContextState state = Heimdal8Format.body(in, random);
        boolean done = false;
        try {
            if (in.remaining() != behind) {
                throw StateReader.malformed("negotiated context", "has another length than it says");
            }
            if ((present & FLAGS) != 0) {
                HeimdalPacked.int32(in, "SPNEGO's flags");
            }
            if ((present & LIFETIME) != 0) {
                HeimdalPacked.int32(in, "SPNEGO's lifetime");
            }
            skip(present & NAMES, in);
            in.expectEnd();
            done = true;
            return state;
        } finally {
            if (!done) {
                state.close();
            }
        }
    }

    private static boolean isComplete(int states) {
        return (states & ~STATES) == 0
                && (states & OPEN) != 0
                && ((states & MIC_NOT_NEEDED) != 0 || (states & MIC_EXCHANGED) == MIC_EXCHANGED);
    }

    private static void skip(int parts, StateReader in) throws GSSException {
        for (int left = Integer.bitCount(parts); left > 0; left--) {
            HeimdalPacked.octets(in, "SPNEGO's context");
        }
    }
}
