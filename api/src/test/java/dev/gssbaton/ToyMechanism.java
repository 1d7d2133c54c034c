package dev.gssbaton;

import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.TextName;
import org.ietf.jgss.Oid;

/** A mechanism that proves nothing and hides nothing: something for the manager to manage. */
public class ToyMechanism implements Mechanism {
    /** Under the number that RFC 5612 keeps for examples. */
    public static final Oid OID = Mechanism.oid("1.3.6.1.4.1.32473.7");

    static TextName named(String text) {
        return new TextName(OID, text);
    }

    @Override
    public Oid oid() {
        return OID;
    }

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) {
        return ToyContext.initiator(request, environment);
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) {
        return ToyContext.acceptor(environment);
    }
}
