package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.GSSException;

/** What the formats of the C libraries have in common. */
final class ForeignFields {
    /** The services that a krb5 context of ours may grant, less those of delegation. */
    private static final int SERVICES = ContextFlag.bits(
            Set.of(ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF, ContextFlag.INTEG));

    static final int REPLAY_AND_SEQUENCE = ContextFlag.REPLAY.bit() | ContextFlag.SEQUENCE.bit();

    /** The object identifiers without their tags and lengths. */
    static final Octets KRB5 = Octets.of(HexFormat.of().parseHex("2a864886f712010202"));

    static final Octets SPNEGO = Octets.of(HexFormat.of().parseHex("2b0601050502"));

    /** The tag of an object identifier in DER. */
    private static final int OID_TAG = 6;

    private static final int DELEG = ContextFlag.DELEG.bit();
    private static final int DELEG_POLICY = ContextFlag.DELEG_POLICY.bit();

    /** GSS_C_TRANS_FLAG of RFC 2744: without it the libraries do not export again. */
    static final int TRANS = 0x100;

    private ForeignFields() {}

    /**
     * Gives the flags to write: the services, and that the context can be exported again. An acceptor's credential stays
     * behind, so that nothing was delegated to it. DCE style is refused: the libraries give its tokens another shape.
     */
    static int flags(Agreement agreement) throws GSSException {
        if ((agreement.flags() & Agreement.DCE_STYLE) != 0) {
            throw cannotCarry("DCE style, in which the libraries give messages another shape");
        }
        return TRANS | (agreement.initiator() ? agreement.flags() : agreement.flags() & ~DELEG);
    }

    /** Takes the services out of flags that were read. What else is there says nothing that JGSS would ask for. */
    static int services(int flags, boolean initiator) throws GSSException {
        if ((flags & Agreement.DCE_STYLE) != 0) {
            throw StateReader.malformed("flags", "are of DCE style, which is not supported");
        }
        int services = flags & SERVICES;
        if (initiator && (flags & DELEG) != 0) {
            services |= flags & (DELEG | DELEG_POLICY);
        }
        return services;
    }

    /** Takes a name, which is no longer than the format {@code baton} has room for, so that the context can move on. */
    static PlatformName principal(byte[] text, String field) throws GSSException {
        if (text.length > BatonFormat.MAX_NAME) {
            throw StateReader.malformed(field, "is longer than " + BatonFormat.MAX_NAME + " octets");
        }
        try {
            return PlatformName.ofText(text);
        } catch (GSSException e) {
            throw StateReader.malformed(field, "is no principal that a GSSName can hold");
        }
    }

    /** Gives an object identifier with its tag and length. */
    static Octets inDer(Octets oid) {
        byte[] der = new byte[2 + oid.length()];
        der[0] = OID_TAG;
        der[1] = (byte) oid.length();
        System.arraycopy(oid.toBytes(), 0, der, 2, oid.length());
        return Octets.of(der);
    }

    /** Reads an object identifier, behind its length, that must be this one. */
    static void expect(Octets oid, int length, StateReader in) throws GSSException {
        if (length != oid.length() || !Octets.of(in.octets(length, "mechanism")).equals(oid)) {
            throw StateReader.malformed("mechanism", "is not krb5");
        }
    }

    static List<Element> elements(Octets authorizationData) {
        if (authorizationData.length() == 0) {
            return List.of();
        }
        try {
            return AuthorizationData.decode(authorizationData.toBytes(), 0, authorizationData.length())
                    .elements();
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("authorization data have been read before", e);
        }
    }

    static void erase(EncryptionKey... keys) {
        for (EncryptionKey key : keys) {
            if (key != null) {
                key.close();
            }
        }
    }

    /** Writes the octets of a key behind their number. */
    static void encodeKey(EncryptionKey key, StateWriter out) {
        out.int32(key.type().keySize());
        key.secret().lend(octets -> {
            out.octets(octets);
            return null;
        });
    }

    /** Reads the octets of a key, behind their number. The caller closes the key. */
    static EncryptionKey key(int number, StateReader in, String field) throws GSSException {
        return key(number, in.int32(field), in, field);
    }

    /** Reads so many octets of a key, which must be as many as it has. The caller closes the key. */
    static EncryptionKey key(int number, int length, StateReader in, String field) throws GSSException {
        EncryptionType type = EncryptionType.of(number)
                .orElseThrow(() ->
                        StateReader.malformed(field, "is of encryption type " + number + ", which is not supported"));
        if (length != type.keySize()) {
            throw StateReader.malformed(field, "has not the " + type.keySize() + " octets of " + type.rfcName());
        }
        return new EncryptionKey(type, SecretBytes.take(in.octets(type.keySize(), field)));
    }

    static boolean equal(EncryptionKey one, EncryptionKey other) {
        return one.type() == other.type()
                && one.secret().lend(octets -> other.secret().lend(others -> MessageDigest.isEqual(octets, others)));
    }

    static boolean flag(StateReader in, String field) throws GSSException {
        int value = in.int32(field);
        if (value != 0 && value != 1) {
            throw StateReader.malformed(field, "is neither 0 nor 1");
        }
        return value == 1;
    }

    /** Gives a time in the 32 bits that the libraries have for it, or refuses one that is later than their last. */
    static int seconds(Instant time, long last, String field) throws GSSException {
        long seconds = time.getEpochSecond();
        if (seconds <= 0 || seconds > last) {
            throw cannotCarry(field + ", " + time + ", does not fit between 1970 and " + Instant.ofEpochSecond(last));
        }
        return (int) seconds;
    }

    /** Takes the end that a token of Heimdal's has, whose library reads it as a number with a sign. */
    static Instant end(int seconds) throws GSSException {
        if (seconds <= 0) {
            throw StateReader.malformed("endtime", "is none, or beyond 2038");
        }
        return Instant.ofEpochSecond(seconds);
    }

    /** Makes the exception for a context that a format has no place for. */
    static GSSException cannotCarry(String what) {
        return TransferFault.EXPORT_FAILED.exception("the format cannot carry it: the " + what);
    }
}
