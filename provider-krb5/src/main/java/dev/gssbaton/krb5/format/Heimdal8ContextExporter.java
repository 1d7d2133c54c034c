package dev.gssbaton.krb5.format;

import com.google.auto.service.AutoService;
import dev.gssbaton.krb5.Krb5Context;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** Exports krb5 contexts in the format {@code heimdal-8}, that of Heimdal's git master. */
@AutoService(ContextExporter.class)
public final class Heimdal8ContextExporter implements UnsealedExporter {
    /** Makes the exporter; it has no state. */
    public Heimdal8ContextExporter() {}

    @Override
    public Oid mechanism() {
        return GssFraming.KRB5;
    }

    @Override
    public String format() {
        return "heimdal-8";
    }

    @Override
    public boolean recognises(byte[] token) {
        return Heimdal8Format.recognises(token);
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        Heimdal8Format.encode(KrbContextExporter.state(context), out);
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        return Krb5Context.established(Heimdal8Format.decode(in, environment.random()));
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
