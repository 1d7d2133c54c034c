package dev.gssbaton.mock;

import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import org.ietf.jgss.GSSException;

/** Writes mock contexts as somebody else's software might: four octets to know them by, and the state in clear. */
class ClearExporter extends ForwardingExporter implements UnsealedExporter {
    static final int MAGIC = 0x636c6561;

    @Override
    public String format() {
        return "org.example.clear";
    }

    @Override
    public boolean recognises(byte[] token) {
        return new StateReader(token, 0, token.length).nextIs(MAGIC);
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        out.int32(MAGIC);
        super.write(context, delegation, out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        if (in.int32("magic") != MAGIC) {
            throw StateReader.malformed("magic", "is another format's");
        }
        return readAll(rest(in), delegation, environment);
    }

    /** Its messages have their nonces by number, so that two copies have one keystream. */
    @Override
    public boolean sharesKeystream(MechanismContext context) {
        return true;
    }

    @Override
    public void writeIdentity(MechanismContext context, StateWriter out) throws GSSException {
        super.write(context, Delegation.DROP, out);
    }
}
