package dev.gssbaton.mock.provider;

import com.google.auto.service.AutoService;
import dev.gssbaton.mock.MockName;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.time.Instant;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * Writes and reads the state of a context.
 *
 * <pre>{@code
 * version 1 | initiator 1 | flags 4 | expiry 8 | source, target: length 2, text
 * | next number 8 | window 25 | key to send: length 2, 32 octets | key to receive: the same
 * }</pre>
 */
@AutoService(ContextExporter.class)
public final class MockContextExporter implements ContextExporter {
    private static final int VERSION = 1;

    @Override
    public Oid mechanism() {
        return MockName.MECHANISM;
    }

    @Override
    public String format() {
        return BATON;
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) {
        MockContext c = (MockContext) context;
        out.uint8(VERSION);
        out.uint8(c.isInitiator() ? 1 : 0);
        out.int32(ContextFlag.bits(c.flags()));
        out.instant(c.expiry());
        out.text(c.sourceName().text());
        out.text(c.targetName().text());
        out.int64(c.next);
        c.window.write(out);
        out.secret(c.sending.key());
        out.secret(c.receiving.key());
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        if (in.uint8("version") != VERSION) {
            throw StateReader.malformed("version", "is unknown");
        }
        boolean initiator = in.flag("initiator");
        int bits = in.int32("flags");
        Set<ContextFlag> flags = ContextFlag.of(bits);
        if (ContextFlag.bits(flags) != bits) {
            throw StateReader.malformed("flags", "have an unknown bit");
        }
        Instant expiry = in.instant("expiry");
        MockContext context = new MockContext(initiator, name(in, "source"), name(in, "target"), flags, expiry);
        long next = in.int64("next number");
        if (next < 0) {
            throw StateReader.malformed("next number", "is negative");
        }
        SequenceWindow window = SequenceWindow.read(in);
        MessageKey sending = key(in, "key to send");
        try {
            return context.resume(sending, next, key(in, "key to receive"), window);
        } catch (GSSException e) {
            sending.erase();
            throw e;
        }
    }

    private static MockName name(StateReader in, String field) throws GSSException {
        try {
            return new MockName(in.text(MockName.MAX_SIZE, field));
        } catch (IllegalArgumentException e) {
            throw StateReader.malformed(field, "is not a mock name");
        }
    }

    private static MessageKey key(StateReader in, String field) throws GSSException {
        SecretBytes key = in.secret(MessageKey.SIZE, field);
        if (key.length() != MessageKey.SIZE) {
            key.close();
            throw StateReader.malformed(field, "is shorter than " + MessageKey.SIZE + " octets");
        }
        return new MessageKey(key);
    }
}
