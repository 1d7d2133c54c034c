package dev.gssbaton.testkit;

import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A name that is no mechanism's. */
final class ForeignName implements GSSName {
    @Override
    @SuppressWarnings("NonOverridingEquals") // GSSName has both, and this one is equal to itself alone
    public boolean equals(GSSName another) {
        return this == another;
    }

    @Override
    public GSSName canonicalize(Oid mech) {
        return this;
    }

    @Override
    public byte[] export() {
        return new byte[0];
    }

    @Override
    public String toString() {
        return "a foreign name";
    }

    @Override
    public Oid getStringNameType() {
        return NT_USER_NAME;
    }

    @Override
    public boolean isAnonymous() {
        return false;
    }

    @Override
    public boolean isMN() {
        return false;
    }
}
