package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.Krb5Context;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import java.security.SecureRandom;
import java.util.function.Predicate;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** What the exporters to the C libraries' formats do alike; each names its format, and what recognises, writes and reads it. */
abstract sealed class ForeignContextExporter implements UnsealedExporter
        permits MitContextExporter, Heimdal7ContextExporter, Heimdal8ContextExporter {
    private final String format;
    private final Predicate<byte[]> recogniser;
    private final Encoder encoder;
    private final Decoder decoder;

    ForeignContextExporter(String format, Predicate<byte[]> recogniser, Encoder encoder, Decoder decoder) {
        this.format = format;
        this.recogniser = recogniser;
        this.encoder = encoder;
        this.decoder = decoder;
    }

    /** Writes a context's state as a whole token. */
    interface Encoder {
        void encode(ContextState state, StateWriter out) throws GSSException;
    }

    /** Reads a whole token as a context's state, which is the caller's. */
    interface Decoder {
        ContextState decode(StateReader in, SecureRandom random) throws GSSException;
    }

    @Override
    public Oid mechanism() {
        return GssFraming.KRB5;
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public boolean recognises(byte[] token) {
        return recogniser.test(token);
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        encoder.encode(KrbContextExporter.state(context), out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        return Krb5Context.established(decoder.decode(in, environment.random()));
    }

    @Override
    public boolean sharesKeystream(MechanismContext context) {
        return context instanceof Krb5Context krb5 && ContextIdentity.hasKeystream(krb5.state());
    }

    @Override
    public void writeIdentity(MechanismContext context, StateWriter out) throws GSSException {
        ContextIdentity.encode(KrbContextExporter.state(context), out);
    }
}
