package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.message.GssFraming;
import java.security.Provider;
import java.security.Security;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;

/** The platform's GSS-API with the JDK's own krb5, whatever else speaks it in this JVM, and were it Baton itself. */
public final class PlatformManager {
    private static final String JDK_PROVIDER = "SunJGSS";

    private PlatformManager() {}

    /**
     * Makes a manager.
     *
     * @return a new manager
     * @throws GSSException if the platform does not take its own provider
     */
    public static GSSManager make() throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        Provider jdk = Security.getProvider(JDK_PROVIDER);
        if (jdk != null) {
            manager.addProviderAtFront(jdk, GssFraming.KRB5);
        }
        return manager;
    }
}
