package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.MessageChecksum;
import dev.gssbaton.krb5.crypto.MessageCipher;
import dev.gssbaton.krb5.crypto.RandomOctets;
import dev.gssbaton.krb5.crypto.Rc4MessageKeys;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One direction of a context: its key, and what is made of it while there are messages. One thread at a time sends or
 * receives; {@link IdleKeys} looks in from another one.
 *
 * <p>Who protects a message takes the derived keys away and puts them back afterwards, so that nobody erases them meanwhile.
 * Where that fails in the middle, as for want of memory, they are closed first: the next message must not go on with the
 * octets of this one.
 */
final class Direction implements AutoCloseable {
    private final EncryptionKey key;
    private final KeyUsage sender;
    private final CipherFactory cipherFactory;
    private final SecureRandom random;
    private final IdleKeys idle;
    /** Null while they are in use, and where there are none. */
    private final AtomicReference<DerivedKeys> derived = new AtomicReference<>();

    private volatile boolean closed;

    private Direction(
            EncryptionKey key, KeyUsage sender, CipherFactory cipherFactory, SecureRandom random, IdleKeys idle) {
        this.key = key;
        this.sender = sender;
        this.cipherFactory = cipherFactory;
        this.random = random;
        this.idle = idle;
    }

    static Direction ofSender(EncryptionKey key, KeyUsage sender, SecureRandom random, IdleKeys idle) {
        return new Direction(key, sender, MessageCipher::forEncryption, random, idle);
    }

    static Direction ofReceiver(EncryptionKey key, KeyUsage sender, SecureRandom random, IdleKeys idle) {
        return new Direction(key, sender, MessageCipher::forDecryption, random, idle);
    }

    EncryptionType type() {
        return key.type();
    }

    /** Gives the derived keys to whoever protects a message, and then puts them {@link #back}. */
    DerivedKeys take() {
        DerivedKeys kept = derived.getAndSet(null);
        if (kept != null) {
            return kept;
        }
        idle.watch(this);
        return new DerivedKeys(this);
    }

    void back(DerivedKeys taken) {
        taken.use();
        derived.setRelease(taken);
    }

    /**
     * Erases the derived keys if no message has needed them since this was asked last.
     *
     * @return false if there are none any more
     */
    boolean keepsOnlyUsedKeys() {
        DerivedKeys kept = derived.getAcquire();
        if (kept == null || kept.usedSinceLastTime()) {
            return !closed;
        }
        if (derived.compareAndSet(kept, null)) {
            kept.close();
            return false;
        }
        return true;
    }

    MessageCipher newCipher() {
        return cipherFactory.make(key, sender.seal());
    }

    MessageChecksum newWrapChecksum() {
        return new MessageChecksum(key, sender.seal());
    }

    MessageChecksum newMicChecksum() {
        return new MessageChecksum(key, sender.sign());
    }

    RandomOctets newConfounders() {
        return new RandomOctets(random);
    }

    Rc4MessageKeys newRc4Keys() {
        return new Rc4MessageKeys(key);
    }

    @Override
    public void close() {
        closed = true;
        DerivedKeys kept = derived.getAndSet(null);
        if (kept != null) {
            kept.close();
        }
    }

    @FunctionalInterface
    private interface CipherFactory {
        MessageCipher make(EncryptionKey key, int usage);
    }
}
