package dev.gssbaton.jgss;

import com.sun.security.jgss.ExtendedGSSCredential;
import dev.gssbaton.spi.TransferFault;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import sun.security.jgss.spi.MechanismFactory;

/** The JDK's own mechanism of one kind, for what only it can do. */
final class PlatformMechanism {
    private static final String PROVIDER = "SunJGSS";

    private final Oid oid;

    PlatformMechanism(Oid oid) {
        this.oid = oid;
    }

    /** Tells whether the JDK has one of this kind. */
    boolean exists() {
        return service() != null;
    }

    /** Tells whether a credential is the JDK's, as one that was delegated is. */
    static boolean isOwnerOf(GSSCredential credential) {
        Module module = credential.getClass().getModule();
        return module == GSSCredential.class.getModule() || module == ExtendedGSSCredential.class.getModule();
    }

    /** Gives its factory, whose credentials and contexts the front end takes in the place of ours. */
    MechanismFactory factory() throws GSSException {
        try {
            return (MechanismFactory) expected().newInstance(null);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK's own mechanism cannot be made", e);
        }
    }

    /** Makes an initiator's context of its. */
    GSSContext initiator(GSSName target, GSSCredential credential, int lifetime) throws GSSException {
        return manager().createContext(target, oid, credential, lifetime);
    }

    /** Makes an acceptor's context of its, with what the current Subject has. */
    GSSContext acceptor() throws GSSException {
        return manager().createContext((GSSCredential) null);
    }

    /** Gets a credential of its, of what the current Subject has. */
    ExtendedGSSCredential credential(GSSName name, Role role) throws GSSException {
        return (ExtendedGSSCredential)
                manager().createCredential(name, GSSCredential.DEFAULT_LIFETIME, oid, role.usage());
    }

    /** Makes a manager that knows it for this mechanism, whoever stands in front of all providers. */
    private GSSManager manager() throws GSSException {
        Provider jdk = expected().getProvider();
        GSSManager manager = GSSManager.getInstance();
        manager.addProviderAtFront(jdk, oid);
        return manager;
    }

    private Provider.Service expected() throws GSSException {
        Provider.Service service = service();
        if (service == null) {
            throw TransferFault.refusal(
                    GSSException.NO_CRED, "only the JDK's own mechanism could do this, and it has none " + oid);
        }
        return service;
    }

    private Provider.Service service() {
        Provider jdk = Security.getProvider(PROVIDER);
        return jdk == null ? null : jdk.getService(GssMechanisms.TYPE, oid.toString());
    }
}
