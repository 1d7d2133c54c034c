package dev.gssbaton.krb5.crypto;

import java.util.Arrays;
import org.bouncycastle.crypto.engines.RC4Engine;
import org.bouncycastle.crypto.params.KeyParameter;

/** Bouncy Castle's RC4, with one key after another. For use by one thread at a time. */
final class Rc4 implements AutoCloseable {
    private final RC4Engine engine = new RC4Engine();

    /** Begins the keystream of a key, which stays the caller's and is not kept. */
    void start(byte[] key) {
        KeyParameter parameter = new KeyParameter(key);
        try {
            engine.init(true, parameter);
        } finally {
            Arrays.fill(parameter.getKey(), (byte) 0);
        }
    }

    /** Encrypts or decrypts with the next octets of the keystream. The output may be where the input is. */
    void process(byte[] in, int offset, int length, byte[] out, int outOffset) {
        engine.processBytes(in, offset, length, out, outOffset);
    }

    /** Begins the keystream of zeros. Closing twice is harmless. */
    @Override
    public void close() {
        start(new byte[Rfc4757Profile.KEY_SIZE]);
    }
}
