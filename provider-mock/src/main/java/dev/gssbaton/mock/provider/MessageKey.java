package dev.gssbaton.mock.provider;

import dev.gssbaton.spi.SecretBytes;
import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ietf.jgss.GSSException;

/**
 * The AES-256-GCM key of one direction. A message's number is its nonce and is never used twice: it only counts up, and
 * it moves with the key.
 */
final class MessageKey {
    static final int SIZE = 32;
    static final int TAG_SIZE = 16;

    private final SecretBytes key;
    private final Cipher cipher;

    MessageKey(SecretBytes key) {
        this.key = key;
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    SecretBytes key() {
        return key;
    }

    /** Encrypts and adds the tag, or verifies the tag and decrypts. Header and clear octets are authenticated too. */
    byte[] crypt(int mode, long number, byte[] header, byte[] clear, byte[] text) throws GSSException {
        try {
            init(mode, key, number);
            cipher.updateAAD(header);
            cipher.updateAAD(clear);
            return cipher.doFinal(text);
        } catch (AEADBadTagException e) {
            throw new GSSException(
                    GSSException.BAD_MIC, TransferFault.UNNAMED, "it was changed, or made with another key");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM takes any text under a new nonce", e);
        }
    }

    /** The cipher keeps the last key that it was given, so it is given another one. */
    void erase() {
        key.close();
        try (SecretBytes zero = SecretBytes.take(new byte[SIZE])) {
            init(Cipher.ENCRYPT_MODE, zero, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM takes any key", e);
        }
    }

    private void init(int mode, SecretBytes with, long number) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(12).putLong(4, number).array();
        with.lend(octets -> {
            cipher.init(mode, new SecretKeySpec(octets, "AES"), new GCMParameterSpec(8 * TAG_SIZE, nonce));
            return null;
        });
    }
}
