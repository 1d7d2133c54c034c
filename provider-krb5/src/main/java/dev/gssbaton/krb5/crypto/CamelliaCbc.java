package dev.gssbaton.krb5.crypto;

import java.util.Arrays;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.engines.CamelliaEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;

/** Bouncy Castle's Camellia in CBC mode, since the platform has none. */
final class CamelliaCbc implements Cbc {
    private final CBCModeCipher cbc = CBCBlockCipher.newInstance(new CamelliaEngine());
    private final Direction direction;
    private final int keySize;

    private enum Direction {
        ENCRYPTION,
        DECRYPTION
    }

    private CamelliaCbc(Direction direction, byte[] key) {
        this.direction = direction;
        this.keySize = key.length;
        init(key);
    }

    /** Copies the key, which stays the caller's. */
    static CamelliaCbc forEncryption(byte[] key) {
        return new CamelliaCbc(Direction.ENCRYPTION, key);
    }

    /** Copies the key, which stays the caller's. */
    static CamelliaCbc forDecryption(byte[] key) {
        return new CamelliaCbc(Direction.DECRYPTION, key);
    }

    /** Without an initial vector CBC mode takes zeros, and the engine keeps its own schedule of the key. */
    private void init(byte[] key) {
        withKey(key, parameters -> cbc.init(direction == Direction.ENCRYPTION, parameters));
    }

    @Override
    public void update(byte[] in, int offset, int length, byte[] out, int outOffset) {
        for (int done = 0; done < length; done += BLOCK) {
            cbc.processBlock(in, offset + done, out, outOffset + done);
        }
    }

    @Override
    public void finish(byte[] in, int offset, int length, byte[] out, int outOffset) {
        update(in, offset, length, out, outOffset);
        cbc.reset();
    }

    @Override
    public void close() {
        init(new byte[keySize]);
    }

    /** Lends a key to an object of Bouncy Castle's for as long as its initialization takes, and erases the copy. */
    static void withKey(byte[] key, Initialization initialization) {
        KeyParameter parameter = new KeyParameter(key);
        try {
            initialization.init(parameter);
        } finally {
            Arrays.fill(parameter.getKey(), (byte) 0);
        }
    }

    /** What takes a key. */
    @FunctionalInterface
    interface Initialization {
        void init(CipherParameters parameters);
    }
}
