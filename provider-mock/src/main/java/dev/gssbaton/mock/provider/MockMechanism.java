package dev.gssbaton.mock.provider;

import com.google.auto.service.AutoService;
import dev.gssbaton.mock.MockCredential;
import dev.gssbaton.mock.MockName;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** Makes names and contexts. Credentials are made by the application, which has the secret. */
@AutoService(Mechanism.class)
public final class MockMechanism implements Mechanism {
    @Override
    public Oid oid() {
        return MockName.MECHANISM;
    }

    @Override
    public String name() {
        return "mock";
    }

    @Override
    public List<Oid> nameTypes() {
        return List.of(GSSName.NT_USER_NAME, GSSName.NT_EXPORT_NAME);
    }

    @Override
    public MockName name(String name, Oid nameType) throws GSSException {
        if (nameType != null && !nameType.equals(GSSName.NT_USER_NAME)) {
            throw new GSSException(
                    GSSException.BAD_NAMETYPE, TransferFault.UNNAMED, "mock names have the type NT_USER_NAME");
        }
        try {
            return new MockName(name);
        } catch (IllegalArgumentException e) {
            throw new GSSException(GSSException.BAD_NAME, TransferFault.UNNAMED, e.getMessage());
        }
    }

    @Override
    public MockName name(byte[] name, Oid nameType) throws GSSException {
        boolean exported = GSSName.NT_EXPORT_NAME.equals(nameType);
        int header = exported ? Math.min(name.length, 8 + oid().getDER().length) : 0;
        String text = new String(name, header, name.length - header, StandardCharsets.UTF_8);
        MockName made = name(text, exported ? null : nameType);
        if (!Arrays.equals(name, exported ? made.export() : made.octets())) {
            throw new GSSException(GSSException.BAD_NAME, TransferFault.UNNAMED, "not the one encoding of a mock name");
        }
        return made;
    }

    @Override
    public GSSCredential credential(GSSName name, int lifetime, int usage) throws GSSException {
        throw new GSSException(
                GSSException.NO_CRED, TransferFault.UNNAMED, "no place holds shared secrets: make a MockCredential");
    }

    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
        MockCredential own = check(request.credential(), request.channelBinding());
        if (!(request.target() instanceof MockName target)) {
            throw new GSSException(
                    GSSException.BAD_NAME, TransferFault.UNNAMED, "the target is not a name of the mock mechanism");
        }
        return new MockContext(true, own.getName(), target, request.flags(), Instant.MAX)
                .begin(own.copySecret(), environment, request.lifetime());
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
        MockCredential own = check(request.credential(), request.channelBinding());
        return new MockContext(false, null, own.getName(), Set.of(), Instant.MAX)
                .begin(own.copySecret(), environment, GSSContext.DEFAULT_LIFETIME);
    }

    private static MockCredential check(GSSCredential credential, ChannelBinding binding) throws GSSException {
        if (binding != null) {
            throw new GSSException(
                    GSSException.BAD_BINDINGS, TransferFault.UNNAMED, "the mock mechanism has no channel bindings");
        }
        if (credential instanceof MockCredential own) {
            return own;
        }
        throw new GSSException(
                GSSException.NO_CRED,
                TransferFault.UNNAMED,
                "a mock context needs a MockCredential, not " + credential);
    }
}
