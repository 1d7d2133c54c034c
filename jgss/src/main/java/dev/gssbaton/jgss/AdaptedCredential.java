package dev.gssbaton.jgss;

import java.security.Provider;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import sun.security.jgss.spi.GSSCredentialSpi;
import sun.security.jgss.spi.GSSNameSpi;

/** A mechanism's credential, for one role, as the JDK's front end wants it. */
final class AdaptedCredential implements GSSCredentialSpi {
    private final AdaptedMechanism factory;
    private final Oid mechanism;
    private final Role role;
    private final GSSCredential credential;
    private final Subject home;
    private final Subject login;

    /**
     * Adapts a credential.
     *
     * @param home the Subject that it was made in; null for none
     * @param login whose tickets the JDK does not share with the mechanism, so that they are fetched for each context; null
     *     where the mechanism fetches them
     */
    AdaptedCredential(AdaptedMechanism factory, Role role, GSSCredential credential, Subject home, Subject login) {
        this.factory = factory;
        this.mechanism = factory.getMechanismOid();
        this.role = role;
        this.credential = credential;
        this.home = home;
        this.login = login;
    }

    GSSCredential credential() {
        return credential;
    }

    Role role() {
        return role;
    }

    /** Gives whose it is; null if anybody's. */
    GSSName name() throws GSSException {
        return credential.getName(mechanism);
    }

    Subject home() {
        return home;
    }

    Subject login() {
        return login;
    }

    @Override
    public Provider getProvider() {
        return factory.getProvider();
    }

    @Override
    public void dispose() throws GSSException {
        credential.dispose();
    }

    @Override
    public GSSNameSpi getName() throws GSSException {
        GSSName name = name();
        return name == null ? null : new AdaptedName(getProvider(), mechanism, name);
    }

    @Override
    public int getInitLifetime() throws GSSException {
        return lifetime(Role.INITIATE);
    }

    @Override
    public int getAcceptLifetime() throws GSSException {
        return lifetime(Role.ACCEPT);
    }

    private int lifetime(Role asked) throws GSSException {
        return Revealed.answer(this) || asked != role ? 0 : role.lifetime(credential, mechanism);
    }

    @Override
    public boolean isInitiatorCredential() {
        return role == Role.INITIATE;
    }

    @Override
    public boolean isAcceptorCredential() {
        return role == Role.ACCEPT;
    }

    @Override
    public Oid getMechanism() {
        return mechanism;
    }

    @Override
    public GSSCredentialSpi impersonate(GSSNameSpi user) throws GSSException {
        return factory.impersonate(this, user);
    }
}
