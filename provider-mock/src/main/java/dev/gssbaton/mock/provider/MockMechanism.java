package dev.gssbaton.mock.provider;

import com.google.auto.service.AutoService;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SecretCredential;
import dev.gssbaton.spi.TextName;
import dev.gssbaton.spi.TransferFault;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** Begins contexts. Names are texts, and credentials are made by the application, which has the secret. */
@AutoService(Mechanism.class)
public final class MockMechanism implements Mechanism {
    private static final int MIN_SECRET = 16;

    @Override
    public Oid oid() {
        return Mock.MECHANISM;
    }

    @Override
    public String name() {
        return "mock";
    }

    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
        SecretCredential own = SecretCredential.of(oid(), request.credential());
        TextName target = TextName.of(oid(), request.target());
        MockContext context = new MockContext(true, secret(own, request.channelBinding()), environment);
        context.source = own.getName();
        context.target = target;
        context.flags = request.flags();
        context.lifetime = request.lifetime();
        return context;
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
        SecretCredential own = SecretCredential.of(oid(), request.credential());
        MockContext context = new MockContext(false, secret(own, request.channelBinding()), environment);
        context.target = own.getName();
        return context;
    }

    /** Copies the secret last, when nothing is left that could leave the copy without an owner. */
    private static SecretBytes secret(SecretCredential own, ChannelBinding binding) throws GSSException {
        if (binding != null) {
            throw TransferFault.refusal(GSSException.BAD_BINDINGS, "the mock mechanism has no channel bindings");
        }
        return own.copySecret(MIN_SECRET);
    }
}
