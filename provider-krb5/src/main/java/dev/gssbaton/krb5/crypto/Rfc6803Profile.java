package dev.gssbaton.krb5.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Camellia with CMAC (<a href="https://www.rfc-editor.org/rfc/rfc6803">RFC 6803</a>). */
final class Rfc6803Profile implements DerivedKeyProfile {
    private static final byte[] PRF_CONSTANT = "prf".getBytes(StandardCharsets.US_ASCII);

    private final int keySize;

    Rfc6803Profile(int keySize) {
        this.keySize = keySize;
    }

    /** Kc, Ke, Ki = KDF-FEEDBACK-CMAC(base-key, usage | purpose). Section 6. */
    @Override
    public byte[] derive(byte[] baseKey, int usage, DerivedKeyPurpose purpose) {
        return kdf(baseKey, purpose.constant(usage));
    }

    /** Kp = KDF-FEEDBACK-CMAC(protocol-key, "prf"), PRF = CMAC(Kp, octet-string). Section 6. */
    @Override
    public byte[] prf(byte[] key, byte[] input) {
        byte[] kp = kdf(key, PRF_CONSTANT);
        try (CamelliaCmac cmac = new CamelliaCmac(kp)) {
            cmac.update(input, 0, input.length);
            return cmac.finish();
        } finally {
            Arrays.fill(kp, (byte) 0);
        }
    }

    @Override
    public Cts encryption(byte[] key) {
        return new Cts(CamelliaCbc.forEncryption(key));
    }

    @Override
    public Cts decryption(byte[] key) {
        return new Cts(CamelliaCbc.forDecryption(key));
    }

    @Override
    public BoundMac mac(byte[] key) {
        return new CamelliaCmac(key);
    }

    @Override
    public boolean authenticatesCiphertext() {
        return false;
    }

    /**
     * n = ceiling(k / 128), K(0) = zeros, K(i) = CMAC(key, K(i-1) | i | constant | 0x00 | k), DR = k-truncate(K(1) | … |
     * K(n)), and random-to-key changes nothing; i and k, in bits, have four octets. Section 3.
     */
    byte[] kdf(byte[] key, byte[] constant) {
        byte[] derived = new byte[keySize];
        byte[] input = new byte[CamelliaCmac.SIZE + 4 + constant.length + 1 + 4];
        ByteBuffer fields = ByteBuffer.wrap(input);
        fields.position(CamelliaCmac.SIZE + 4);
        fields.put(constant).put((byte) 0).putInt(8 * keySize);
        try (CamelliaCmac cmac = new CamelliaCmac(key)) {
            for (int done = 0, i = 1; done < keySize; done += CamelliaCmac.SIZE, i++) {
                fields.putInt(CamelliaCmac.SIZE, i);
                cmac.update(input, 0, input.length);
                cmac.finish(input, 0, CamelliaCmac.SIZE);
                System.arraycopy(input, 0, derived, done, Math.min(CamelliaCmac.SIZE, keySize - done));
            }
        } finally {
            Arrays.fill(input, (byte) 0);
        }
        return derived;
    }
}
