package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import org.ietf.jgss.GSSException;

/**
 * The numbers between which MIT krb5 puts a structure, and the structures that occur in several places.
 *
 * <pre>{@code
 * principal   970ea701 | 4 + n text, UTF-8          | 970ea701
 * keyblock    970ea703 | 4 enctype | 4 + n octets   | 970ea703
 * checksum    970ea704 | 4 type    | 4 + n octets   | 970ea704
 * authdata    970ea70a | 4 ad-type | 4 + n ad-data  | 970ea70a
 * address     970ea722 | 4 type    | 4 + n octets   | 970ea710
 * }</pre>
 */
enum MitMagic {
    PRINCIPAL(0x970ea701),
    KEYBLOCK(0x970ea703),
    CHECKSUM(0x970ea704),
    AUTHDATA(0x970ea70a),
    AUTHENTICATOR(0x970ea70e),
    ADDRESS(0x970ea722),
    CONTEXT(0x970ea724),
    OS_CONTEXT(0x970ea725),
    AUTH_CONTEXT(0x970ea729),
    GSS_OID(0x970ea737),
    GSS_QUEUE(0x970ea738),
    AUTHDATA_CONTEXT(0x970ea73c),
    PROFILE(0xaaca6012),
    GSS_CONTEXT(0x025ea108);

    private final int number;

    MitMagic(int number) {
        this.number = number;
    }

    /** Writes the number, at the beginning or the end of a structure. */
    void encode(StateWriter out) {
        out.int32(number);
    }

    /** Reads the number, at the beginning or the end of a structure. */
    void decode(StateReader in, String field) throws GSSException {
        if (in.int32(field) != number) {
            throw StateReader.malformed(field, "does not stand between the numbers of " + this);
        }
    }

    /** Tells whether such a structure comes next. */
    boolean isNext(StateReader in) {
        return in.nextIs(number);
    }

    static void encode(PlatformName name, StateWriter out) {
        PRINCIPAL.encode(out);
        out.large(name.text());
        PRINCIPAL.encode(out);
    }

    static PlatformName principal(StateReader in, String field) throws GSSException {
        PRINCIPAL.decode(in, field);
        PlatformName name = ForeignFields.principal(counted(in, field), field);
        PRINCIPAL.decode(in, field);
        return name;
    }

    static void encode(EncryptionKey key, StateWriter out) {
        KEYBLOCK.encode(out);
        out.int32(key.type().number());
        ForeignFields.encodeKey(key, out);
        KEYBLOCK.encode(out);
    }

    /** Reads a key, which the caller closes. */
    static EncryptionKey key(StateReader in, String field) throws GSSException {
        KEYBLOCK.decode(in, field);
        EncryptionKey key = ForeignFields.key(in.int32(field), in, field);
        boolean done = false;
        try {
            KEYBLOCK.decode(in, field);
            done = true;
            return key;
        } finally {
            if (!done) {
                key.close();
            }
        }
    }

    static void encode(Element element, StateWriter out) {
        AUTHDATA.encode(out);
        out.int32(element.type());
        out.large(element.data().toBytes());
        AUTHDATA.encode(out);
    }

    static Element element(StateReader in, String field) throws GSSException {
        AUTHDATA.decode(in, field);
        Element element = new Element(in.int32(field), Octets.of(counted(in, field)));
        AUTHDATA.decode(in, field);
        return element;
    }

    /** Reads a structure of a type and octets that is not kept. */
    void skip(StateReader in, String field) throws GSSException {
        decode(in, field);
        in.int32(field);
        counted(in, field);
        decode(in, field);
    }

    /** Reads a length of four octets and so many octets, of which there are no more than the token has. */
    static byte[] counted(StateReader in, String field) throws GSSException {
        return in.large(in.remaining(), field);
    }
}
