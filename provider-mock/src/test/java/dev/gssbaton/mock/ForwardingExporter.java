package dev.gssbaton.mock;

import dev.gssbaton.mock.provider.MockContextExporter;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.function.UnaryOperator;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** The mock mechanism's exporter with a wrapper around each context it reads, where a subclass does not do otherwise. */
class ForwardingExporter implements ContextExporter {
    private final ContextExporter inner = new MockContextExporter();
    private final UnaryOperator<MechanismContext> wrapper;

    ForwardingExporter() {
        this(UnaryOperator.identity());
    }

    ForwardingExporter(UnaryOperator<MechanismContext> wrapper) {
        this.wrapper = wrapper;
    }

    @Override
    public Oid mechanism() {
        return inner.mechanism();
    }

    @Override
    public String format() {
        return inner.format();
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        MechanismContext unwrapped = context;
        while (unwrapped instanceof ForwardingContext forwarding) {
            unwrapped = forwarding.inner;
        }
        inner.write(unwrapped, delegation, out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        return wrapper.apply(inner.read(in, delegation, environment));
    }

    /** Takes all that is left, for a subclass that looks at it before it is read. */
    static byte[] rest(StateReader in) throws GSSException {
        return in.octets(in.remaining(), "state");
    }

    /** Reads a whole state. */
    final MechanismContext readAll(byte[] state, Delegation delegation, Environment environment) throws GSSException {
        StateReader in = new StateReader(state, 0, state.length);
        MechanismContext context = inner.read(in, delegation, environment);
        if (in.remaining() != 0) {
            context.erase();
        }
        in.expectEnd();
        return wrapper.apply(context);
    }
}
