package dev.gssbaton;

import com.sun.security.jgss.ExtendedGSSContext;
import com.sun.security.jgss.InquireType;
import dev.gssbaton.spi.AcceptorRequest;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.Mechanism;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PrfKey;
import dev.gssbaton.spi.TransferFault;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

/**
 * A security context that can be exported.
 *
 * <p>It is made by a {@link BatonManager}, as an initiator, as an acceptor, or from an interprocess token. What
 * {@code GSSContext} says of its methods holds; beyond that:
 *
 * <ul>
 *   <li>{@link #export()} answers a token and never null, and the context is dead from then on: every method that can
 *       throw answers {@code NO_CONTEXT}, the others false or 0, {@link #dispose()} does nothing. A failed export leaves the
 *       context as it was.
 *   <li>{@code wrap}, {@code unwrap}, {@code getMIC} and {@code verifyMIC} on an expired context are
 *       {@code CONTEXT_EXPIRED}, unless its manager only reports expiry ({@link Expiry#REPORTED}).
 *   <li>A context that was imported cannot be changed: the request methods have no effect.
 *   <li>{@link #offer} is the first of two phases: the context is frozen until the {@link Offer} is settled. Messages wait or are
 *       refused, it cannot be exported, questions are answered, and {@link #dispose()} gives it up.
 * </ul>
 *
 * <p>Safe for use by several threads. One sends and one receives at the same time; several of each take turns. An export
 * waits for messages that are under way, and counts them.
 */
public final class BatonContext implements ExtendedGSSContext {
    private enum Phase {
        NEW,
        ESTABLISHING,
        ESTABLISHED,
        FROZEN,
        EXPORTED,
        DISPOSED
    }

    private final BatonManager manager;
    private final boolean initiator;
    private final GSSName peer;

    /** Held while a message is sent; both locks, this one first, while the context is stepped, exported or erased. */
    private final ReentrantLock sendLock = new ReentrantLock();

    private final ReentrantLock receiveLock = new ReentrantLock();

    private volatile Phase phase;
    private volatile ContextFacts facts;
    /** The mechanism asked for or, once it is known, in use; null for an acceptor without a token. */
    private volatile Mechanism mechanism;

    /** What the application brought and asked for: dropped at the first step, so that nothing of it stays reachable. */
    private GSSCredential credential;

    private ContextRequest request;

    private MechanismContext context;

    /** Where messages wait, as long as the phase is FROZEN; null otherwise. */
    private Freeze freeze;

    private BatonContext(
            BatonManager manager, Mechanism mechanism, boolean initiator, GSSName peer, GSSCredential credential) {
        this.manager = manager;
        this.mechanism = mechanism;
        this.initiator = initiator;
        this.peer = peer;
        this.credential = credential;
        this.request = new ContextRequest();
        this.phase = Phase.NEW;
    }

    private BatonContext(BatonManager manager, Transfer.Taken imported) {
        this.manager = manager;
        this.mechanism = imported.mechanism();
        this.initiator = imported.facts().initiator();
        this.peer = null;
        this.context = imported.context();
        this.facts = imported.facts();
        this.phase = Phase.ESTABLISHED;
    }

    static BatonContext initiator(
            BatonManager manager, Mechanism mechanism, GSSName peer, GSSCredential credential, int lifetime) {
        BatonContext context = new BatonContext(manager, mechanism, true, peer, credential);
        context.request.lifetime(lifetime);
        return context;
    }

    static BatonContext acceptor(BatonManager manager, GSSCredential credential) {
        return new BatonContext(manager, null, false, null, credential);
    }

    static BatonContext imported(BatonManager manager, Transfer.Taken imported) {
        return new BatonContext(manager, imported);
    }

    // Establishing

    @Override
    public byte[] initSecContext(byte[] inputBuf, int offset, int len) throws GSSException {
        return step(true, inputBuf, offset, len);
    }

    @Override
    public byte[] acceptSecContext(byte[] inToken, int offset, int len) throws GSSException {
        return step(false, inToken, offset, len);
    }

    private byte[] step(boolean asInitiator, byte[] token, int offset, int length) throws GSSException {
        sendLock.lock();
        receiveLock.lock();
        try {
            requireAlive();
            if (asInitiator != initiator) {
                throw TransferFault.refusal(
                        GSSException.FAILURE,
                        initiator ? "this context is an initiator's" : "this context is an acceptor's");
            }
            if (isEstablished()) {
                throw TransferFault.refusal(
                        GSSException.FAILURE, "the context is established: there is no further step");
            }
            boolean first = phase == Phase.NEW;
            byte[] in = first && initiator ? new byte[0] : token;
            int from = in == token ? offset : 0;
            int count = in == token ? length : 0;
            if (in == null || (count == 0 && !(first && initiator))) {
                throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "there is no token of the peer");
            }
            Objects.checkFromIndexSize(from, count, in.length);
            return stepStarted(in, from, count);
        } finally {
            receiveLock.unlock();
            sendLock.unlock();
        }
    }

    private byte[] stepStarted(byte[] token, int offset, int length) throws GSSException {
        boolean done = false;
        try {
            if (context == null) {
                start(token, offset, length);
                credential = null;
                request = null;
            }
            byte[] out = context.step(token, offset, length);
            facts = ContextFacts.of(context, mechanism.oid());
            phase = facts.established() ? Phase.ESTABLISHED : Phase.ESTABLISHING;
            done = true;
            return out;
        } finally {
            if (!done) {
                die(Phase.DISPOSED);
            }
        }
    }

    private void start(byte[] token, int offset, int length) throws GSSException {
        if (initiator) {
            context = mechanism.initiator(
                    new InitiatorRequest(
                            peer, credential, request.lifetime(), request.flags(), request.channelBinding()),
                    manager.environment());
        } else {
            mechanism = manager.mechanism(token, offset, length);
            context = mechanism.acceptor(
                    new AcceptorRequest(credential, request.channelBinding()), manager.environment());
        }
    }

    @Override
    public boolean isEstablished() {
        Phase now = phase;
        return now == Phase.ESTABLISHED || now == Phase.FROZEN;
    }

    @Override
    public boolean isProtReady() {
        ContextFacts known = facts;
        return known != null && known.protectionReady();
    }

    /** Erases the context. A context that is dead already stays as it is. */
    @Override
    public void dispose() throws GSSException {
        sendLock.lock();
        receiveLock.lock();
        try {
            if (phase != Phase.EXPORTED) {
                die(Phase.DISPOSED);
            }
        } finally {
            receiveLock.unlock();
            sendLock.unlock();
        }
    }

    /** Ends the context's life in this process. Both locks are held. */
    private void die(Phase end) {
        MechanismContext dying = context;
        phase = end;
        facts = null;
        context = null;
        credential = null;
        request = null;
        endFreeze();
        if (dying != null) {
            dying.erase();
        }
    }

    /** Lets those go on who wait, to find what the phase is now. Both locks are held. */
    private void endFreeze() {
        if (freeze != null) {
            freeze.end();
            freeze = null;
        }
    }

    // Exporting

    /**
     * Tells whether the context can be exported: whether an exporter for its mechanism is there. Never throws.
     *
     * @return true before the start and while it lives, if there is an exporter; false while it is frozen and once it is dead
     */
    @Override
    public boolean isTransferable() {
        return !isDead()
                && phase != Phase.FROZEN
                && manager.canExport(Optional.ofNullable(mechanism).map(Mechanism::oid));
    }

    /**
     * Exports the context with the manager's settings
     * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.2.8">GSS_Export_sec_context</a>), and ends its life here.
     *
     * @return a sealed interprocess token, the caller's; never null
     * @throws GSSException as {@link #exportToken(ExportOptions)} does
     */
    @Override
    public byte[] export() throws GSSException {
        return exportToken(ExportOptions.defaults()).octets();
    }

    /**
     * Exports the context with the manager's settings, as {@link #export()} does, into a token that wipes itself.
     *
     * @return a sealed interprocess token, the caller's
     * @throws GSSException as {@link #exportToken(ExportOptions)} does
     */
    public ExportedToken exportToken() throws GSSException {
        return exportToken(ExportOptions.defaults());
    }

    /**
     * Exports the context
     * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.2.8">GSS_Export_sec_context</a>), and ends its life here.
     *
     * <p>Messages that other threads are protecting are finished and counted before. On success the context is dead from
     * that instant, for every thread, and its keys are erased. On failure there is no token anywhere, and the context is
     * as it was: the same sequence numbers, the same window.
     *
     * @param options format, lifetime, delegated credential
     * @return a sealed interprocess token, the caller's
     * @throws GSSException {@code NO_CONTEXT} if the context is not established, or dead; {@code CONTEXT_EXPIRED};
     *     {@code UNAVAILABLE} if there is no exporter; {@code FAILURE} for anything else. {@link TransferFault#of} tells
     *     them apart
     */
    public ExportedToken exportToken(ExportOptions options) throws GSSException {
        return export((known, now) ->
                manager.transfer().export(context, known, Objects.requireNonNull(options, "options"), now));
    }

    /**
     * Exports the context for other software, in that software's format, and ends its life here, as
     * {@link #exportToken(ExportOptions)} does. <b>The token is not sealed</b>: whoever sees it has the context's keys, it has
     * no end but the context's, and other software imports it as often as it likes.
     *
     * <p>What the format cannot carry is refused, or left out as its documentation says. A delegated credential stays behind.
     *
     * @param options the format, and what else the application consents to
     * @return the token, the caller's, and best wiped as soon as it is sent. Its identity is the one by which another manager
     *     of Baton would claim it, where the format carries the whole window of numbers received; until when it may be
     *     imported is the context's end
     * @throws GSSException as {@link #exportToken(ExportOptions)} does; {@code UNAVAILABLE} also for a format that is sealed
     */
    public ExportedToken exportUnsealed(UnsealedOptions options) throws GSSException {
        return export((known, now) ->
                manager.transfer().exportUnsealed(context, known, Objects.requireNonNull(options, "options")));
    }

    /**
     * Exports the context for other software, as {@link #exportUnsealed(UnsealedOptions)} does, with no consent but to the
     * format.
     *
     * @param format the format's name, such as {@code mit}, {@code heimdal-7} or {@code heimdal-8}
     * @return the token, the caller's
     * @throws GSSException as {@link #exportUnsealed(UnsealedOptions)} does
     */
    public ExportedToken exportUnsealed(String format) throws GSSException {
        return exportUnsealed(UnsealedOptions.of(format));
    }

    @FunctionalInterface
    private interface Writing {
        ExportedToken token(ContextFacts known, long now) throws GSSException;
    }

    private ExportedToken export(Writing writing) throws GSSException {
        sendLock.lock();
        receiveLock.lock();
        try {
            ContextFacts known = requireExportable();
            ExportedToken token = writing.token(known, manager.millis());
            // The token is made: from here on nothing may fail, and this instance must never be used again.
            try {
                die(Phase.EXPORTED);
            } catch (RuntimeException e) {
                TransferLog.eraseFailed(token.id(), e);
            }
            return token;
        } finally {
            receiveLock.unlock();
            sendLock.unlock();
        }
    }

    private ContextFacts requireExportable() throws GSSException {
        ContextFacts known = requireEstablished();
        if (phase == Phase.FROZEN) {
            throw TransferFault.FROZEN.exception("it cannot be exported until that is settled");
        }
        if (known.expired(manager.millis())) {
            throw TransferFault.CONTEXT_EXPIRED.exception("it cannot be exported; establish a new one");
        }
        return known;
    }

    /**
     * Offers the context to another process: the first of two phases. It is frozen from here on, and neither erased nor usable,
     * until the {@link Offer} is settled. Messages that other threads are protecting are finished and counted before; those
     * that come after wait, as long as the options say, and are then refused as {@link TransferFault#FROZEN}.
     *
     * @param options how the token is made, and how long messages wait
     * @return the offer with its token, to be settled by the caller
     * @throws GSSException as {@link #exportToken(ExportOptions)} does, and {@link TransferFault#FROZEN} if it has been offered
     *     already; then the context is as it was
     */
    public Offer offer(OfferOptions options) throws GSSException {
        return offer(manager.transfer(), options);
    }

    Offer offer(Transfer transfer, OfferOptions options) throws GSSException {
        Objects.requireNonNull(options, "options");
        sendLock.lock();
        receiveLock.lock();
        try {
            ContextFacts known = requireExportable();
            OfferAge age = transfer.age();
            ExportedToken token = transfer.export(context, known, options.export(), manager.millis());
            Offer offer = new Offer(this, token, transfer.claim(token), age);
            freeze = new Freeze(sendLock, receiveLock, options.patience());
            phase = Phase.FROZEN;
            return offer;
        } finally {
            receiveLock.unlock();
            sendLock.unlock();
        }
    }

    /** Ends a freeze, unless the context was disposed of meanwhile: it goes on here. */
    boolean thaw() {
        sendLock.lock();
        receiveLock.lock();
        try {
            if (phase != Phase.FROZEN) {
                return false;
            }
            phase = Phase.ESTABLISHED;
            endFreeze();
            return true;
        } finally {
            receiveLock.unlock();
            sendLock.unlock();
        }
    }

    /** Ends a freeze, unless the context was disposed of meanwhile: another process has it. */
    void leave(ClaimId token) {
        sendLock.lock();
        receiveLock.lock();
        try {
            if (phase == Phase.FROZEN) {
                die(Phase.EXPORTED);
            }
        } catch (RuntimeException e) {
            TransferLog.eraseFailed(token, e);
        } finally {
            receiveLock.unlock();
            sendLock.unlock();
        }
    }

    // Protecting messages

    @Override
    public int getWrapSizeLimit(int qop, boolean confReq, int maxTokenSize) throws GSSException {
        sendLock.lock();
        try {
            requireProtection(sendLock);
            MessageProp prop = granted(new MessageProp(qop, confReq));
            int fits = 0;
            int tooLarge = Math.max(maxTokenSize, 0) + (maxTokenSize == Integer.MAX_VALUE ? 0 : 1);
            if (context.wrapSize(0, prop) > maxTokenSize) {
                return 0;
            }
            while (tooLarge - fits > 1) {
                int middle = fits + (tooLarge - fits) / 2;
                if (context.wrapSize(middle, prop) <= maxTokenSize) {
                    fits = middle;
                } else {
                    tooLarge = middle;
                }
            }
            return fits;
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    public byte[] wrap(byte[] inBuf, int offset, int len, MessageProp msgProp) throws GSSException {
        sendLock.lock();
        try {
            requireProtection(sendLock);
            Objects.checkFromIndexSize(offset, len, inBuf.length);
            return context.wrap(inBuf, offset, len, granted(msgProp));
        } finally {
            sendLock.unlock();
        }
    }

    /**
     * Wraps a message between buffers, as {@link #wrap(byte[], int, int, MessageProp)} does between arrays. They may share
     * their octets: the token may take the message's place.
     *
     * @param message the message, read from its position to its limit
     * @param token where the token goes, from its position on
     * @param msgProp whether to encrypt, and the QOP; on return what was done
     * @throws GSSException as the array variant does
     * @throws java.nio.BufferOverflowException if there is no room for the whole token; nothing was sent then
     * @throws ReadOnlyBufferException if the token's buffer cannot be written to; nothing was sent then
     */
    public void wrap(ByteBuffer message, ByteBuffer token, MessageProp msgProp) throws GSSException {
        sendLock.lock();
        try {
            requireProtection(sendLock);
            requireWritable(token);
            context.wrap(message, token, granted(msgProp));
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    public byte[] unwrap(byte[] inBuf, int offset, int len, MessageProp msgProp) throws GSSException {
        receiveLock.lock();
        try {
            requireProtection(receiveLock);
            Objects.checkFromIndexSize(offset, len, inBuf.length);
            return context.unwrap(inBuf, offset, len, orNew(msgProp));
        } finally {
            receiveLock.unlock();
        }
    }

    /**
     * Unwraps a token between buffers, as {@link #unwrap(byte[], int, int, MessageProp)} does between arrays. They may share
     * their octets: the message may take the token's place, which may be lost then if this throws.
     *
     * @param token the token, read from its position to its limit
     * @param message where the message goes, from its position on; it needs room for as many octets as the token has
     * @param msgProp on return what was found
     * @throws GSSException as the array variant does
     * @throws java.nio.BufferOverflowException if there is less room; nothing was received then
     * @throws ReadOnlyBufferException if the message's buffer cannot be written to; nothing was received then
     */
    public void unwrap(ByteBuffer token, ByteBuffer message, MessageProp msgProp) throws GSSException {
        receiveLock.lock();
        try {
            requireProtection(receiveLock);
            requireWritable(message);
            context.unwrap(token, message, orNew(msgProp));
        } finally {
            receiveLock.unlock();
        }
    }

    @Override
    public byte[] getMIC(byte[] inMsg, int offset, int len, MessageProp msgProp) throws GSSException {
        sendLock.lock();
        try {
            requireProtection(sendLock);
            Objects.checkFromIndexSize(offset, len, inMsg.length);
            return context.getMIC(inMsg, offset, len, orNew(msgProp));
        } finally {
            sendLock.unlock();
        }
    }

    /**
     * Computes a MIC between buffers, as {@link #getMIC(byte[], int, int, MessageProp)} does between arrays.
     *
     * @param message the message, read from its position to its limit
     * @param token where the token goes, from its position on
     * @param msgProp the QOP; on return what was done
     * @throws GSSException as the array variant does
     * @throws java.nio.BufferOverflowException if there is no room for the whole token; nothing was sent then
     * @throws ReadOnlyBufferException if the token's buffer cannot be written to; nothing was sent then
     */
    public void getMIC(ByteBuffer message, ByteBuffer token, MessageProp msgProp) throws GSSException {
        sendLock.lock();
        try {
            requireProtection(sendLock);
            requireWritable(token);
            context.getMIC(message, token, orNew(msgProp));
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    public void verifyMIC(
            byte[] inTok, int tokOffset, int tokLen, byte[] inMsg, int msgOffset, int msgLen, MessageProp msgProp)
            throws GSSException {
        receiveLock.lock();
        try {
            requireProtection(receiveLock);
            Objects.checkFromIndexSize(tokOffset, tokLen, inTok.length);
            Objects.checkFromIndexSize(msgOffset, msgLen, inMsg.length);
            context.verifyMIC(inTok, tokOffset, tokLen, inMsg, msgOffset, msgLen, orNew(msgProp));
        } finally {
            receiveLock.unlock();
        }
    }

    /**
     * Verifies a MIC between buffers, as the variant between arrays does.
     *
     * @param token the token, read from its position to its limit
     * @param message the message, read from its position to its limit
     * @param msgProp on return what was found
     * @throws GSSException as the array variant does
     */
    public void verifyMIC(ByteBuffer token, ByteBuffer message, MessageProp msgProp) throws GSSException {
        receiveLock.lock();
        try {
            requireProtection(receiveLock);
            context.verifyMIC(token, message, orNew(msgProp));
        } finally {
            receiveLock.unlock();
        }
    }

    /**
     * Computes pseudo-random octets that the peer can compute too, and nobody else
     * (<a href="https://www.rfc-editor.org/rfc/rfc4401#section-2">GSS_Pseudo_random</a>): a key for another protocol, for
     * one. Asked again, with the same input, it gives the same octets, before an export and after it.
     *
     * @param key which of the context's keys to take; {@link PrfKey#FULL} unless another protocol says otherwise
     * @param input what tells this use from others; not kept
     * @param length number of octets wanted
     * @return the octets, a secret of the caller's, who erases them
     * @throws IllegalArgumentException if the length is negative
     * @throws GSSException {@code UNAVAILABLE} if the mechanism has no such function, {@code CONTEXT_EXPIRED},
     *     {@code NO_CONTEXT} if messages cannot be protected yet, or the context is dead
     */
    public byte[] pseudoRandom(PrfKey key, byte[] input, int length) throws GSSException {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(input, "input");
        if (length < 0) {
            throw new IllegalArgumentException("a length of " + length + " octets");
        }
        receiveLock.lock();
        try {
            requireProtection(receiveLock);
            return context.pseudoRandom(key, input, length);
        } finally {
            receiveLock.unlock();
        }
    }

    /** RFC 2743 section 2.3.3: where confidentiality is not granted, the message is protected without it. */
    private MessageProp granted(MessageProp prop) {
        MessageProp asked = orNew(prop);
        if (asked.getPrivacy() && !facts.flags().contains(ContextFlag.CONF)) {
            asked.setPrivacy(false);
        }
        return asked;
    }

    /** Before the mechanism takes a number for a message that cannot be put anywhere. */
    private static void requireWritable(ByteBuffer out) {
        if (out.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
    }

    private static MessageProp orNew(MessageProp prop) {
        return prop == null ? new MessageProp(0, false) : prop;
    }

    // What was asked for, before the start; afterwards without effect

    @Override
    public void requestMutualAuth(boolean state) throws GSSException {
        request(ContextFlag.MUTUAL, state);
    }

    @Override
    public void requestReplayDet(boolean state) throws GSSException {
        request(ContextFlag.REPLAY, state);
    }

    @Override
    public void requestSequenceDet(boolean state) throws GSSException {
        request(ContextFlag.SEQUENCE, state);
    }

    @Override
    public void requestCredDeleg(boolean state) throws GSSException {
        request(ContextFlag.DELEG, state);
    }

    @Override
    public void requestDelegPolicy(boolean state) throws GSSException {
        request(ContextFlag.DELEG_POLICY, state);
    }

    @Override
    public void requestAnonymity(boolean state) throws GSSException {
        request(ContextFlag.ANON, state);
    }

    @Override
    public void requestConf(boolean state) throws GSSException {
        request(ContextFlag.CONF, state);
    }

    @Override
    public void requestInteg(boolean state) throws GSSException {
        request(ContextFlag.INTEG, state);
    }

    private void request(ContextFlag flag, boolean state) throws GSSException {
        ifNew(() -> {
            if (initiator) {
                request.set(flag, state);
            }
        });
    }

    @Override
    public void requestLifetime(int lifetime) throws GSSException {
        ifNew(() -> {
            if (initiator) {
                request.lifetime(lifetime);
            }
        });
    }

    @Override
    public void setChannelBinding(ChannelBinding cb) throws GSSException {
        ifNew(() -> request.channelBinding(cb));
    }

    private void ifNew(Runnable change) throws GSSException {
        sendLock.lock();
        try {
            requireAlive();
            if (phase == Phase.NEW) {
                change.run();
            }
        } finally {
            sendLock.unlock();
        }
    }

    // What is granted

    @Override
    public boolean getCredDelegState() {
        return has(ContextFlag.DELEG);
    }

    @Override
    public boolean getDelegPolicyState() {
        return has(ContextFlag.DELEG_POLICY);
    }

    @Override
    public boolean getMutualAuthState() {
        return has(ContextFlag.MUTUAL);
    }

    @Override
    public boolean getReplayDetState() {
        return has(ContextFlag.REPLAY);
    }

    @Override
    public boolean getSequenceDetState() {
        return has(ContextFlag.SEQUENCE);
    }

    @Override
    public boolean getAnonymityState() {
        return has(ContextFlag.ANON);
    }

    @Override
    public boolean getConfState() {
        return has(ContextFlag.CONF);
    }

    @Override
    public boolean getIntegState() {
        return has(ContextFlag.INTEG);
    }

    private boolean has(ContextFlag flag) {
        ContextFacts known = facts;
        if (known != null) {
            return known.flags().contains(flag);
        }
        sendLock.lock();
        try {
            return phase == Phase.NEW && request.asks(flag);
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    public int getLifetime() {
        ContextFacts known = facts;
        if (known != null) {
            return known.lifetime(manager.millis());
        }
        sendLock.lock();
        try {
            return phase == Phase.NEW ? request.lifetime() : 0;
        } finally {
            sendLock.unlock();
        }
    }

    @Override
    public GSSName getSrcName() throws GSSException {
        return requireStarted().sourceName();
    }

    @Override
    public GSSName getTargName() throws GSSException {
        requireAlive();
        if (phase == Phase.NEW && initiator) {
            return peer;
        }
        return requireStarted().targetName();
    }

    @Override
    public Oid getMech() throws GSSException {
        requireAlive();
        Mechanism known = mechanism;
        return known == null ? null : known.oid();
    }

    @Override
    public boolean isInitiator() throws GSSException {
        requireAlive();
        return initiator;
    }

    /**
     * Gives the credential that the initiator delegated. The application owns it and disposes of it.
     *
     * @return the credential
     * @throws GSSException {@code NO_CRED} if there is none, {@code NO_CONTEXT} before the start and after the end
     */
    @Override
    public GSSCredential getDelegCred() throws GSSException {
        receiveLock.lock();
        try {
            requireStarted();
            GSSCredential delegated = context.delegatedCredential();
            if (delegated == null) {
                throw TransferFault.refusal(GSSException.NO_CRED, "no credential was delegated with this context");
            }
            return delegated;
        } finally {
            receiveLock.unlock();
        }
    }

    @Override
    public Object inquireSecContext(InquireType type) throws GSSException {
        receiveLock.lock();
        try {
            requireEstablished();
            return context.inquire(Objects.requireNonNull(type, "type"));
        } finally {
            receiveLock.unlock();
        }
    }

    /**
     * Gives the mechanism's own view of the context, for what JGSS has no words for.
     *
     * @param <T> the view's type
     * @param type a type that the mechanism publishes, such as {@code Krb5Details}
     * @return the view, without secrets; empty if the mechanism has none of that type
     * @throws GSSException {@code NO_CONTEXT} if the context is not established, or dead
     */
    public <T> Optional<T> details(Class<T> type) throws GSSException {
        receiveLock.lock();
        try {
            requireEstablished();
            return context.details(Objects.requireNonNull(type, "type"));
        } finally {
            receiveLock.unlock();
        }
    }

    // The states

    private boolean isDead() {
        return phase == Phase.EXPORTED || phase == Phase.DISPOSED;
    }

    private void requireAlive() throws GSSException {
        Phase now = phase;
        if (now == Phase.EXPORTED) {
            throw TransferFault.EXPORTED.exception();
        }
        if (now == Phase.DISPOSED) {
            throw TransferFault.DISPOSED.exception();
        }
    }

    private ContextFacts requireStarted() throws GSSException {
        // Facts are read first: they are taken away only after the phase has said why.
        ContextFacts known = facts;
        requireAlive();
        if (known == null) {
            throw TransferFault.NOT_STARTED.exception();
        }
        return known;
    }

    private ContextFacts requireEstablished() throws GSSException {
        ContextFacts known = requireStarted();
        if (!known.established()) {
            throw TransferFault.NOT_ESTABLISHED.exception();
        }
        return known;
    }

    /** Waits while the context is frozen; the lock is held, and given up meanwhile. */
    private void requireProtection(ReentrantLock held) throws GSSException {
        for (Freeze now = freeze; now != null; now = freeze) {
            now.await(held);
        }
        requireProtection();
    }

    private void requireProtection() throws GSSException {
        ContextFacts known = requireStarted();
        if (!known.protectionReady()) {
            throw TransferFault.NOT_ESTABLISHED.exception("messages cannot be protected yet");
        }
        if (manager.enforcesExpiry() && known.expired(manager.millis())) {
            throw TransferFault.CONTEXT_EXPIRED.exception("establish a new one");
        }
    }

    /**
     * Names the role and the phase, never a name or a key.
     *
     * @return a text without secrets
     */
    @Override
    public String toString() {
        return "BatonContext[" + (initiator ? "initiator" : "acceptor") + ", "
                + phase.name().toLowerCase(Locale.ROOT) + "]";
    }

    // The deprecated stream variants

    @Override
    @Deprecated
    public int initSecContext(InputStream inStream, OutputStream outStream) throws GSSException {
        requireAlive();
        byte[] in = phase == Phase.NEW ? new byte[0] : Streams.readToken(inStream);
        byte[] out = initSecContext(in, 0, in.length);
        return out == null ? 0 : Streams.write(outStream, out);
    }

    @Override
    @Deprecated
    public void acceptSecContext(InputStream inStream, OutputStream outStream) throws GSSException {
        requireAlive();
        byte[] in = Streams.readToken(inStream);
        byte[] out = acceptSecContext(in, 0, in.length);
        if (out != null) {
            Streams.write(outStream, out);
        }
    }

    @Override
    @Deprecated
    public void wrap(InputStream inStream, OutputStream outStream, MessageProp msgProp) throws GSSException {
        requireProtection();
        byte[] in = Streams.readAll(inStream);
        Streams.write(outStream, wrap(in, 0, in.length, msgProp));
    }

    @Override
    @Deprecated
    public void unwrap(InputStream inStream, OutputStream outStream, MessageProp msgProp) throws GSSException {
        requireProtection();
        byte[] in = Streams.readAll(inStream);
        Streams.write(outStream, unwrap(in, 0, in.length, msgProp));
    }

    @Override
    @Deprecated
    public void getMIC(InputStream inStream, OutputStream outStream, MessageProp msgProp) throws GSSException {
        requireProtection();
        byte[] in = Streams.readAll(inStream);
        Streams.write(outStream, getMIC(in, 0, in.length, msgProp));
    }

    @Override
    @Deprecated
    public void verifyMIC(InputStream tokStream, InputStream msgStream, MessageProp msgProp) throws GSSException {
        requireProtection();
        byte[] token = Streams.readAll(tokStream);
        byte[] message = Streams.readAll(msgStream);
        verifyMIC(token, 0, token.length, message, 0, message.length, msgProp);
    }
}
