package dev.gssbaton.krb5.crypto;

import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.CamelliaEngine;
import org.bouncycastle.crypto.macs.CMac;

/** CMAC over Camellia (<a href="https://www.rfc-editor.org/rfc/rfc6803#section-3">RFC 6803 section 3</a>), of 16 octets. */
final class CamelliaCmac implements BoundMac {
    static final int SIZE = 16;

    private final CMac cmac = new CMac(new CamelliaEngine());
    private final int keySize;
    private final byte[] computed = new byte[SIZE];
    private final byte[] received = new byte[SIZE];

    /** Copies the key, which stays the caller's. */
    CamelliaCmac(byte[] key) {
        keySize = key.length;
        CamelliaCbc.withKey(key, cmac::init);
    }

    @Override
    public void update(byte[] octets, int offset, int length) {
        cmac.update(octets, offset, length);
    }

    @Override
    public byte[] finish() {
        byte[] mac = new byte[SIZE];
        cmac.doFinal(mac, 0);
        return mac;
    }

    @Override
    public void finish(byte[] out, int offset, int size) {
        cmac.doFinal(computed, 0);
        System.arraycopy(computed, 0, out, offset, size);
    }

    @Override
    public boolean matches(byte[] checksum, int offset, int size) {
        cmac.doFinal(computed, 0);
        System.arraycopy(checksum, offset, received, 0, size);
        System.arraycopy(computed, size, received, size, SIZE - size);
        return MessageDigest.isEqual(computed, received);
    }

    @Override
    public void close() {
        CamelliaCbc.withKey(new byte[keySize], cmac::init);
        Arrays.fill(computed, (byte) 0);
        Arrays.fill(received, (byte) 0);
    }
}
