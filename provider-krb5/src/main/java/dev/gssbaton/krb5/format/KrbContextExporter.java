package dev.gssbaton.krb5.format;

import com.google.auto.service.AutoService;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.Krb5Context;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** Exports krb5 contexts in the format {@code baton}. */
@AutoService(ContextExporter.class)
public final class KrbContextExporter implements ContextExporter {
    private static final Map<String, String> ATTRIBUTES = Map.of(
            "SupportedEncryptionTypes",
            Arrays.stream(EncryptionType.values()).map(EncryptionType::rfcName).collect(Collectors.joining("|")));

    /** Makes the exporter; it has no state. */
    public KrbContextExporter() {}

    @Override
    public Oid mechanism() {
        return GssFraming.KRB5;
    }

    @Override
    public Map<String, String> attributes() {
        return ATTRIBUTES;
    }

    @Override
    public void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException {
        BatonFormat.encode(state(context), delegation, out);
    }

    /** Gives the state of a context of this provider. */
    static ContextState state(MechanismContext context) throws GSSException {
        if (!(context instanceof Krb5Context krb5)) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    "a context of " + context.getClass().getName() + " is none of this provider");
        }
        krb5.state().protection().expectAlive();
        return krb5.state();
    }

    @Override
    public MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException {
        return Krb5Context.established(BatonFormat.decode(in, delegation, environment.random()));
    }
}
