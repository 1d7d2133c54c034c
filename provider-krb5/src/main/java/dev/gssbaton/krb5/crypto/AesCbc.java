package dev.gssbaton.krb5.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * The platform's AES in CBC mode. The {@link Cipher} is kept and re-used: after its {@code doFinal} it is as it was
 * initialised.
 */
final class AesCbc implements Cbc {
    private final Cipher cbc;
    private final int mode;
    private final int keySize;

    private AesCbc(int mode, byte[] key) {
        this.mode = mode;
        this.keySize = key.length;
        try {
            cbc = Cipher.getInstance("AES/CBC/NoPadding");
            cbc.init(mode, new LentKey("AES", key), new IvParameterSpec(new byte[BLOCK]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES/CBC/NoPadding is missing from this Java runtime", e);
        }
    }

    /** Copies the key, which stays the caller's. */
    static AesCbc forEncryption(byte[] key) {
        return new AesCbc(Cipher.ENCRYPT_MODE, key);
    }

    /** Copies the key, which stays the caller's. */
    static AesCbc forDecryption(byte[] key) {
        return new AesCbc(Cipher.DECRYPT_MODE, key);
    }

    @Override
    public void update(byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            cbc.update(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    @Override
    public void finish(byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            cbc.doFinal(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    @Override
    public void close() {
        try {
            cbc.init(mode, new LentKey("AES", new byte[keySize]), new IvParameterSpec(new byte[BLOCK]));
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    private static IllegalStateException impossible(GeneralSecurityException e) {
        return new IllegalStateException("AES refused whole blocks", e);
    }
}
