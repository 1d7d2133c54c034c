package dev.gssbaton.peers;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import javax.security.auth.Subject;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;

/** A context of this JVM. */
record LocalContext(GSSContext context, Subject subject) implements PeerContext {
    private static final byte[] NOTHING = new byte[0];

    static void request(GSSContext context, ContextRequest request) throws GSSException {
        Set<ContextRequest.Flag> flags = request.flags();
        context.requestMutualAuth(flags.contains(ContextRequest.Flag.MUTUAL));
        context.requestReplayDet(flags.contains(ContextRequest.Flag.REPLAY));
        context.requestSequenceDet(flags.contains(ContextRequest.Flag.SEQUENCE));
        context.requestConf(flags.contains(ContextRequest.Flag.CONFIDENTIALITY));
        context.requestInteg(flags.contains(ContextRequest.Flag.INTEGRITY));
        context.requestCredDeleg(flags.contains(ContextRequest.Flag.DELEGATION));
        if (request.lifetime() != 0) {
            context.requestLifetime(request.lifetime());
        }
        bind(context, request.bindings());
    }

    static void bind(GSSContext context, String bindings) throws GSSException {
        if (!bindings.isEmpty()) {
            context.setChannelBinding(new ChannelBinding(bindings.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public byte[] step(byte[] token) throws GSSException {
        byte[] reply = call(() -> context.isInitiator()
                ? context.initSecContext(token, 0, token.length)
                : context.acceptSecContext(token, 0, token.length));
        return reply == null ? NOTHING : reply;
    }

    @Override
    public boolean isEstablished() {
        return context.isEstablished();
    }

    @Override
    public ContextFacts facts() throws GSSException {
        Set<ContextRequest.Flag> flags = new TreeSet<>();
        Map.of(
                        ContextRequest.Flag.MUTUAL, context.getMutualAuthState(),
                        ContextRequest.Flag.REPLAY, context.getReplayDetState(),
                        ContextRequest.Flag.SEQUENCE, context.getSequenceDetState(),
                        ContextRequest.Flag.CONFIDENTIALITY, context.getConfState(),
                        ContextRequest.Flag.INTEGRITY, context.getIntegState(),
                        ContextRequest.Flag.DELEGATION, context.getCredDelegState())
                .forEach((flag, inEffect) -> {
                    if (inEffect) {
                        flags.add(flag);
                    }
                });
        return new ContextFacts(
                flags,
                context.isProtReady(),
                context.isTransferable(),
                context.getLifetime(),
                text(context.getSrcName()),
                text(context.getTargName()));
    }

    @Override
    public byte[] wrap(byte[] message, boolean confidential) throws GSSException {
        return context.wrap(message, 0, message.length, new MessageProp(0, confidential));
    }

    @Override
    public Received unwrap(byte[] token) throws GSSException {
        MessageProp status = new MessageProp(0, false);
        return received(context.unwrap(token, 0, token.length, status), status);
    }

    @Override
    public byte[] mic(byte[] message) throws GSSException {
        return context.getMIC(message, 0, message.length, new MessageProp(0, false));
    }

    @Override
    public Received verifyMic(byte[] mic, byte[] message) throws GSSException {
        MessageProp status = new MessageProp(0, false);
        context.verifyMIC(mic, 0, mic.length, message, 0, message.length, status);
        return received(NOTHING, status);
    }

    @Override
    public byte[] export() throws GSSException {
        byte[] token = context.export();
        return token == null ? NOTHING : token;
    }

    @Override
    public String delegatedName() throws GSSException {
        return context.getCredDelegState() ? text(context.getDelegCred().getName()) : "";
    }

    @Override
    public void close() throws GSSException {
        context.dispose();
    }

    private static Received received(byte[] message, MessageProp status) {
        return new Received(
                message == null ? NOTHING : message, // the native bridge's answer for an empty message
                status.getPrivacy(),
                status.isDuplicateToken(),
                status.isOldToken(),
                status.isUnseqToken(),
                status.isGapToken());
    }

    private static String text(GSSName name) {
        return name == null ? "" : name.toString();
    }

    private byte[] call(Callable<byte[]> action) throws GSSException {
        try {
            return subject == null ? action.call() : Login.as(subject, action);
        } catch (GSSException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Only GSSException is declared", e);
        }
    }
}
