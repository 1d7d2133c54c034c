package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.MessageChecksum;
import dev.gssbaton.krb5.crypto.MessageCipher;
import dev.gssbaton.krb5.crypto.RandomOctets;
import dev.gssbaton.krb5.crypto.Rc4MessageKeys;

/** What is made of a key for one direction, each part with its first use. For one thread at a time. */
final class DerivedKeys implements AutoCloseable {
    private final Direction direction;
    /** Whether a message has been protected since {@link IdleKeys} looked last. */
    private boolean used;

    private MessageCipher cipher;
    private MessageChecksum wrapChecksum;
    private MessageChecksum micChecksum;
    private RandomOctets confounders;
    private Rc4MessageKeys rc4;

    DerivedKeys(Direction direction) {
        this.direction = direction;
    }

    void use() {
        used = true;
    }

    boolean usedSinceLastTime() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Gives Ke and Ki for wrap tokens with confidentiality. */
    MessageCipher cipher() {
        if (cipher == null) {
            cipher = direction.newCipher();
        }
        return cipher;
    }

    /** Gives Kc for wrap tokens without confidentiality. */
    MessageChecksum wrapChecksum() {
        if (wrapChecksum == null) {
            wrapChecksum = direction.newWrapChecksum();
        }
        return wrapChecksum;
    }

    /** Gives Kc for MIC tokens. */
    MessageChecksum micChecksum() {
        if (micChecksum == null) {
            micChecksum = direction.newMicChecksum();
        }
        return micChecksum;
    }

    /** Gives what confounders are taken from. */
    RandomOctets confounders() {
        if (confounders == null) {
            confounders = direction.newConfounders();
        }
        return confounders;
    }

    /** Gives all that messages of an rc4-hmac context need. */
    Rc4MessageKeys rc4() {
        if (rc4 == null) {
            rc4 = direction.newRc4Keys();
        }
        return rc4;
    }

    /** Replaces the keys by zeros. What is needed afterwards is made anew. */
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
        if (confounders != null) {
            confounders.close();
            confounders = null;
        }
        if (rc4 != null) {
            rc4.close();
            rc4 = null;
        }
    }
}
