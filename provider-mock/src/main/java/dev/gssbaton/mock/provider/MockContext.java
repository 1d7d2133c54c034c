package dev.gssbaton.mock.provider;

import dev.gssbaton.mock.MockName;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * One side of a context.
 *
 * <pre>{@code
 * initiator to acceptor: frame(flags 4 | lifetime 4 | nonce 16 | initiator's name)
 * acceptor to initiator: nonce 16 | MIC of the transcript
 * initiator to acceptor: MIC of the transcript
 *
 * transcript           = first token | acceptor's nonce | acceptor's name
 * key of a direction   = HMAC-SHA256(secret, sender's role | transcript)
 * message              = type 1 | number 8 | text, clear or encrypted, none in a MIC | tag 16
 * }</pre>
 *
 * The MICs are message 0 of each direction: they prove who has the secret, and that both mean the same exchange.
 */
final class MockContext implements MechanismContext {
    private static final int OPTIONS_SIZE = 8;
    private static final int NONCE_SIZE = 16;
    private static final int MIC = 1;
    private static final int CLEAR = 2;
    private static final int ENCRYPTED = 3;
    private static final int HEADER_SIZE = 9;
    private static final int OVERHEAD = HEADER_SIZE + MessageKey.TAG_SIZE;
    private static final byte[] NOTHING = {};

    private final boolean initiator;
    private final MockName target;
    private volatile MockName source;
    private volatile Set<ContextFlag> flags;
    private volatile Instant expiry;
    private volatile boolean established;

    private SecretBytes secret;
    private Environment environment;
    private int lifetime;
    private byte[] transcript;

    MessageKey sending;
    MessageKey receiving;
    long next;
    SequenceWindow window;

    /** Makes a context of what is known; {@link #begin} or {@link #resume} follows. */
    MockContext(boolean initiator, MockName source, MockName target, Set<ContextFlag> flags, Instant expiry) {
        this.initiator = initiator;
        this.source = source;
        this.target = target;
        this.flags = Set.copyOf(flags);
        this.expiry = expiry;
    }

    MockContext begin(SecretBytes sharedSecret, Environment manager, int seconds) {
        secret = sharedSecret;
        environment = manager;
        lifetime = seconds > 0 ? seconds : GSSContext.INDEFINITE_LIFETIME;
        return this;
    }

    MockContext resume(MessageKey toSend, long nextNumber, MessageKey toReceive, SequenceWindow seen) {
        sending = toSend;
        next = nextNumber;
        receiving = toReceive;
        window = seen;
        established = true;
        return this;
    }

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        byte[] in = Arrays.copyOfRange(token, offset, offset + length);
        if (initiator) {
            return transcript == null ? greet() : confirm(in);
        }
        return transcript == null ? answer(in) : conclude(in);
    }

    private byte[] greet() {
        byte[] options = ByteBuffer.allocate(OPTIONS_SIZE)
                .putInt(ContextFlag.bits(flags))
                .putInt(lifetime)
                .array();
        agree(flags);
        transcript = InitialToken.frame(MockName.MECHANISM, join(options, nonce(), source.octets()));
        return transcript.clone();
    }

    private byte[] answer(byte[] hello) throws GSSException {
        InitialToken frame = InitialToken.parse(hello, 0, hello.length);
        if (!frame.mechanism().equals(MockName.MECHANISM) || frame.innerLength() <= OPTIONS_SIZE + NONCE_SIZE) {
            throw defective("not a first token of the mock mechanism");
        }
        ByteBuffer options = ByteBuffer.wrap(hello, frame.innerOffset(), OPTIONS_SIZE);
        Set<ContextFlag> asked = ContextFlag.of(options.getInt());
        lifetime = options.getInt();
        byte[] name = Arrays.copyOfRange(hello, options.position() + NONCE_SIZE, hello.length);
        source = new MockMechanism().name(name, null);
        agree(asked);
        byte[] nonce = nonce();
        transcript = join(hello, nonce, target.octets());
        deriveKeys();
        return join(nonce, proof(), NOTHING);
    }

    private byte[] confirm(byte[] token) throws GSSException {
        if (token.length != NONCE_SIZE + OVERHEAD) {
            throw defective("not a second token of the mock mechanism");
        }
        transcript = join(transcript, Arrays.copyOf(token, NONCE_SIZE), target.octets());
        deriveKeys();
        establish(Arrays.copyOfRange(token, NONCE_SIZE, token.length));
        return proof();
    }

    private byte[] conclude(byte[] token) throws GSSException {
        establish(token);
        return null;
    }

    private void agree(Set<ContextFlag> asked) {
        Set<ContextFlag> granted = EnumSet.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE);
        granted.retainAll(asked);
        granted.addAll(EnumSet.of(ContextFlag.MUTUAL, ContextFlag.CONF, ContextFlag.INTEG));
        flags = Set.copyOf(granted);
        boolean endless = lifetime == GSSContext.INDEFINITE_LIFETIME;
        Instant now = environment.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        expiry = endless ? Instant.MAX : now.plusSeconds(lifetime);
    }

    private void deriveKeys() {
        MessageKey ofInitiator = derive("initiator");
        MessageKey ofAcceptor = derive("acceptor");
        sending = initiator ? ofInitiator : ofAcceptor;
        receiving = initiator ? ofAcceptor : ofInitiator;
        window = new SequenceWindow(flags, 0);
    }

    private MessageKey derive(String sender) {
        try {
            return secret.lend(key -> {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                mac.update(sender.getBytes(StandardCharsets.UTF_8));
                return new MessageKey(SecretBytes.take(mac.doFinal(transcript)));
            });
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    private byte[] proof() throws GSSException {
        return getMIC(transcript, 0, transcript.length, new MessageProp(false));
    }

    private void establish(byte[] proof) throws GSSException {
        verifyMIC(proof, 0, proof.length, transcript, 0, transcript.length, new MessageProp(false));
        secret.close();
        established = true;
    }

    private byte[] nonce() {
        byte[] nonce = new byte[NONCE_SIZE];
        environment.random().nextBytes(nonce);
        return nonce;
    }

    private static byte[] join(byte[] first, byte[] second, byte[] third) {
        ByteBuffer joined = ByteBuffer.allocate(first.length + second.length + third.length);
        return joined.put(first).put(second).put(third).array();
    }

    private static GSSException defective(String what) {
        return new GSSException(GSSException.DEFECTIVE_TOKEN, TransferFault.UNNAMED, what);
    }

    @Override
    public boolean isInitiator() {
        return initiator;
    }

    @Override
    public boolean isEstablished() {
        return established;
    }

    @Override
    public boolean isProtectionReady() {
        return established;
    }

    @Override
    public Set<ContextFlag> flags() {
        return flags;
    }

    @Override
    public MockName sourceName() {
        return initiator || established ? source : null;
    }

    @Override
    public MockName targetName() {
        return target;
    }

    @Override
    public Instant expiry() {
        return expiry;
    }

    @Override
    public GSSCredential delegatedCredential() {
        return null;
    }

    @Override
    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
        return (long) messageLength + micSize(prop);
    }

    @Override
    public int micSize(MessageProp prop) throws GSSException {
        if (prop.getQOP() != 0) {
            throw new GSSException(
                    GSSException.BAD_QOP, TransferFault.UNNAMED, "the only QOP is 0, not " + prop.getQOP());
        }
        return OVERHEAD;
    }

    @Override
    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return protect(prop.getPrivacy() ? ENCRYPTED : CLEAR, message, offset, length, prop);
    }

    @Override
    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        return protect(MIC, message, offset, length, prop);
    }

    private byte[] protect(int type, byte[] message, int offset, int length, MessageProp prop) throws GSSException {
        if (micSize(prop) > 0 && next == Long.MAX_VALUE) {
            throw new GSSException(
                    GSSException.FAILURE, TransferFault.UNNAMED, "all numbers are used: establish a new context");
        }
        byte[] text = Arrays.copyOfRange(message, offset, offset + length);
        byte[] header =
                ByteBuffer.allocate(HEADER_SIZE).put((byte) type).putLong(next).array();
        byte[] clear = type == ENCRYPTED ? NOTHING : text;
        byte[] end = sending.crypt(Cipher.ENCRYPT_MODE, next, header, clear, type == ENCRYPTED ? text : NOTHING);
        next++;
        return join(header, type == CLEAR ? clear : NOTHING, end);
    }

    @Override
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        int type = length < OVERHEAD ? 0 : token[offset];
        if (type != CLEAR && type != ENCRYPTED) {
            throw defective("not a wrap token of the mock mechanism");
        }
        int end = offset + (type == CLEAR ? length - MessageKey.TAG_SIZE : HEADER_SIZE);
        byte[] clear = Arrays.copyOfRange(token, offset + HEADER_SIZE, end);
        byte[] text = receive(token, offset, clear, Arrays.copyOfRange(token, end, offset + length), prop);
        prop.setPrivacy(type == ENCRYPTED);
        return type == CLEAR ? clear : text;
    }

    @Override
    public void verifyMIC(byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
            throws GSSException {
        if (length != OVERHEAD || token[offset] != MIC) {
            throw defective("not a MIC token of the mock mechanism");
        }
        byte[] tag = Arrays.copyOfRange(token, offset + HEADER_SIZE, offset + length);
        receive(token, offset, Arrays.copyOfRange(message, from, from + size), tag, prop);
    }

    private byte[] receive(byte[] token, int offset, byte[] clear, byte[] end, MessageProp prop) throws GSSException {
        byte[] header = Arrays.copyOfRange(token, offset, offset + HEADER_SIZE);
        long number = ByteBuffer.wrap(header).getLong(1);
        byte[] text = receiving.crypt(Cipher.DECRYPT_MODE, number, header, clear, end);
        window.receive(number, prop); // after verification only
        prop.setQOP(0);
        return text;
    }

    @Override
    public void erase() {
        if (secret != null) {
            secret.close();
        }
        if (sending != null) {
            sending.erase();
            receiving.erase();
            sending = null;
            receiving = null;
        }
    }
}
