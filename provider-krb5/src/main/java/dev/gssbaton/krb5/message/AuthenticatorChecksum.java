package dev.gssbaton.krb5.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * What an authenticator's checksum field holds in GSS-API
 * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1.1">RFC 4121 section 4.1.1</a>). All numbers are
 * little-endian.
 *
 * <pre>{@code
 * 0..3 Lgth 16 | 4..19 Bnd | 20..23 Flags | with GSS_C_DELEG_FLAG: 24..25 DlgOpt 1 | 26..27 Dlgth | 28.. Deleg | Exts
 * }</pre>
 *
 * @param bindings {@code Bnd}: 16 octets as {@link ChannelBindings} makes them, zero for none
 * @param flags {@code Flags}: the bits of {@link dev.gssbaton.spi.ContextFlag}, of which unknown ones are ignored
 * @param delegation {@code Deleg}: a {@link KrbCred}; null unless the delegation flag is set
 * @param extensions {@code Exts}: ignored on receipt, empty for none
 */
public record AuthenticatorChecksum(Octets bindings, int flags, Octets delegation, Octets extensions) {
    /** The checksum type. */
    public static final int TYPE = 0x8003;
    /** The flag that a delegated credential follows. */
    public static final int DELEG_FLAG = 1;
    /** The largest KRB-CRED that can be delegated. */
    public static final int MAX_DELEGATION = 0xFFFF;

    private static final int BND_SIZE = 16;
    private static final int DELEGATION_OPTION = 1;

    private static final int LGTH_POS = 0;
    private static final int BND_POS = LGTH_POS + 4;
    private static final int FLAGS_POS = BND_POS + BND_SIZE; // 20
    private static final int DLG_OPT_POS = FLAGS_POS + 4; // 24
    private static final int DLGTH_POS = DLG_OPT_POS + 2;
    private static final int DELEG_POS = DLGTH_POS + 2; // 28

    /**
     * Checks that the parts belong together.
     *
     * @param bindings 16 octets
     * @param flags the flags
     * @param delegation a KRB-CRED if and only if the delegation flag is set
     * @param extensions what follows
     */
    public AuthenticatorChecksum {
        Objects.requireNonNull(extensions, "extensions");
        if (bindings.length() != BND_SIZE) {
            throw new IllegalArgumentException("Bnd has " + BND_SIZE + " octets, not " + bindings.length());
        }
        if (((flags & DELEG_FLAG) != 0) != (delegation != null)) {
            throw new IllegalArgumentException("a KRB-CRED stands here if and only if the delegation flag is set");
        }
        if (delegation != null && delegation.length() > MAX_DELEGATION) {
            throw new IllegalArgumentException("the KRB-CRED has " + delegation.length() + " octets; the field takes "
                    + MAX_DELEGATION + " at most");
        }
    }

    /**
     * Writes the checksum.
     *
     * @return a checksum of type {@link #TYPE}
     */
    public Checksum encode() {
        int size = delegation == null ? DLG_OPT_POS : DELEG_POS + delegation.length();
        ByteBuffer out = ByteBuffer.allocate(size + extensions.length()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(BND_SIZE).put(bindings.array()).putInt(flags);
        if (delegation != null) {
            out.putShort((short) DELEGATION_OPTION)
                    .putShort((short) delegation.length())
                    .put(delegation.array());
        }
        out.put(extensions.array());
        return new Checksum(TYPE, Octets.of(out.array()));
    }

    /**
     * Reads a checksum of type {@link #TYPE}; the caller has looked at the type.
     *
     * @param checksum the checksum
     * @return what it holds
     * @throws MalformedMessageException if it is too short, or a field has a value that it cannot have
     */
    public static AuthenticatorChecksum decode(Checksum checksum) throws MalformedMessageException {
        byte[] octets = checksum.checksum().array();
        ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        if (octets.length < DLG_OPT_POS) {
            throw malformed("has " + octets.length + " octets, and needs " + DLG_OPT_POS);
        }
        if (in.getInt(LGTH_POS) != BND_SIZE) {
            throw malformed("has a Lgth other than " + BND_SIZE);
        }
        Octets bindings = Octets.of(octets, BND_POS, BND_SIZE);
        int flags = in.getInt(FLAGS_POS);
        if ((flags & DELEG_FLAG) == 0) {
            return new AuthenticatorChecksum(
                    bindings, flags, null, Octets.of(octets, DLG_OPT_POS, octets.length - DLG_OPT_POS));
        }
        if (octets.length < DELEG_POS) {
            throw malformed("has the delegation flag and only " + octets.length + " octets");
        }
        if (in.getShort(DLG_OPT_POS) != DELEGATION_OPTION) {
            throw malformed("has a DlgOpt other than " + DELEGATION_OPTION);
        }
        int dlgth = in.getShort(DLGTH_POS) & 0xFFFF;
        if (dlgth > octets.length - DELEG_POS) {
            throw malformed("has a Dlgth of " + dlgth + ", and " + (octets.length - DELEG_POS) + " octets are left");
        }
        int exts = DELEG_POS + dlgth;
        return new AuthenticatorChecksum(
                bindings, flags, Octets.of(octets, DELEG_POS, dlgth), Octets.of(octets, exts, octets.length - exts));
    }

    private static MalformedMessageException malformed(String what) {
        return new MalformedMessageException("authenticator checksum", what);
    }
}
