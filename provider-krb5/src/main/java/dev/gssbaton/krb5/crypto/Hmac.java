package dev.gssbaton.krb5.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/** HMAC with one key, the {@link Mac} kept and re-used. */
final class Hmac implements BoundMac {
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

    @Override
    public void update(byte[] octets, int offset, int length) {
        mac.update(octets, offset, length);
    }

    @Override
    public byte[] finish() {
        return mac.doFinal();
    }

    @Override
    public void finish(byte[] out, int offset, int size) {
        System.arraycopy(mac.doFinal(), 0, out, offset, size);
    }

    @Override
    public boolean matches(byte[] checksum, int offset, int size) {
        byte[] expected = mac.doFinal();
        System.arraycopy(checksum, offset, received, 0, size);
        System.arraycopy(expected, size, received, size, expected.length - size);
        return MessageDigest.isEqual(expected, received);
    }

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
