package dev.gssbaton.mock.provider;

import com.google.auto.service.AutoService;
import dev.gssbaton.mock.Mock;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TextName;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * Writes and reads the state of a context. The keys stand last, so that a reading that fails has no secret to erase.
 *
 * <pre>{@code
 * version 1 | initiator 1 | flags 4 | expiry 8 | source, target: length 2, text
 * | next number 8 | window 25 | keys: length 2, 64 octets
 * }</pre>
 */
@AutoService(ContextExporter.class)
public final class MockContextExporter implements ContextExporter {
    private static final int VERSION = 1;

    @Override
    public Oid mechanism() {
        return Mock.MECHANISM;
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) {
        MockContext c = (MockContext) context;
        out.uint8(VERSION);
        out.uint8(c.initiator ? 1 : 0);
        out.flags(c.flags);
        out.instant(c.expiry);
        c.source.write(out);
        c.target.write(out);
        out.int64(c.next);
        c.window.write(out);
        out.secret(c.keys);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        if (in.uint8("version") != VERSION) {
            throw StateReader.malformed("version", "is unknown");
        }
        MockContext c = new MockContext(in.flag("initiator"), null, environment);
        c.flags = in.flags("flags");
        c.expiry = in.instant("expiry");
        c.source = TextName.read(Mock.MECHANISM, in, "source");
        c.target = TextName.read(Mock.MECHANISM, in, "target");
        c.next = in.int64("next number");
        c.window = SequenceWindow.read(in);
        c.keys = in.secret(MockContext.KEYS_SIZE, MockContext.KEYS_SIZE, "keys");
        return c;
    }
}
