package dev.gssbaton.cli;

import dev.gssbaton.BatonContext;
import dev.gssbaton.krb5.credential.Krb5Details;
import java.util.Map;
import org.ietf.jgss.GSSException;

/** The names of Kerberos encryption types in IANA's registry. */
public final class EncryptionTypeName {
    private static final Map<Integer, String> NAMES = Map.of(
            17, "aes128-cts-hmac-sha1-96",
            18, "aes256-cts-hmac-sha1-96",
            19, "aes128-cts-hmac-sha256-128",
            20, "aes256-cts-hmac-sha384-192",
            23, "rc4-hmac",
            25, "camellia128-cts-cmac",
            26, "camellia256-cts-cmac");

    private EncryptionTypeName() {}

    /** Returns the name of a number. */
    public static String of(int number) {
        return NAMES.getOrDefault(number, "encryption type " + number);
    }

    /** Returns the name of what protects a context's messages. */
    public static String of(BatonContext context) throws GSSException {
        return context.details(Krb5Details.class)
                .map(details -> of(details.encryptionType()))
                .orElse("no encryption type");
    }
}
