package dev.gssbaton.krb5.crypto;

import dev.gssbaton.spi.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.MD4Digest;

/**
 * String-to-key of each profile, from which the RFCs' vectors take their keys. It is here and not in the profiles, because a
 * context needs it never: keys come from keytabs and tickets.
 */
final class StringToKey {
    private static final byte[] KERBEROS = "kerberos".getBytes(StandardCharsets.US_ASCII);

    private StringToKey() {}

    static EncryptionKey derive(EncryptionType type, byte[] password, byte[] salt, int iterations) {
        return new EncryptionKey(type, SecretBytes.take(octets(type, password, salt, iterations)));
    }

    /** Gives the iterations that string-to-key takes where no parameters are given; one, where it has none. */
    static int defaultIterations(EncryptionType type) {
        Profile profile = type.profile();
        return profile instanceof Rfc4757Profile ? 1 : profile instanceof Rfc3962Profile ? 0x1000 : 0x8000;
    }

    private static byte[] octets(EncryptionType type, byte[] password, byte[] salt, int iterations) {
        Profile profile = type.profile();
        if (profile instanceof Rfc3962Profile rfc3962) {
            return rfc3962.dk(Pbkdf2.derive("HmacSHA1", password, salt, iterations, type.keySize()), KERBEROS);
        }
        if (profile instanceof Rfc8009Profile rfc8009) {
            String mac = type == EncryptionType.AES128_CTS_HMAC_SHA256_128 ? "HmacSHA256" : "HmacSHA384";
            byte[] tkey = Pbkdf2.derive(mac, password, saltp(type, salt), iterations, type.keySize());
            return rfc8009.kdf(tkey, KERBEROS, new byte[0], type.keySize());
        }
        if (profile instanceof Rfc6803Profile rfc6803) {
            byte[] tkey = Pbkdf2.derive("HmacSHA1", password, saltp(type, salt), iterations, type.keySize());
            return rfc6803.kdf(tkey, KERBEROS);
        }
        return md4OfUnicode(password);
    }

    /** saltp = enctype-name | 0x00 | salt. RFC 8009 section 4, RFC 6803 section 4. */
    private static byte[] saltp(EncryptionType type, byte[] salt) {
        byte[] name = type.rfcName().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(name.length + 1 + salt.length)
                .put(name)
                .put((byte) 0)
                .put(salt)
                .array();
    }

    /** K = MD4(UNICODE(password)), which is UTF-16 with the lower octet first; there is no salt. RFC 4757 section 2. */
    private static byte[] md4OfUnicode(byte[] password) {
        byte[] unicode;
        try {
            CharBuffer characters = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password));
            unicode = characters.toString().getBytes(StandardCharsets.UTF_16LE);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the password for a key of rc4-hmac is not UTF-8", e);
        }
        byte[] key = new byte[Rfc4757Profile.KEY_SIZE];
        MD4Digest md4 = new MD4Digest();
        md4.update(unicode, 0, unicode.length);
        md4.doFinal(key, 0);
        return key;
    }
}
