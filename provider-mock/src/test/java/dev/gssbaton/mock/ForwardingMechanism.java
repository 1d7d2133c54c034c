package dev.gssbaton.mock;

import dev.gssbaton.mock.provider.MockMechanism;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import java.util.List;
import java.util.function.UnaryOperator;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** The mock mechanism with a wrapper around each context, where a subclass does not do otherwise. */
class ForwardingMechanism implements Mechanism {
    private final Mechanism inner = new MockMechanism();
    private final UnaryOperator<MechanismContext> wrapper;

    ForwardingMechanism() {
        this(UnaryOperator.identity());
    }

    ForwardingMechanism(UnaryOperator<MechanismContext> wrapper) {
        this.wrapper = wrapper;
    }

    @Override
    public Oid oid() {
        return inner.oid();
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public List<Oid> nameTypes() {
        return inner.nameTypes();
    }

    @Override
    public GSSName name(String name, Oid nameType) throws GSSException {
        return inner.name(name, nameType);
    }

    @Override
    public GSSName name(byte[] name, Oid nameType) throws GSSException {
        return inner.name(name, nameType);
    }

    @Override
    public GSSCredential credential(GSSName name, int lifetime, int usage) throws GSSException {
        return inner.credential(name, lifetime, usage);
    }

    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
        return wrapper.apply(inner.initiator(request, environment));
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
        return wrapper.apply(inner.acceptor(request, environment));
    }
}
