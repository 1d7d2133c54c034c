package dev.gssbaton.mock;

import dev.gssbaton.mock.DelegatingMechanism.DelegatingContext;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;

/**
 * The exporter for {@link DelegatingMechanism}.
 *
 * <pre>{@code
 * 0 nothing delegated, 1 a credential of the initiator's, 2 a credential that is here: length 2, secret | mock state
 * }</pre>
 */
class DelegatingExporter extends ForwardingExporter {
    private static final int NONE = 0;
    private static final int GIVEN = 1;
    private static final int HELD = 2;
    private static final int MIN_SECRET = 16;

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        DelegatingContext c = (DelegatingContext) context;
        if (c.isInitiator() || delegation == Delegation.DROP || c.delegated() == null) {
            out.uint8(c.isInitiator() && c.granted() ? GIVEN : NONE);
        } else {
            out.uint8(HELD);
            out.secret(c.delegated());
        }
        super.write(context, delegation, out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        int kind = in.uint8("delegated");
        if (kind > HELD) {
            throw StateReader.malformed("delegated", "is neither 0, 1 nor 2");
        }
        try (SecretBytes held = kind == HELD ? in.secret(MIN_SECRET, 255, "delegated secret") : null) {
            MechanismContext inner = super.read(in, delegation, environment);
            if (kind != NONE && inner.isInitiator() != (kind == GIVEN)) {
                inner.erase();
                throw StateReader.malformed("delegated", "does not fit the role");
            }
            SecretBytes kept = held == null || delegation == Delegation.DROP ? null : held.copy();
            return new DelegatingContext(inner, kind == GIVEN || kept != null, null, kept);
        }
    }
}
