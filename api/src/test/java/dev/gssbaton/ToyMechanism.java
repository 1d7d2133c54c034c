package dev.gssbaton;

import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A mechanism that proves nothing and hides nothing: something for the manager to manage. */
public class ToyMechanism implements Mechanism {
    /** Under the number that RFC 5612 keeps for examples. */
    public static final Oid OID = oid("1.3.6.1.4.1.32473.7");

    static Oid oid(String dotted) {
        try {
            return new Oid(dotted);
        } catch (GSSException e) {
            throw new IllegalArgumentException(e);
        }
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
    public List<Oid> nameTypes() {
        return List.of(GSSName.NT_USER_NAME);
    }

    @Override
    public GSSName name(String name, Oid nameType) {
        return new ToyName(name);
    }

    @Override
    public GSSName name(byte[] name, Oid nameType) {
        return new ToyName(new String(name, StandardCharsets.UTF_8));
    }

    @Override
    public GSSCredential credential(GSSName name, int lifetime, int usage) throws GSSException {
        throw new GSSException(GSSException.NO_CRED, 0, "a toy needs no credential");
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
