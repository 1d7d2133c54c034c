package dev.gssbaton;

import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitialToken;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TextName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;

/**
 * One side of a toy context.
 *
 * <pre>{@code
 * initiator to acceptor: frame(key 16 | flags 4 | lifetime 4 | source, target: length 2, text)
 * acceptor to initiator: frame(key 16)
 * messages and MICs:     number 8 | SHA-256(key, number, message) 32 | the message, not in a MIC
 * }</pre>
 */
final class ToyContext implements MechanismContext {
    static final int KEY_SIZE = 16;
    private static final int NUMBER_SIZE = 8;
    private static final int HEADER_SIZE = NUMBER_SIZE + 32;

    private final boolean initiator;
    private final Clock clock;
    private TextName source;
    private TextName target;
    private Set<ContextFlag> flags;
    private Instant expiry = Instant.MAX;
    private int lifetime;
    private SecretBytes key;
    private long next;
    private SequenceWindow window;
    private boolean established;
    private volatile boolean erased;

    private ToyContext(boolean initiator, Clock clock) {
        this.initiator = initiator;
        this.clock = clock;
    }

    static ToyContext initiator(InitiatorRequest request, Environment environment) {
        ToyContext context = new ToyContext(true, environment.clock());
        byte[] octets = new byte[KEY_SIZE];
        environment.random().nextBytes(octets);
        context.key = SecretBytes.take(octets);
        context.source = ToyMechanism.named("initiator");
        context.target = (TextName) request.target();
        context.flags = request.flags();
        context.lifetime = request.lifetime();
        return context;
    }

    static ToyContext acceptor(Environment environment) {
        return new ToyContext(false, environment.clock());
    }

    static ToyContext read(StateReader in, Environment environment) throws GSSException {
        ToyContext context = new ToyContext(in.flag("role"), environment.clock());
        context.flags = ContextFlag.of(in.int32("flags"));
        context.source = ToyMechanism.named(in.text(100, "source"));
        context.target = ToyMechanism.named(in.text(100, "target"));
        context.expiry = in.instant("expiry");
        context.next = in.int64("next number");
        context.window = SequenceWindow.read(in);
        context.key = in.secret(KEY_SIZE, "key");
        context.established = true;
        return context;
    }

    void write(StateWriter out) {
        out.uint8(initiator ? 1 : 0);
        out.int32(ContextFlag.bits(flags));
        out.text(source.text());
        out.text(target.text());
        out.instant(expiry);
        out.int64(next);
        window.write(out);
        out.secret(key);
    }

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        byte[] reply = null;
        try (StateWriter out = new StateWriter(0, 64)) {
            if (!initiator) {
                InitialToken frame = InitialToken.parse(token, offset, length);
                StateReader in = new StateReader(token, frame.innerOffset(), frame.innerLength());
                key = in.secret(KEY_SIZE, "key");
                flags = ContextFlag.of(in.int32("flags"));
                lifetime = in.int32("lifetime");
                source = ToyMechanism.named(in.text(100, "source"));
                target = ToyMechanism.named(in.text(100, "target"));
                in.expectEnd();
                out.secret(key);
                begin();
            } else if (length == 0) {
                out.secret(key);
                out.int32(ContextFlag.bits(flags));
                out.int32(lifetime);
                out.text(source.text());
                out.text(target.text());
            } else {
                InitialToken.parse(token, offset, length);
                begin();
                return null;
            }
            reply = InitialToken.frame(ToyMechanism.OID, Arrays.copyOf(out.array(), out.position()));
        }
        return reply;
    }

    private void begin() {
        if (lifetime > 0 && lifetime != GSSContext.INDEFINITE_LIFETIME) {
            expiry = clock.instant().plusSeconds(lifetime);
        }
        window = new SequenceWindow(flags, 0);
        established = true;
    }

    boolean isErased() {
        return erased;
    }

    /** The key, for a test to look for where it must not be. */
    byte[] copyKey() {
        return key.lend(byte[]::clone);
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
    public Set<ContextFlag> flags() {
        return flags == null ? Set.of() : flags;
    }

    @Override
    public GSSName sourceName() {
        return source;
    }

    @Override
    public GSSName targetName() {
        return target;
    }

    @Override
    public Instant expiry() {
        return expiry;
    }

    @Override
    public long wrapSize(int messageLength, MessageProp prop) {
        return (long) HEADER_SIZE + messageLength;
    }

    @Override
    public byte[] wrap(byte[] message, int offset, int length, MessageProp prop) {
        byte[] token = Arrays.copyOf(header(next++, message, offset, length), HEADER_SIZE + length);
        System.arraycopy(message, offset, token, HEADER_SIZE, length);
        return token;
    }

    @Override
    public byte[] unwrap(byte[] token, int offset, int length, MessageProp prop) throws GSSException {
        if (length < HEADER_SIZE) {
            throw new GSSException(GSSException.DEFECTIVE_TOKEN);
        }
        byte[] message = Arrays.copyOfRange(token, offset + HEADER_SIZE, offset + length);
        verifyMIC(token, offset, HEADER_SIZE, message, 0, message.length, prop);
        return message;
    }

    @Override
    public int micSize(MessageProp prop) {
        return HEADER_SIZE;
    }

    @Override
    public byte[] getMIC(byte[] message, int offset, int length, MessageProp prop) {
        return header(next++, message, offset, length);
    }

    @Override
    public void verifyMIC(byte[] token, int at, int size, byte[] message, int offset, int length, MessageProp prop)
            throws GSSException {
        if (size != HEADER_SIZE) {
            throw new GSSException(GSSException.DEFECTIVE_TOKEN);
        }
        long number = new StateReader(token, at, size).int64("number");
        if (!MessageDigest.isEqual(header(number, message, offset, length), Arrays.copyOfRange(token, at, at + size))) {
            throw new GSSException(GSSException.BAD_MIC);
        }
        window.receive(number, prop);
    }

    private byte[] header(long number, byte[] message, int offset, int length) {
        try (StateWriter out = new StateWriter(0, HEADER_SIZE)) {
            out.int64(number);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            key.lend(octets -> {
                digest.update(octets);
                return null;
            });
            digest.update(out.array(), 0, NUMBER_SIZE);
            digest.update(message, offset, length);
            out.octets(digest.digest());
            return Arrays.copyOf(out.array(), HEADER_SIZE);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void erase() {
        erased = true;
        if (key != null) {
            key.close();
        }
    }
}
