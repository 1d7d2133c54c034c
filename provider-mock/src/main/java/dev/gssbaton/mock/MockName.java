package dev.gssbaton.mock;

import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A name of the mock mechanism: any text.
 *
 * @param text 1 to 255 octets in UTF-8
 */
public record MockName(String text) implements GSSName {
    /** The mechanism: 2.25 and the random UUID 42c3a422-64a5-44d3-ba3e-1f56929c22eb (ITU-T X.667). */
    public static final Oid MECHANISM = oid("2.25.88744874649299562127126672063598437099");
    /** The greatest number of octets. */
    public static final int MAX_SIZE = 255;

    /**
     * Checks the length.
     *
     * @param text 1 to 255 octets in UTF-8
     * @throws IllegalArgumentException if there are none or more, or some have no encoding
     */
    public MockName {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (octets.length < 1 || octets.length > MAX_SIZE || !new String(octets, StandardCharsets.UTF_8).equals(text)) {
            throw new IllegalArgumentException("a mock name has 1 to 255 octets of UTF-8");
        }
    }

    /**
     * Gives the text as octets.
     *
     * @return UTF-8, the caller's
     */
    public byte[] octets() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] export() throws GSSException {
        byte[] oid = MECHANISM.getDER();
        byte[] name = octets();
        ByteBuffer out = ByteBuffer.allocate(2 + 2 + oid.length + 4 + name.length); // RFC 2743 section 3.2
        out.putShort((short) 0x0401).putShort((short) oid.length).put(oid);
        return out.putInt(name.length).put(name).array();
    }

    @Override
    public GSSName canonicalize(Oid mechanism) throws GSSException {
        if (!MECHANISM.equals(mechanism)) {
            throw new GSSException(
                    GSSException.BAD_MECH, TransferFault.UNNAMED, "this name is of the mechanism " + MECHANISM);
        }
        return this;
    }

    @Override
    @SuppressWarnings("NonOverridingEquals") // GSSName has both
    public boolean equals(GSSName another) {
        return equals((Object) another);
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
        return true;
    }

    @Override
    public String toString() {
        return text;
    }

    private static Oid oid(String dotted) {
        try {
            return new Oid(dotted);
        } catch (GSSException e) {
            throw new IllegalStateException(e);
        }
    }
}
