package dev.gssbaton.krb5.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** The platform's MD5, which every Java runtime must have. */
final class Md5 {
    private Md5() {}

    static MessageDigest make() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("MD5 is missing from this Java runtime", e);
        }
    }
}
