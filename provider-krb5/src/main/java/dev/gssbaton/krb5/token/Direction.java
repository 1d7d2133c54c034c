package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.MessageChecksum;
import dev.gssbaton.krb5.crypto.MessageCipher;

/**
 * The derived keys of one direction, made with their first use, since a server may hold many contexts that are idle. For one
 * thread at a time.
 */
final class Direction implements AutoCloseable {
    private final EncryptionKey key;
    private final KeyUsage sender;
    private final CipherFactory cipherFactory;

    private MessageCipher cipher;
    private MessageChecksum wrapChecksum;
    private MessageChecksum micChecksum;

    private Direction(EncryptionKey key, KeyUsage sender, CipherFactory cipherFactory) {
        this.key = key;
        this.sender = sender;
        this.cipherFactory = cipherFactory;
    }

    static Direction ofSender(EncryptionKey key, KeyUsage sender) {
        return new Direction(key, sender, MessageCipher::forEncryption);
    }

    static Direction ofReceiver(EncryptionKey key, KeyUsage sender) {
        return new Direction(key, sender, MessageCipher::forDecryption);
    }

    EncryptionType type() {
        return key.type();
    }

    /** Gives Ke and Ki for wrap tokens with confidentiality. */
    MessageCipher cipher() {
        if (cipher == null) {
            cipher = cipherFactory.make(key, sender.seal());
        }
        return cipher;
    }

    /** Gives Kc for wrap tokens without confidentiality. */
    MessageChecksum wrapChecksum() {
        if (wrapChecksum == null) {
            wrapChecksum = new MessageChecksum(key, sender.seal());
        }
        return wrapChecksum;
    }

    /** Gives Kc for MIC tokens. */
    MessageChecksum micChecksum() {
        if (micChecksum == null) {
            micChecksum = new MessageChecksum(key, sender.sign());
        }
        return micChecksum;
    }

    @Override
    public void close() {
        if (cipher != null) {
            cipher.close();
            cipher = null;
        }
        if (wrapChecksum != null) {
            wrapChecksum.close();
            wrapChecksum = null;
        }
        if (micChecksum != null) {
            micChecksum.close();
            micChecksum = null;
        }
    }

    @FunctionalInterface
    private interface CipherFactory {
        MessageCipher make(EncryptionKey key, int usage);
    }
}
