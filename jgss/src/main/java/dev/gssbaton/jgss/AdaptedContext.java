package dev.gssbaton.jgss;

import com.sun.security.jgss.AuthorizationDataEntry;
import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.BatonContext;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.EncryptionKey;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import sun.security.jgss.spi.GSSContextSpi;
import sun.security.jgss.spi.GSSCredentialSpi;
import sun.security.jgss.spi.GSSNameSpi;

/**
 * A context of Baton's, or one that Baton leaves to the JDK, as the JDK's front end wants it.
 *
 * <p>The front end frames every token and takes the frame off what it receives, so that inner tokens pass here; a mechanism
 * that frames its later tokens too gets their frames back.
 */
final class AdaptedContext implements GSSContextSpi {
    private final AdaptedMechanism factory;
    private final Oid mechanism;
    private final boolean framesEveryToken;
    private final ExtendedGSSContext context;
    private final Subject subject;
    private final Forwarding forwarding;
    private final ConstrainedDelegation constrained;
    private boolean started;

    /**
     * Adapts a context that has not been started.
     *
     * @param subject the Subject to establish it in; null for the one that is current then
     * @param forwarding what an initiator could delegate; null for an acceptor
     * @param constrained what an acceptor offers if nothing is delegated to it; null for an initiator
     */
    AdaptedContext(
            AdaptedMechanism factory,
            boolean framesEveryToken,
            ExtendedGSSContext context,
            Subject subject,
            Forwarding forwarding,
            ConstrainedDelegation constrained) {
        this.factory = factory;
        this.mechanism = factory.getMechanismOid();
        this.framesEveryToken = framesEveryToken;
        this.context = context;
        this.subject = subject;
        this.forwarding = forwarding;
        this.constrained = constrained;
    }

    /** Gives Baton's context; empty if it was left to the JDK. */
    Optional<BatonContext> context() {
        return context instanceof BatonContext own ? Optional.of(own) : Optional.empty();
    }

    @Override
    public Provider getProvider() {
        return factory.getProvider();
    }

    // Establishing

    @Override
    public byte[] initSecContext(InputStream in, int innerSize) throws GSSException {
        boolean first = !started;
        byte[] token = first ? new byte[0] : received(in, innerSize, framesEveryToken);
        started = true;
        forwarding.initiates();
        Revealed.takesPart(this);
        byte[] answer = Subjects.callAs(subject, () -> context.initSecContext(token, 0, token.length));
        return first || framesEveryToken ? inner(answer) : answer;
    }

    @Override
    public byte[] acceptSecContext(InputStream in, int innerSize) throws GSSException {
        boolean first = !started;
        byte[] token = received(in, innerSize, first || framesEveryToken);
        started = true;
        Revealed.takesPart(this);
        byte[] answer = Subjects.callAs(subject, () -> context.acceptSecContext(token, 0, token.length));
        if (first && context.isEstablished() && !context.getCredDelegState()) {
            constrained.accepted(token);
        }
        return framesEveryToken ? inner(answer) : answer;
    }

    private byte[] received(InputStream in, int innerSize, boolean framed) throws GSSException {
        try {
            // What the frame says of the size is the peer's word: the array grows with what there is.
            byte[] inner = in.readNBytes(Math.max(innerSize, 0));
            if (inner.length != innerSize) {
                throw TransferFault.refusal(
                        GSSException.DEFECTIVE_TOKEN,
                        "the token has " + inner.length + " octets and its frame says " + innerSize);
            }
            return framed ? InitialToken.frame(mechanism, inner) : inner;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static byte[] inner(byte[] framed) throws GSSException {
        if (framed == null) {
            return null;
        }
        InitialToken frame = InitialToken.parse(framed, 0, framed.length);
        return Arrays.copyOfRange(framed, frame.innerOffset(), frame.innerOffset() + frame.innerLength());
    }

    private static GSSException broken(IOException cause) {
        GSSException failure = TransferFault.refusal(GSSException.FAILURE, "the stream broke: " + cause);
        failure.initCause(cause);
        return failure;
    }

    @Override
    public boolean isEstablished() {
        return context.isEstablished();
    }

    @Override
    public boolean isProtReady() {
        return context.isProtReady();
    }

    @Override
    public void dispose() throws GSSException {
        if (constrained != null) {
            constrained.forget();
        }
        context.dispose();
    }

    // Export: the front end would hand out a token of a provider with another name alone, and make none of one

    /** Answers false: the front end gives out no token. The context behind it can be exported: {@link Baton#contextOf}. */
    @Override
    public boolean isTransferable() {
        return false;
    }

    @Override
    public byte[] export() throws GSSException {
        throw TransferFault.refusal(
                GSSException.UNAVAILABLE, "the JDK's front end exports nothing: export Baton.contextOf(context)");
    }

    // What is asked for

    @Override
    public void requestLifetime(int lifetime) throws GSSException {
        context.requestLifetime(lifetime);
    }

    @Override
    public void requestMutualAuth(boolean state) throws GSSException {
        context.requestMutualAuth(state);
    }

    @Override
    public void requestReplayDet(boolean state) throws GSSException {
        context.requestReplayDet(state);
    }

    @Override
    public void requestSequenceDet(boolean state) throws GSSException {
        context.requestSequenceDet(state);
    }

    @Override
    public void requestCredDeleg(boolean state) throws GSSException {
        context.requestCredDeleg(state);
    }

    @Override
    public void requestAnonymity(boolean state) throws GSSException {
        context.requestAnonymity(state);
    }

    @Override
    public void requestConf(boolean state) throws GSSException {
        context.requestConf(state);
    }

    @Override
    public void requestInteg(boolean state) throws GSSException {
        context.requestInteg(state);
    }

    @Override
    public void requestDelegPolicy(boolean state) throws GSSException {
        context.requestDelegPolicy(state);
    }

    @Override
    public void setChannelBinding(ChannelBinding binding) throws GSSException {
        context.setChannelBinding(binding);
    }

    // What is granted

    @Override
    public boolean getCredDelegState() {
        return context.getCredDelegState() || constrained().isPresent();
    }

    /** Gives the credential that an acceptor offers though nothing was delegated to it; empty for what is dead. */
    private Optional<GSSCredential> constrained() {
        if (constrained == null) {
            return Optional.empty();
        }
        if (!context.isEstablished()) {
            constrained.forget();
        }
        return constrained.credential();
    }

    @Override
    public boolean getMutualAuthState() {
        return context.getMutualAuthState();
    }

    @Override
    public boolean getReplayDetState() {
        return context.getReplayDetState();
    }

    @Override
    public boolean getSequenceDetState() {
        return context.getSequenceDetState();
    }

    @Override
    public boolean getAnonymityState() {
        return context.getAnonymityState();
    }

    @Override
    public boolean getDelegPolicyState() {
        return context.getDelegPolicyState();
    }

    @Override
    public boolean getConfState() {
        return context.getConfState();
    }

    @Override
    public boolean getIntegState() {
        return context.getIntegState();
    }

    @Override
    public boolean isInitiator() {
        try {
            return context.isInitiator();
        } catch (GSSException e) {
            return false;
        }
    }

    @Override
    public int getLifetime() {
        return context.getLifetime();
    }

    @Override
    public GSSNameSpi getSrcName() throws GSSException {
        return adapted(context.getSrcName());
    }

    @Override
    public GSSNameSpi getTargName() throws GSSException {
        return adapted(context.getTargName());
    }

    private GSSNameSpi adapted(GSSName name) {
        return name == null ? null : new AdaptedName(getProvider(), mechanism, name);
    }

    @Override
    public Oid getMech() {
        return mechanism;
    }

    @Override
    public GSSCredentialSpi getDelegCred() throws GSSException {
        Optional<GSSCredential> offered = context.getCredDelegState() ? Optional.empty() : constrained();
        GSSCredential credential = offered.isPresent() ? offered.get() : context.getDelegCred();
        return new AdaptedCredential(factory, Role.INITIATE, credential, null, null);
    }

    @Override
    public Object inquireSecContext(String type) throws GSSException {
        if (Revealed.answer(this)) {
            return null;
        }
        InquireType known;
        try {
            known = InquireType.valueOf(type);
        } catch (IllegalArgumentException e) {
            throw TransferFault.refusal(GSSException.UNAVAILABLE, "nothing is known of " + type);
        }
        if (known == InquireType.KRB5_GET_KRB_CRED
                && forwarding != null
                && context instanceof BatonContext
                && context.inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX) instanceof EncryptionKey key) {
            return forwarding.message(key, factory.text(context.getSrcName()), factory.text(context.getTargName()));
        }
        Object answer = context.inquireSecContext(known);
        return answer instanceof AuthorizationDataEntry[] elements ? authorizationData(elements) : answer;
    }

    /** The front end takes a class of the JDK's own, or null for none. */
    private static Object authorizationData(AuthorizationDataEntry[] elements) throws GSSException {
        if (elements.length == 0) {
            return null;
        }
        String needed = "sun.security.krb5.internal";
        if (!GssMechanisms.isExported(needed)) {
            throw TransferFault.refusal(
                    GSSException.UNAVAILABLE,
                    "the ticket has authorization data, which the JDK's front end takes from us with --add-exports"
                            + " java.security.jgss/" + needed
                            + "=ALL-UNNAMED; or ask Baton.contextOf(context).inquireSecContext");
        }
        return PlatformAuthorizationData.of(elements);
    }

    // Messages

    @Override
    public int getWrapSizeLimit(int qop, boolean confidential, int maxTokenSize) throws GSSException {
        return context.getWrapSizeLimit(qop, confidential, maxTokenSize);
    }

    @Override
    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return context.wrap(message, offset, length, prop);
    }

    @Override
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        return context.unwrap(token, offset, length, prop);
    }

    @Override
    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return context.getMIC(message, offset, length, prop);
    }

    @Override
    public void verifyMIC(
            byte[] token,
            int tokenOffset,
            int tokenLength,
            byte[] message,
            int messageOffset,
            int messageLength,
            MessageProp prop)
            throws GSSException {
        context.verifyMIC(token, tokenOffset, tokenLength, message, messageOffset, messageLength, prop);
    }

    // Messages on streams: what is available is one message, as it is to the JDK

    @Override
    public void wrap(InputStream in, OutputStream out, MessageProp prop) throws GSSException {
        byte[] message = available(in);
        write(out, context.wrap(message, 0, message.length, prop));
    }

    @Override
    public void unwrap(InputStream in, OutputStream out, MessageProp prop) throws GSSException {
        byte[] token = available(in);
        write(out, context.unwrap(token, 0, token.length, prop));
    }

    @Override
    public void getMIC(InputStream in, OutputStream out, MessageProp prop) throws GSSException {
        byte[] message = available(in);
        write(out, context.getMIC(message, 0, message.length, prop));
    }

    @Override
    public void verifyMIC(InputStream tokenIn, InputStream messageIn, MessageProp prop) throws GSSException {
        byte[] token = available(tokenIn);
        byte[] message = available(messageIn);
        context.verifyMIC(token, 0, token.length, message, 0, message.length, prop);
    }

    private static byte[] available(InputStream in) throws GSSException {
        try {
            return in.readNBytes(in.available());
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static void write(OutputStream out, byte[] octets) throws GSSException {
        try {
            out.write(octets);
        } catch (IOException e) {
            throw broken(e);
        }
    }
}
