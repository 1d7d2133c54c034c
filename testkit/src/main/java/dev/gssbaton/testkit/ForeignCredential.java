package dev.gssbaton.testkit;

import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A credential that is no mechanism's. */
final class ForeignCredential implements GSSCredential {
    @Override
    public void dispose() {}

    @Override
    public GSSName getName() {
        return new ForeignName();
    }

    @Override
    public GSSName getName(Oid mech) {
        return new ForeignName();
    }

    @Override
    public int getRemainingLifetime() {
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getRemainingInitLifetime(Oid mech) {
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getRemainingAcceptLifetime(Oid mech) {
        return INDEFINITE_LIFETIME;
    }

    @Override
    public int getUsage() {
        return INITIATE_AND_ACCEPT;
    }

    @Override
    public int getUsage(Oid mech) {
        return INITIATE_AND_ACCEPT;
    }

    @Override
    public Oid[] getMechs() {
        return new Oid[0];
    }

    @Override
    public void add(GSSName name, int initLifetime, int acceptLifetime, Oid mech, int usage) {}
}
