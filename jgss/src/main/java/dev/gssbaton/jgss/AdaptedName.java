package dev.gssbaton.jgss;

import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import sun.security.jgss.spi.GSSNameSpi;

/** A mechanism's name as the JDK's front end wants it. */
final class AdaptedName implements GSSNameSpi {
    /**
     * What the front end puts before an exported name, and takes off
     * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-3.2">RFC 2743 section 3.2</a>).
     *
     * <pre>{@code 04 01 | length of the OID, 2 octets | 06 length OID | length, 4 octets | name }</pre>
     */
    private static final int TOKEN_ID = 0x0401;

    private static final int FIXED_SIZE = 8;

    private final Provider provider;
    private final Oid mechanism;
    private final GSSName name;

    AdaptedName(Provider provider, Oid mechanism, GSSName name) {
        this.provider = provider;
        this.mechanism = mechanism;
        this.name = name;
    }

    /** Puts the head before a name that the front end has taken it off. */
    static byte[] withHead(Oid mechanism, byte[] inner) throws GSSException {
        byte[] oid = mechanism.getDER();
        return ByteBuffer.allocate(FIXED_SIZE + oid.length + inner.length)
                .putShort((short) TOKEN_ID)
                .putShort((short) oid.length)
                .put(oid)
                .putInt(inner.length)
                .put(inner)
                .array();
    }

    GSSName name() {
        return name;
    }

    @Override
    public Provider getProvider() {
        return provider;
    }

    @Override
    public byte[] export() throws GSSException {
        byte[] whole = name.export();
        int head = FIXED_SIZE + mechanism.getDER().length;
        if (whole.length < head
                || !Arrays.equals(withHead(mechanism, Arrays.copyOfRange(whole, head, whole.length)), whole)) {
            throw TransferFault.refusal(
                    GSSException.BAD_NAME, "the mechanism " + mechanism + " exports a name that is not its own");
        }
        return Arrays.copyOfRange(whole, head, whole.length);
    }

    @Override
    public Oid getMechanism() {
        return mechanism;
    }

    @Override
    public Oid getStringNameType() {
        try {
            return name.getStringNameType();
        } catch (GSSException e) {
            return null;
        }
    }

    @Override
    public boolean isAnonymousName() {
        return name.isAnonymous();
    }

    /** Compares with a name of ours, or with one that the JDK's own provider made, by what they export. */
    @Override
    @SuppressWarnings("NonOverridingEquals") // the JDK's interface has both
    public boolean equals(GSSNameSpi other) throws GSSException {
        if (other instanceof AdaptedName own) {
            return name.equals(own.name);
        }
        return other != null
                && mechanism.equals(other.getMechanism())
                && !isAnonymousName()
                && !other.isAnonymousName()
                && Arrays.equals(export(), other.export());
    }

    @Override
    public boolean equals(Object other) {
        try {
            return other instanceof GSSNameSpi named && equals(named);
        } catch (GSSException e) {
            return false;
        }
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
