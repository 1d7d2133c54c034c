package dev.gssbaton.krb5.token;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * Unwraps anything. The first octet chooses: bits 0, 1 and 3 the encryption type, bit 2 the side that receives. The rest is the
 * token, under a key that is known here.
 */
public final class WrapTokenFuzzTarget {
    private WrapTokenFuzzTarget() {}

    /** Called by a fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        accepts(input);
    }

    /** Tells whether the token was accepted, and throws if anything else than a proper refusal came of it. */
    static boolean accepts(byte[] input) {
        if (input.length == 0) {
            return false;
        }
        try (EncryptionKey key = key(input[0]);
                MessageProtection receiver = receiver(input[0], key);
                MessageProtection second = receiver(input[0], key)) {
            MessageProp prop = new MessageProp(false);
            byte[] message;
            try {
                message = receiver.unwrap(input, 1, input.length - 1, prop);
            } catch (GSSException e) {
                checkRefusal(e, key, receiver);
                return false;
            }
            if (message.length
                    > input.length - 1 - WrapToken.HEADER_SIZE - key.type().checksumSize()) {
                throw new AssertionError("a message larger than its token can hold");
            }
            ByteBuffer out = ByteBuffer.allocate(input.length);
            second.unwrap(ByteBuffer.wrap(input, 1, input.length - 1), out, new MessageProp(false));
            if (!Arrays.equals(message, Arrays.copyOf(out.array(), out.position()))) {
                throw new AssertionError("buffers give another message than arrays");
            }
            return true;
        } catch (GSSException e) {
            throw new AssertionError("buffers refuse what arrays take", e);
        }
    }

    static EncryptionKey key(byte choice) {
        EncryptionType[] types = EncryptionType.values();
        EncryptionType type = types[(((choice & 8) >> 1) | (choice & 3)) % types.length];
        byte[] octets = new byte[type.keySize()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) i;
        }
        return new EncryptionKey(type, SecretBytes.take(octets));
    }

    static MessageProtection receiver(byte choice, EncryptionKey key) {
        return new MessageProtection((choice & 4) != 0, key, true, 0, Peers.window(0), Peers.RANDOM);
    }

    static void checkRefusal(GSSException e, EncryptionKey key, MessageProtection receiver) {
        // A token of rc4-hmac may end its context.
        boolean ended = key.type() == EncryptionType.RC4_HMAC && e.getMajor() == GSSException.NO_CONTEXT;
        if (!ended && e.getMajor() != GSSException.DEFECTIVE_TOKEN && e.getMajor() != GSSException.BAD_MIC) {
            throw new AssertionError("refused with another status", e);
        }
        if (receiver.window().next() != 0) {
            throw new AssertionError("a refused token moved the window", e);
        }
    }
}
