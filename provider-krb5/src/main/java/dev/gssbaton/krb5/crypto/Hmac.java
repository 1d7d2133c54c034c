package dev.gssbaton.krb5.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/** HMAC with one key, the {@link Mac} kept and re-used. */
final class Hmac implements AutoCloseable {
    private final Mac mac;
    private final byte[] received;

    /** Copies the key, which stays the caller's. */
    Hmac(String algorithm, byte[] key) {
        try {
            mac = Mac.getInstance(algorithm);
            mac.init(new LentKey(algorithm, key));
            received = new byte[mac.getMacLength()];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is missing from this Java runtime", e);
        }
    }

    void update(byte[] octets, int offset, int length) {
        mac.update(octets, offset, length);
    }

    /** Gives the whole HMAC of what was updated and begins anew. */
    byte[] finish() {
        return mac.doFinal();
    }

    /** Writes the first octets of the HMAC of what was updated and begins anew. */
    void finish(byte[] out, int offset, int size) {
        System.arraycopy(mac.doFinal(), 0, out, offset, size);
    }

    /** Compares the first octets of the HMAC of what was updated, in constant time, and begins anew. */
    boolean matches(byte[] checksum, int offset, int size) {
        byte[] expected = mac.doFinal();
        System.arraycopy(checksum, offset, received, 0, size);
        System.arraycopy(expected, size, received, size, expected.length - size);
        return MessageDigest.isEqual(expected, received);
    }

    /** Initialises the MAC with a zero key. */
    @Override
    public void close() {
        try {
            mac.init(new LentKey(mac.getAlgorithm(), new byte[received.length]));
            Arrays.fill(received, (byte) 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a MAC cannot be given a zero key", e);
        }
    }
}
