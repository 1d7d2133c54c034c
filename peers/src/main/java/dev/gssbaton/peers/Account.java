package dev.gssbaton.peers;

import java.nio.file.Path;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A principal of a private KDC with a keytab of its keys.
 *
 * @param kdc the KDC that knows it
 * @param name the principal without its realm
 * @param keytab a keytab with the principal's keys and nothing else
 */
public record Account(Kdc kdc, String name, Path keytab) {
    /** Kerberos principal name type, RFC 1964 section 2.1.1. */
    private static final String KRB5_PRINCIPAL_NAME = "1.2.840.113554.1.2.2.1";

    /** Returns the whole principal, {@code name@REALM}. */
    public String principal() {
        return name + "@" + kdc.realm();
    }

    /** Returns the name for the platform's GSS-API, with the realm, so that no mapping of hosts to realms is needed. */
    public GSSName gssName() {
        try {
            return gssName(principal());
        } catch (GSSException e) {
            throw new IllegalStateException("The platform refuses the name " + principal(), e);
        }
    }

    static GSSName gssName(String principal) throws GSSException {
        return GSSManager.getInstance().createName(principal, new Oid(KRB5_PRINCIPAL_NAME));
    }
}
