package dev.gssbaton;

import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSException;

/** Writes toy contexts as somebody else's software would: a magic of four octets, and the state in clear. */
class ToyClearExporter extends ToyExporter implements UnsealedExporter {
    static final String FORMAT = "org.example.clear";

    private static final int MAGIC = 0x746f7931;

    private final String format;
    private final boolean sharesKeystream;

    ToyClearExporter(String format, boolean sharesKeystream) {
        this.format = format;
        this.sharesKeystream = sharesKeystream;
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public boolean recognises(byte[] token) {
        return new StateReader(token, 0, token.length).nextIs(MAGIC);
    }

    @Override
    public boolean sharesKeystream(MechanismContext context) {
        return sharesKeystream;
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        out.int32(MAGIC);
        super.write(context, delegation, out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        in.int32("magic");
        return super.read(in, delegation, environment);
    }

    @Override
    public void writeIdentity(MechanismContext context, StateWriter out) throws GSSException {
        out.octets("toy".getBytes(StandardCharsets.US_ASCII));
        super.write(context, Delegation.DROP, out);
    }
}
