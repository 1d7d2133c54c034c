package dev.gssbaton.krb5.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** AES with HMAC-SHA2, encrypt then MAC (<a href="https://www.rfc-editor.org/rfc/rfc8009">RFC 8009</a>). */
final class Rfc8009Profile implements DerivedKeyProfile {
    private static final byte[] PRF_LABEL = "prf".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_CONTEXT = {};

    private final String mac;
    private final int keySize;
    private final int hashSize;

    /**
     * Makes the profile of one encryption type. Its checksum, and the keys that go into a MAC, have half the octets of the
     * hash.
     */
    Rfc8009Profile(String mac, int keySize, int hashSize) {
        this.mac = mac;
        this.keySize = keySize;
        this.hashSize = hashSize;
    }

    /** Kc, Ki = KDF(base-key, usage | purpose, h / 2), Ke = KDF(base-key, usage | purpose, key size). Section 5. */
    @Override
    public byte[] derive(byte[] baseKey, int usage, DerivedKeyPurpose purpose) {
        int size = purpose == DerivedKeyPurpose.ENCRYPTION ? keySize : hashSize / 2;
        return kdf(baseKey, purpose.constant(usage), NO_CONTEXT, size);
    }

    /** PRF = KDF-HMAC-SHA2(input-key, "prf", octet-string, h). Section 5. */
    @Override
    public byte[] prf(byte[] key, byte[] input) {
        return kdf(key, PRF_LABEL, input, hashSize);
    }

    @Override
    public BoundMac mac(byte[] key) {
        return new Hmac(mac, key);
    }

    @Override
    public Cts encryption(byte[] key) {
        return new Cts(AesCbc.forEncryption(key));
    }

    @Override
    public Cts decryption(byte[] key) {
        return new Cts(AesCbc.forDecryption(key));
    }

    @Override
    public boolean authenticatesCiphertext() {
        return true;
    }

    /**
     * KDF-HMAC-SHA2(key, label, [context,] k) = k-truncate(HMAC-SHA2(key, 0x00000001 | label | 0x00 | [context |] k)), k in
     * bits. Section 3.
     */
    byte[] kdf(byte[] key, byte[] label, byte[] context, int size) {
        byte[] input = ByteBuffer.allocate(4 + label.length + 1 + context.length + 4)
                .putInt(1)
                .put(label)
                .put((byte) 0)
                .put(context)
                .putInt(8 * size)
                .array();
        try (Hmac hmac = new Hmac(mac, key)) {
            hmac.update(input, 0, input.length);
            byte[] k1 = hmac.finish();
            try {
                return Arrays.copyOf(k1, size);
            } finally {
                Arrays.fill(k1, (byte) 0);
            }
        }
    }
}
