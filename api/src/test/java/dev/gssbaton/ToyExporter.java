package dev.gssbaton;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** Writes and reads toy contexts. */
public class ToyExporter implements ContextExporter {
    @Override
    public Oid mechanism() {
        return ToyMechanism.OID;
    }

    @Override
    public String format() {
        return BATON;
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        ((ToyContext) context).write(out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        return ToyContext.read(in, environment);
    }
}
