package dev.gssbaton.krb5;

import dev.gssbaton.krb5.format.KrbContextExporter;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/** Contexts to octets and back, as the api module does it but for sealing and claims. */
final class ExportedState {
    private static final ContextExporter EXPORTER = new KrbContextExporter();

    private ExportedState() {}

    static byte[] write(MechanismContext context) throws GSSException {
        return write(context, Delegation.DROP);
    }

    static byte[] write(MechanismContext context, Delegation delegation) throws GSSException {
        try (StateWriter out = new StateWriter(7, 16)) {
            EXPORTER.write(context, delegation, out);
            return Arrays.copyOfRange(out.array(), 7, out.position());
        }
    }

    static MechanismContext read(byte[] state, Environment environment) throws GSSException {
        return read(state, Delegation.DROP, environment);
    }

    static MechanismContext read(byte[] state, Delegation delegation, Environment environment) throws GSSException {
        // Away from the array's ends, where a wrong offset would not show.
        byte[] shifted = new byte[state.length + 10];
        System.arraycopy(state, 0, shifted, 5, state.length);
        StateReader in = new StateReader(shifted, 5, state.length);
        MechanismContext context = EXPORTER.read(in, delegation, environment);
        try {
            in.expectEnd();
            return context;
        } catch (GSSException e) {
            context.erase();
            throw e;
        }
    }

    /** Moves a context: the old one is erased, the new one goes on. */
    static MechanismContext move(MechanismContext context, Environment environment) throws GSSException {
        byte[] state = write(context);
        context.erase();
        return read(state, environment);
    }
}
