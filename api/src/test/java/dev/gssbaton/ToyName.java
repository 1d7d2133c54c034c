package dev.gssbaton;

import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/** A name of the toy mechanism. */
record ToyName(String text) implements GSSName {
    @Override
    @SuppressWarnings("NonOverridingEquals") // GSSName has it
    public boolean equals(GSSName another) {
        return another instanceof ToyName that && text.equals(that.text);
    }

    @Override
    public boolean equals(Object another) {
        return another instanceof ToyName that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public GSSName canonicalize(Oid mech) {
        return this;
    }

    @Override
    public byte[] export() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Oid getStringNameType() throws GSSException {
        return NT_USER_NAME;
    }

    @Override
    public boolean isAnonymous() {
        return false;
    }

    @Override
    public boolean isMN() {
        return true;
    }
}
