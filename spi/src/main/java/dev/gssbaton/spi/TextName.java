package dev.gssbaton.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A name that is a text, for mechanisms that ask no more of a name. Names are equal if mechanism and text are.
 *
 * <p>Its exported form is that of <a href="https://www.rfc-editor.org/rfc/rfc2743#section-3.2">RFC 2743 section 3.2</a>,
 * with the text in UTF-8 behind the mechanism.
 *
 * @param mechanism whose name it is
 * @param text 1 to 255 octets in UTF-8
 */
public record TextName(Oid mechanism, String text) implements GSSName {
    /** The greatest number of octets. */
    public static final int MAX_SIZE = 255;
    /** The types of names that {@link #parse(Oid, String, Oid)} and {@link #parse(Oid, byte[], Oid)} take, beside null. */
    public static final List<Oid> TYPES = List.of(NT_USER_NAME, NT_EXPORT_NAME);

    /**
     * Checks the length.
     *
     * @param mechanism whose name it is
     * @param text 1 to 255 octets in UTF-8
     * @throws IllegalArgumentException if there are none or more, or some have no encoding
     */
    public TextName {
        Objects.requireNonNull(mechanism, "mechanism");
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (octets.length < 1 || octets.length > MAX_SIZE || !new String(octets, StandardCharsets.UTF_8).equals(text)) {
            throw new IllegalArgumentException("a name has 1 to " + MAX_SIZE + " octets of UTF-8");
        }
    }

    /**
     * Takes a name for one of this mechanism's.
     *
     * @param mechanism the mechanism
     * @param name a name that an application gave
     * @return the same name
     * @throws GSSException {@code BAD_NAME} if it is another mechanism's
     */
    public static TextName of(Oid mechanism, GSSName name) throws GSSException {
        if (name instanceof TextName own && own.mechanism.equals(mechanism)) {
            return own;
        }
        throw TransferFault.refusal(
                GSSException.BAD_NAME, "'" + name + "' is not a name of the mechanism " + mechanism);
    }

    /**
     * Makes a name of a text, as {@link Mechanism#name(String, Oid)} does.
     *
     * @param mechanism whose name it is
     * @param name the text
     * @param nameType {@code NT_USER_NAME} or null
     * @return the name
     * @throws GSSException {@code BAD_NAMETYPE} for another type, {@code BAD_NAME} for a text that is no name
     */
    public static TextName parse(Oid mechanism, String name, Oid nameType) throws GSSException {
        if (nameType != null && !nameType.equals(NT_USER_NAME)) {
            throw TransferFault.refusal(
                    GSSException.BAD_NAMETYPE, "a text is a name of the type NT_USER_NAME, not " + nameType);
        }
        try {
            return new TextName(mechanism, name);
        } catch (IllegalArgumentException e) {
            throw TransferFault.refusal(GSSException.BAD_NAME, e.getMessage());
        }
    }

    /**
     * Makes a name of octets, as {@link Mechanism#name(byte[], Oid)} does.
     *
     * @param mechanism whose name it is
     * @param name an exported name, or a text in UTF-8; neither kept nor changed
     * @param nameType {@code NT_EXPORT_NAME} for an exported name; {@code NT_USER_NAME} or null
     * @return the name
     * @throws GSSException {@code BAD_NAMETYPE} for another type, {@code BAD_NAME} for octets that are not the one encoding
     *     of a name of this mechanism
     */
    public static TextName parse(Oid mechanism, byte[] name, Oid nameType) throws GSSException {
        boolean exported = NT_EXPORT_NAME.equals(nameType);
        int header = exported ? Math.min(name.length, header(mechanism).length + Integer.BYTES) : 0;
        String text = new String(name, header, name.length - header, StandardCharsets.UTF_8);
        TextName made = parse(mechanism, text, exported ? null : nameType);
        if (!Arrays.equals(name, exported ? made.export() : made.octets())) {
            throw TransferFault.refusal(
                    GSSException.BAD_NAME, "not the one encoding of a name of the mechanism " + mechanism);
        }
        return made;
    }

    /**
     * Gives the text as octets.
     *
     * @return UTF-8, the caller's
     */
    public byte[] octets() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes the text into a state.
     *
     * @param out where it goes
     */
    public void write(StateWriter out) {
        out.text(text);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param mechanism whose name it is
     * @param in where it stands
     * @param field the field's name, for messages
     * @return the name
     * @throws GSSException {@link TransferFault#STATE_MALFORMED} if it is none
     */
    public static TextName read(Oid mechanism, StateReader in, String field) throws GSSException {
        try {
            return new TextName(mechanism, in.text(MAX_SIZE, field));
        } catch (IllegalArgumentException e) {
            throw StateReader.malformed(field, "is not a name");
        }
    }

    @Override
    public byte[] export() throws GSSException {
        byte[] header = header(mechanism);
        byte[] name = octets();
        return ByteBuffer.allocate(header.length + Integer.BYTES + name.length)
                .put(header)
                .putInt(name.length)
                .put(name)
                .array();
    }

    private static byte[] header(Oid mechanism) throws GSSException {
        byte[] oid = mechanism.getDER();
        return ByteBuffer.allocate(2 * Short.BYTES + oid.length)
                .putShort((short) 0x0401)
                .putShort((short) oid.length)
                .put(oid)
                .array();
    }

    @Override
    public TextName canonicalize(Oid other) throws GSSException {
        if (!mechanism.equals(other)) {
            throw TransferFault.refusal(GSSException.BAD_MECH, "this name is of the mechanism " + mechanism);
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

    /**
     * Gives the text alone.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return text;
    }
}
