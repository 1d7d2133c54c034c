package dev.gssbaton.krb5;

import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.ticket.PlatformManager;
import dev.gssbaton.spi.Mechanism;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * A principal as the platform's {@link GSSName}, beside its text in the octets that are exported.
 *
 * <p>The platform's names drop the quoting of RFC 1964 and some empty components, so that {@code alice\/admin}, which has
 * one component, and {@code alice/admin} are equal there, and {@code alice/} and {@code alice} too. Applications let people
 * in by comparing names, so one that could be taken for another is refused here.
 */
public final class PlatformName {
    /** The type of a principal's text (RFC 1964 section 2.1.1). */
    static final Oid PRINCIPAL_NAME = Mechanism.oid("1.2.840.113554.1.2.2.1");

    /** The types of names that the platform's krb5 mechanism takes. */
    static final List<Oid> TYPES =
            List.of(GSSName.NT_USER_NAME, GSSName.NT_HOSTBASED_SERVICE, PRINCIPAL_NAME, GSSName.NT_EXPORT_NAME);

    private static final GSSManager PLATFORM = platform();

    /**
     * Names made lately, each in the one place that its text may have: a process has few services and, at a time, some
     * clients, whose contexts share them. Two threads may put names into one place: either is good.
     */
    private static final PlatformName[] RECENT = new PlatformName[1024];

    /** Octets of the longest text that is kept so; hardly any name is longer. */
    private static final int MAX_RECENT = 256;

    private final GSSName name;
    private final byte[] text;

    private PlatformName(GSSName name, byte[] text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Makes the name of a principal that has been authenticated.
     *
     * @param principal the principal
     * @return its name
     * @throws GSSException {@code FAILURE} if a platform's name cannot tell it from another principal
     */
    static PlatformName of(Principal principal) throws GSSException {
        String text = principal.toString();
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (!new String(octets, StandardCharsets.UTF_8).equals(text)) {
            throw ambiguous();
        }
        return ofText(octets);
    }

    /**
     * Makes the name of a principal from {@link #text}.
     *
     * @param text the octets, which the caller does not change any more
     * @return the name
     * @throws GSSException if they are not what {@link #text} gives
     */
    public static PlatformName ofText(byte[] text) throws GSSException {
        int place = Arrays.hashCode(text) & (RECENT.length - 1);
        PlatformName known = RECENT[place];
        if (known != null && Arrays.equals(known.text, text)) {
            return known;
        }
        String name = new String(text, StandardCharsets.UTF_8);
        if (!Arrays.equals(text, name.getBytes(StandardCharsets.UTF_8))) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC, GSSException.FAILURE, "the principal name is not UTF-8");
        }
        PlatformName made = new PlatformName(create(name), text);
        if (text.length <= MAX_RECENT) {
            RECENT[place] = made;
        }
        return made;
    }

    private static GSSName create(String text) throws GSSException {
        int realm = text.indexOf('@') + 1;
        if (realm == 0
                || realm == text.length()
                || text.indexOf('@', realm) >= 0
                || text.indexOf('/', realm) >= 0
                || isAmbiguous(text)) {
            throw ambiguous();
        }
        return PLATFORM.createName(text, PRINCIPAL_NAME, GssFraming.KRB5);
    }

    private static KerberosException ambiguous() {
        return new KerberosException(
                ErrorCode.KRB_ERR_GENERIC, "the principal name cannot be told from another one in a GSSName");
    }

    /** Tells whether a quoted character, a control character or an empty component is there. */
    private static boolean isAmbiguous(String text) {
        char before = '/';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' || Character.isISOControl(c) || (before == '/' && (c == '/' || c == '@'))) {
                return true;
            }
            before = c;
        }
        return before == '/';
    }

    /**
     * Makes a name for the application, with the realm that the platform finds where the text names none.
     *
     * @param name the text
     * @param type one of {@link #TYPES}; null for a principal's text
     * @return the name
     * @throws GSSException {@code BAD_NAMETYPE}, or {@code BAD_NAME} saying what to do
     */
    static GSSName parse(String name, Oid type) throws GSSException {
        requireKnown(type);
        if (isAmbiguous(name)) {
            throw badName(name, "it has an empty component, or a character that a GSSName cannot hold");
        }
        try {
            return PLATFORM.createName(name, type, GssFraming.KRB5);
        } catch (IllegalArgumentException e) {
            throw badName(name, e.getMessage());
        } catch (GSSException e) {
            throw badName(
                    name,
                    e.getMinorString() + "; write it as name@REALM, of type " + PRINCIPAL_NAME
                            + ", which needs no krb5.conf");
        }
    }

    /**
     * Makes a name for the application from octets.
     *
     * @param name an exported name, or a text in UTF-8
     * @param type one of {@link #TYPES}; null for a principal's text
     * @return the name
     * @throws GSSException {@code BAD_NAMETYPE}, or {@code BAD_NAME} saying what to do
     */
    static GSSName parse(byte[] name, Oid type) throws GSSException {
        if (!GSSName.NT_EXPORT_NAME.equals(type)) {
            return parse(new String(name, StandardCharsets.UTF_8), type);
        }
        return parse(exportedText(name), PRINCIPAL_NAME);
    }

    /**
     * Gives the same name as a principal's text with its realm.
     *
     * @param name a name of this mechanism
     * @return the platform's name
     * @throws GSSException {@code BAD_NAME} if it is another mechanism's, or cannot be told from another name
     */
    static GSSName inFull(GSSName name) throws GSSException {
        return parse(exportedText(name.canonicalize(GssFraming.KRB5).export()), PRINCIPAL_NAME);
    }

    /**
     * Gives the text of an exported name.
     *
     * <pre>{@code 04 01 | length of the OID, 2 octets | 06 length OID | length, 4 octets | text }</pre>
     */
    private static String exportedText(byte[] exported) throws GSSException {
        byte[] oid = GssFraming.KRB5.getDER();
        ByteBuffer in = ByteBuffer.wrap(exported);
        if (exported.length < 8 + oid.length
                || in.getShort() != 0x0401
                || in.getShort() != oid.length
                || !in.slice(4, oid.length).equals(ByteBuffer.wrap(oid))
                || in.getInt(4 + oid.length) != exported.length - 8 - oid.length) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC, GSSException.BAD_NAME, "not an exported name of krb5");
        }
        return new String(exported, 8 + oid.length, exported.length - 8 - oid.length, StandardCharsets.UTF_8);
    }

    /**
     * Gives the platform's name.
     *
     * @return the name, of type {@code 1.2.840.113554.1.2.2.1} and with its realm
     */
    public GSSName name() {
        return name;
    }

    /**
     * Gives the text: name, {@code @} and realm.
     *
     * @return its octets in UTF-8, not to be changed
     */
    public byte[] text() {
        return text;
    }

    /**
     * Gives the text.
     *
     * @return name, {@code @} and realm
     */
    @Override
    public String toString() {
        return new String(text, StandardCharsets.UTF_8);
    }

    private static GSSManager platform() {
        try {
            return PlatformManager.make();
        } catch (GSSException e) {
            throw new IllegalStateException("the JDK's own mechanism can be preferred", e);
        }
    }

    private static void requireKnown(Oid type) throws GSSException {
        if (type != null && !TYPES.contains(type)) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC, GSSException.BAD_NAMETYPE, "krb5 has no names of type " + type);
        }
    }

    private static GSSException badName(String name, String what) {
        return new KerberosException(
                ErrorCode.KRB_ERR_GENERIC, GSSException.BAD_NAME, "'" + name + "' is no krb5 name: " + what);
    }
}
