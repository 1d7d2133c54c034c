package dev.gssbaton.krb5;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.seal.AccountKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import javax.security.auth.Subject;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;

/** Contexts of Baton and of the JDK in this JVM, for accounts of a real KDC. */
final class BatonPeer {
    /** A context with the end that {@link PeerContext} takes. */
    record End(BatonContext context, PeerContext peer) {}

    private final BatonManager manager;

    /** Makes a manager whose sealing keys are in a folder of the test's. */
    BatonPeer(Path keys) {
        manager = BatonManager.builder()
                .keys(AccountKeys.in(keys))
                .claims(claims())
                .build();
    }

    /**
     * Makes the claims of a server that has been running for a minute. A library that keeps to its KDC's clock, which tells
     * whole seconds, may be a second behind, and an authenticator that is older than a store is refused.
     */
    static ProcessClaims claims() {
        return new ProcessClaims(new SecureRandom(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-1)));
    }

    End initiator(Account self, Account target, ContextRequest request) throws Exception {
        return initiator(Login.initiator(self), target, request);
    }

    End initiator(Subject subject, Account target, ContextRequest request) throws Exception {
        BatonContext context =
                manager.createContext(target.gssName(), GssFraming.KRB5, null, GSSContext.DEFAULT_LIFETIME);
        request(context, request);
        return new End(context, PeerContext.of(context, subject));
    }

    /** An initiator that prefers other encryption types than the KDC. */
    End initiator(Account self, Account target, ContextRequest request, AcceptorOptions options) throws Exception {
        GSSCredential credential = Login.as(
                Login.initiator(self),
                () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY, options));
        return initiator(credential, target.gssName(), request);
    }

    /** An initiator without a Subject: it has a credential. */
    End initiator(GSSCredential credential, GSSName target, ContextRequest request) throws Exception {
        BatonContext context = manager.createContext(target, GssFraming.KRB5, credential, GSSContext.DEFAULT_LIFETIME);
        request(context, request);
        return new End(context, PeerContext.of(context, null));
    }

    End acceptor(Account self, String bindings) throws Exception {
        return acceptor(Krb5Credential.fromKeytab(self.keytab(), self.principal(), AcceptorOptions.DEFAULT), bindings);
    }

    End acceptor(Account self, AcceptorOptions options) throws Exception {
        return acceptor(Krb5Credential.fromKeytab(self.keytab(), self.principal(), options), "");
    }

    End acceptor(GSSCredential credential, String bindings) throws Exception {
        BatonContext context = manager.createContext(credential);
        bind(context, bindings);
        return new End(context, PeerContext.of(context, null));
    }

    /** Moves a context into another of the same manager. */
    End move(End from) throws GSSException {
        BatonContext context = manager.createContext(from.context().export());
        return new End(context, PeerContext.of(context, null));
    }

    static PeerContext jdkInitiator(Account self, Account target, ContextRequest request) throws Exception {
        Subject subject = Login.initiator(self);
        GSSContext context = GSSManager.getInstance()
                .createContext(target.gssName(), GssFraming.KRB5, null, GSSContext.DEFAULT_LIFETIME);
        request(context, request);
        return PeerContext.of(context, subject);
    }

    static PeerContext jdkAcceptor(Account self, String bindings) throws Exception {
        Subject subject = Login.acceptor(self);
        GSSContext context = Login.as(subject, () -> GSSManager.getInstance().createContext((GSSCredential) null));
        bind(context, bindings);
        return PeerContext.of(context, subject);
    }

    private static void request(GSSContext context, ContextRequest request) throws GSSException {
        Set<ContextRequest.Flag> flags = request.flags();
        context.requestMutualAuth(flags.contains(ContextRequest.Flag.MUTUAL));
        context.requestReplayDet(flags.contains(ContextRequest.Flag.REPLAY));
        context.requestSequenceDet(flags.contains(ContextRequest.Flag.SEQUENCE));
        context.requestConf(flags.contains(ContextRequest.Flag.CONFIDENTIALITY));
        context.requestInteg(flags.contains(ContextRequest.Flag.INTEGRITY));
        context.requestCredDeleg(flags.contains(ContextRequest.Flag.DELEGATION));
        bind(context, request.bindings());
    }

    private static void bind(GSSContext context, String bindings) throws GSSException {
        if (!bindings.isEmpty()) {
            context.setChannelBinding(new ChannelBinding(bindings.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
