package dev.gssbaton.mock.provider;

import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.JceKey;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.TextName;
import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
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
 * transcript = first token | acceptor's nonce | acceptor's name
 * keys       = HMAC-SHA512(secret, transcript): 32 octets for the initiator's messages, 32 for the acceptor's
 * message    = type 4 | number 8 | text, clear or encrypted, none in a MIC | tag 16
 * }</pre>
 *
 * The MICs are message 0 of each direction: they prove who has the secret, and that both mean the same exchange. The first
 * 12 octets of a message are its AES-256-GCM nonce: a number is never used twice with one key, since it only counts up, and
 * moves with the keys.
 */
final class MockContext implements MechanismContext {
    static final int KEYS_SIZE = 64;
    private static final int OPTIONS_SIZE = 8;
    private static final int NONCE_SIZE = PublicId.SIZE;
    private static final int HEADER_SIZE = Integer.BYTES + Long.BYTES;
    private static final int TAG_SIZE = 16;
    private static final int OVERHEAD = HEADER_SIZE + TAG_SIZE;
    /** Numbers have 64 bits without a sign. */
    private static final long LAST_NUMBER = -1;

    private static final int MIC = 1;
    private static final int CLEAR = 2;
    private static final int ENCRYPTED = 3;
    private static final byte[] NOTHING = {};

    private final Environment environment;
    /** Shared by both sides, and erased when both have proved that they have it. */
    private SecretBytes secret;

    private byte[] transcript;
    int lifetime;

    // What is known, and what a state holds.
    final boolean initiator;
    Set<ContextFlag> flags = Set.of();
    Instant expiry = Instant.MAX;
    TextName source;
    TextName target;
    long next;
    SequenceWindow window;
    SecretBytes keys;

    /** Makes a context whose other fields are set by the caller; one that is imported has no secret. */
    MockContext(boolean initiator, SecretBytes secret, Environment environment) {
        this.initiator = initiator;
        this.secret = secret;
        this.environment = environment;
    }

    // The exchange

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        byte[] in = Arrays.copyOfRange(token, offset, offset + length);
        if (transcript == null) {
            return initiator ? greet() : answer(in);
        }
        return initiator ? confirm(in) : conclude(in);
    }

    private byte[] greet() {
        ByteBuffer options = ByteBuffer.allocate(OPTIONS_SIZE);
        options.putInt(ContextFlag.bits(flags)).putInt(lifetime);
        byte[] nonce = PublicId.draw(environment.random()).toBytes();
        transcript = InitialToken.frame(Mock.MECHANISM, join(options.array(), nonce, source.octets()));
        agree(flags, lifetime);
        return transcript.clone();
    }

    private byte[] answer(byte[] hello) throws GSSException {
        ByteBuffer in = InitialToken.unframe(Mock.MECHANISM, hello);
        if (in.remaining() <= OPTIONS_SIZE + NONCE_SIZE) {
            throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "the first token is too short");
        }
        agree(ContextFlag.of(in.getInt()), in.getInt());
        byte[] name = Arrays.copyOfRange(hello, in.position() + NONCE_SIZE, hello.length);
        source = TextName.parse(Mock.MECHANISM, name, null);
        byte[] nonce = PublicId.draw(environment.random()).toBytes();
        deriveKeys(join(hello, nonce, target.octets()));
        return join(nonce, proof());
    }

    private byte[] confirm(byte[] token) throws GSSException {
        if (token.length != NONCE_SIZE + OVERHEAD) {
            throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "not a second token of the mock mechanism");
        }
        deriveKeys(join(transcript, Arrays.copyOf(token, NONCE_SIZE), target.octets()));
        conclude(Arrays.copyOfRange(token, NONCE_SIZE, token.length));
        return proof();
    }

    private byte[] conclude(byte[] proof) throws GSSException {
        verifyMIC(proof, 0, proof.length, transcript, 0, transcript.length, new MessageProp(false));
        secret.close();
        secret = null;
        return null;
    }

    private byte[] proof() throws GSSException {
        return getMIC(transcript, 0, transcript.length, new MessageProp(false));
    }

    private void agree(Set<ContextFlag> asked, int seconds) {
        Set<ContextFlag> granted = EnumSet.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE);
        granted.retainAll(asked);
        granted.addAll(EnumSet.of(ContextFlag.MUTUAL, ContextFlag.CONF, ContextFlag.INTEG));
        flags = Set.copyOf(granted);
        expiry = environment.endOf(seconds);
    }

    private void deriveKeys(byte[] whole) {
        transcript = whole;
        window = new SequenceWindow(flags, 0);
        try (JceKey key = new JceKey("HmacSHA512", secret.copy())) {
            Mac mac = Mac.getInstance("HmacSHA512");
            mac.init(key);
            keys = SecretBytes.take(mac.doFinal(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA512", e);
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(joined::put);
        return joined.array();
    }

    // What is known

    @Override
    public boolean isInitiator() {
        return initiator;
    }

    @Override
    public boolean isEstablished() {
        return keys != null && secret == null;
    }

    @Override
    public Set<ContextFlag> flags() {
        return flags;
    }

    @Override
    public TextName sourceName() {
        return initiator || isEstablished() ? source : null;
    }

    @Override
    public TextName targetName() {
        return target;
    }

    @Override
    public Instant expiry() {
        return expiry;
    }

    // Messages

    @Override
    public long wrapSize(int messageLength, MessageProp prop) throws GSSException {
        return (long) messageLength + micSize(prop);
    }

    @Override
    public int micSize(MessageProp prop) throws GSSException {
        if (prop.getQOP() != 0) {
            throw TransferFault.refusal(GSSException.BAD_QOP, "the only QOP is 0, not " + prop.getQOP());
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
        ByteBuffer token = ByteBuffer.allocate(type == MIC ? micSize(prop) : Math.toIntExact(wrapSize(length, prop)));
        if (next == LAST_NUMBER) {
            throw TransferFault.refusal(GSSException.FAILURE, "all numbers are used: establish a new context");
        }
        byte[] header =
                ByteBuffer.allocate(HEADER_SIZE).putInt(type).putLong(next).array();
        byte[] text = Arrays.copyOfRange(message, offset, offset + length);
        byte[] clear = type == ENCRYPTED ? NOTHING : text;
        byte[] end = crypt(Cipher.ENCRYPT_MODE, header, clear, type == ENCRYPTED ? text : NOTHING);
        next++;
        return token.put(header).put(type == CLEAR ? clear : NOTHING).put(end).array();
    }

    @Override
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        int type = length < OVERHEAD ? 0 : type(token, offset);
        if (type != CLEAR && type != ENCRYPTED) {
            throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "not a wrap token of the mock mechanism");
        }
        int end = offset + (type == CLEAR ? length - TAG_SIZE : HEADER_SIZE);
        byte[] clear = Arrays.copyOfRange(token, offset + HEADER_SIZE, end);
        byte[] text = receive(token, offset, clear, Arrays.copyOfRange(token, end, offset + length), prop);
        prop.setPrivacy(type == ENCRYPTED);
        return type == CLEAR ? clear : text;
    }

    @Override
    public void verifyMIC(byte[] token, int offset, int length, byte[] message, int from, int size, MessageProp prop)
            throws GSSException {
        if (length != OVERHEAD || type(token, offset) != MIC) {
            throw TransferFault.refusal(GSSException.DEFECTIVE_TOKEN, "not a MIC token of the mock mechanism");
        }
        byte[] tag = Arrays.copyOfRange(token, offset + HEADER_SIZE, offset + length);
        receive(token, offset, Arrays.copyOfRange(message, from, from + size), tag, prop);
    }

    private byte[] receive(byte[] token, int offset, byte[] clear, byte[] end, MessageProp prop) throws GSSException {
        byte[] header = Arrays.copyOfRange(token, offset, offset + HEADER_SIZE);
        byte[] text = crypt(Cipher.DECRYPT_MODE, header, clear, end);
        window.receive(ByteBuffer.wrap(header).getLong(Integer.BYTES), prop); // after verification only
        prop.setQOP(0);
        return text;
    }

    private static int type(byte[] token, int offset) {
        return ByteBuffer.wrap(token).getInt(offset);
    }

    /** A mechanism in earnest keeps a Cipher for each direction, and gives it {@link JceKey#zero} when it is erased. */
    private byte[] crypt(int mode, byte[] header, byte[] clear, byte[] text) throws GSSException {
        int half = initiator == (mode == Cipher.ENCRYPT_MODE) ? 0 : KEYS_SIZE / 2;
        SecretBytes octets = keys.lend(both -> SecretBytes.copyOf(both, half, KEYS_SIZE / 2));
        try (JceKey key = new JceKey("AES", octets)) {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG_SIZE, header));
            cipher.updateAAD(clear);
            return cipher.doFinal(text);
        } catch (AEADBadTagException e) {
            throw TransferFault.refusal(GSSException.BAD_MIC, "it was changed, or made with another key");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM takes any text under a new nonce", e);
        }
    }

    @Override
    public void erase() {
        if (secret != null) {
            secret.close();
        }
        if (keys != null) {
            keys.close();
        }
    }
}
