package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.ticket.PlatformManager;
import dev.gssbaton.spi.Mechanism;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** Names of the platform's krb5 mechanism, which are principals in full: that needs no krb5.conf. */
final class Names {
    /** GSS_KRB5_NT_PRINCIPAL_NAME. */
    static final Oid PRINCIPAL = Mechanism.oid("1.2.840.113554.1.2.2.1");

    private Names() {}

    static GSSName of(Principal principal) throws GSSException {
        return PlatformManager.make().createName(principal.toString(), PRINCIPAL, GssFraming.KRB5);
    }

    /** Reads a name; null stays null. */
    static Principal principal(GSSName name) throws GSSException {
        return name == null
                ? null
                : principal(name.canonicalize(GssFraming.KRB5).toString());
    }

    static Principal principal(String text) throws GSSException {
        try {
            return Principal.parse(text, PrincipalName.NT_PRINCIPAL);
        } catch (IllegalArgumentException e) {
            GSSException exception =
                    new KerberosException(ErrorCode.KRB_ERR_GENERIC, GSSException.BAD_NAME, e.getMessage());
            exception.initCause(e);
            throw exception;
        }
    }
}
