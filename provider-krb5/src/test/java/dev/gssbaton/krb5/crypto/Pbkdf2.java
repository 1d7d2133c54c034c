package dev.gssbaton.krb5.crypto;

import java.util.Arrays;

/**
 * PBKDF2 (<a href="https://www.rfc-editor.org/rfc/rfc8018#section-5.2">RFC 8018 section 5.2</a>) over octets: the platform's
 * own takes characters, and a Kerberos password may be any octets.
 */
final class Pbkdf2 {
    private Pbkdf2() {}

    static byte[] derive(String macAlgorithm, byte[] password, byte[] salt, int iterations, int size) {
        byte[] derived = new byte[size];
        try (Hmac hmac = new Hmac(macAlgorithm, password)) {
            for (int done = 0, index = 1; done < size; index++) {
                hmac.update(salt, 0, salt.length);
                hmac.update(
                        new byte[] {(byte) (index >>> 24), (byte) (index >>> 16), (byte) (index >>> 8), (byte) index},
                        0,
                        4);
                byte[] u = hmac.finish();
                byte[] t = u.clone();
                for (int i = 1; i < iterations; i++) {
                    hmac.update(u, 0, u.length);
                    hmac.finish(u, 0, u.length);
                    for (int j = 0; j < t.length; j++) {
                        t[j] ^= u[j];
                    }
                }
                int part = Math.min(t.length, size - done);
                System.arraycopy(t, 0, derived, done, part);
                done += part;
                Arrays.fill(u, (byte) 0);
                Arrays.fill(t, (byte) 0);
            }
        }
        return derived;
    }
}
