package dev.gssbaton.testkit;

import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A mechanism that keeps what it made, so that a test can look at what the application does not see. */
final class WatchedMechanism implements Mechanism {
    private final Mechanism mechanism;
    private final List<MechanismContext> made = new CopyOnWriteArrayList<>();

    WatchedMechanism(Mechanism mechanism) {
        this.mechanism = mechanism;
    }

    /** The context that was begun last. */
    MechanismContext latest() {
        return made.get(made.size() - 1);
    }

    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
        MechanismContext context = mechanism.initiator(request, environment);
        made.add(context);
        return context;
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
        MechanismContext context = mechanism.acceptor(request, environment);
        made.add(context);
        return context;
    }

    @Override
    public Oid oid() {
        return mechanism.oid();
    }

    @Override
    public String name() {
        return mechanism.name();
    }

    @Override
    public List<Oid> nameTypes() {
        return mechanism.nameTypes();
    }

    @Override
    public GSSName name(String name, Oid nameType) throws GSSException {
        return mechanism.name(name, nameType);
    }

    @Override
    public GSSName name(byte[] name, Oid nameType) throws GSSException {
        return mechanism.name(name, nameType);
    }

    @Override
    public GSSCredential credential(GSSName name, int lifetime, int usage) throws GSSException {
        return mechanism.credential(name, lifetime, usage);
    }
}
