package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import java.security.SecureRandom;
import java.util.Set;
import org.ietf.jgss.MessageProp;

/** Both sides of one context. */
final class Peers implements AutoCloseable {
    static final long INITIATOR_FIRST = 1000;
    static final long ACCEPTOR_FIRST = 1 << 29;
    static final SecureRandom RANDOM = new SecureRandom();

    final EncryptionKey key;
    final MessageProtection initiator;
    final MessageProtection acceptor;

    Peers(EncryptionType type) {
        this(EncryptionKey.generate(type, RANDOM));
    }

    Peers(EncryptionKey key) {
        this.key = key;
        initiator = new MessageProtection(true, key, true, INITIATOR_FIRST, window(ACCEPTOR_FIRST), RANDOM);
        acceptor = new MessageProtection(false, key, true, ACCEPTOR_FIRST, window(INITIATOR_FIRST), RANDOM);
    }

    static SequenceWindow window(long base) {
        return new SequenceWindow(Set.of(ContextFlag.REPLAY, ContextFlag.SEQUENCE), base);
    }

    static MessageProp sealed() {
        return new MessageProp(0, true);
    }

    static MessageProp signed() {
        return new MessageProp(0, false);
    }

    static byte[] message(int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (length + 7 * i);
        }
        return message;
    }

    @Override
    public void close() {
        initiator.close();
        acceptor.close();
        key.close();
    }
}
