package dev.gssbaton.krb5;

import com.google.auto.service.AutoService;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import java.util.List;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * The Kerberos v5 mechanism (<a href="https://www.rfc-editor.org/rfc/rfc4121">RFC 4121</a>).
 *
 * <p>Names are the platform's, credentials are {@link Krb5Credential}s or platform credentials that can initiate.
 */
@AutoService(Mechanism.class)
public final class Krb5Mechanism implements Mechanism {
    /** Makes the mechanism; it has no state. */
    public Krb5Mechanism() {}

    @Override
    public Oid oid() {
        return GssFraming.KRB5;
    }

    @Override
    public String name() {
        return "krb5";
    }

    @Override
    public List<Oid> nameTypes() {
        return PlatformName.TYPES;
    }

    @Override
    public GSSName name(String name, Oid nameType) throws GSSException {
        return PlatformName.parse(name, nameType);
    }

    @Override
    public GSSName name(byte[] name, Oid nameType) throws GSSException {
        return PlatformName.parse(name, nameType);
    }

    /** Acquires a credential of the current Subject; how long it lives is the Subject's business. */
    @Override
    public GSSCredential credential(GSSName name, int lifetime, int usage) throws GSSException {
        return Krb5Credential.fromCurrentSubject(name == null ? null : PlatformName.inFull(name), usage);
    }

    @Override
    public MechanismContext initiator(InitiatorRequest request, Environment environment) throws GSSException {
        GSSName target = PlatformName.inFull(request.target());
        Krb5Credential credential = credential(request.credential(), GSSCredential.INITIATE_ONLY);
        return Krb5Context.initiator(new Initiation(
                credential.unwrap(InitiatorTickets.class), credential.acceptorOptions(), request, target, environment));
    }

    /** Recognizes a bare AP-REQ, as DCE style has it. */
    @Override
    public boolean recognizesUnframed(byte[] token, int offset, int length) {
        return ApReq.begins(token, offset, length);
    }

    /** Frames its answers too (RFC 4121 section 4.1), except in DCE style. */
    @Override
    public boolean framesEveryToken() {
        return true;
    }

    @Override
    public MechanismContext acceptor(AcceptorRequest request, Environment environment) throws GSSException {
        Krb5Credential credential = credential(request.credential(), GSSCredential.ACCEPT_ONLY);
        return Krb5Context.acceptor(new Acceptance(
                credential.unwrap(AcceptorKeys.class),
                credential.acceptorOptions(),
                request.channelBinding(),
                environment));
    }

    private static Krb5Credential credential(GSSCredential credential, int usage) throws GSSException {
        return credential == null ? Krb5Credential.fromCurrentSubject(null, usage) : Krb5Credential.of(credential);
    }
}
