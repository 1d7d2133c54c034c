package dev.gssbaton.seal;

import dev.gssbaton.spi.JceKey;
import dev.gssbaton.spi.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * XAES-256-GCM (<a href="https://c2sp.org/XAES-256-GCM">C2SP</a>) under one key and one first half of the nonce, N1.
 *
 * <p>The algorithm derives an AES-256-GCM key from the key and N1, and takes the second half, N2, for the nonce of that.
 * So the derivation is done once, and the ciphers that are bound to the derived key serve every token with the same N1.
 *
 * <p>Safe for use by several threads: each borrows a cipher of its own. Whoever is at work when this is closed comes to an
 * end.
 */
final class Xaes256Gcm implements AutoCloseable {
    static final int KEY_SIZE = 32;
    /** Length of N1. */
    static final int PREFIX_SIZE = 12;
    /** Length of N2. */
    static final int IV_SIZE = 12;

    static final int NONCE_SIZE = PREFIX_SIZE + IV_SIZE;
    static final int TAG_SIZE = 16;

    private static final int BLOCK_SIZE = 16;
    /** A power of two: some more places than threads that run at the same time. */
    private static final int PLACES =
            Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());

    private static final String GCM = "AES/GCM/NoPadding";
    /** The first that takes our keys. Looked for once, since a cipher that must look for one tells no error from another. */
    private static final Provider PROVIDER = provider();

    private final JceKey derivedKey;
    private final AtomicReferenceArray<Cipher> idle = new AtomicReferenceArray<>(PLACES);
    private volatile boolean closed;

    private Xaes256Gcm(JceKey derivedKey) {
        this.derivedKey = derivedKey;
    }

    /**
     * Derives the key for one N1. The comments are the steps of the specification.
     *
     * @param key 32 octets, which stay the caller's
     * @param nonce the nonce, or N1 alone
     * @return what the caller closes
     * @throws IllegalStateException if the key is closed
     */
    static Xaes256Gcm derive(SecretBytes key, byte[] nonce) {
        byte[] k1 = new byte[BLOCK_SIZE];
        byte[] m = new byte[2 * BLOCK_SIZE];
        byte[] kx = new byte[KEY_SIZE];
        try (JceKey aesKey = new JceKey("AES", key.copy());
                JceKey zero = JceKey.zero("AES")) {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, aesKey);
            // 1. L = AES-256(00 … 00)
            aes.doFinal(new byte[BLOCK_SIZE], 0, BLOCK_SIZE, k1);
            // 2. K1 = L << 1, and ^ 00 … 87 if the bit that falls out is set
            doubleInPlace(k1);
            // 3. and 4. M1 = 00 01 58 00 N1, M2 = 00 02 58 00 N1
            for (int i = 0; i < 2; i++) {
                int at = i * BLOCK_SIZE;
                m[at + 1] = (byte) (i + 1);
                m[at + 2] = 'X';
                System.arraycopy(nonce, 0, m, at + 4, PREFIX_SIZE);
                for (int j = 0; j < BLOCK_SIZE; j++) {
                    m[at + j] ^= k1[j];
                }
            }
            // 5. Kx = AES-256(M1 ^ K1), AES-256(M2 ^ K1)
            aes.doFinal(m, 0, m.length, kx);
            aes.init(Cipher.ENCRYPT_MODE, zero);
            return new Xaes256Gcm(new JceKey("AES", SecretBytes.take(kx)));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        } finally {
            Arrays.fill(k1, (byte) 0);
            Arrays.fill(m, (byte) 0);
            Arrays.fill(kx, (byte) 0);
        }
    }

    private static void doubleInPlace(byte[] block) {
        int fallenOut = (block[0] >> 7) & 1;
        for (int i = 0; i < BLOCK_SIZE - 1; i++) {
            block[i] = (byte) ((block[i] << 1) | ((block[i + 1] >> 7) & 1));
        }
        block[BLOCK_SIZE - 1] = (byte) ((block[BLOCK_SIZE - 1] << 1) ^ (fallenOut * 0x87));
    }

    /**
     * Seals in place: the octets before {@code from} are authenticated, those from there to {@code to} encrypted, and the
     * tag is put behind them.
     *
     * @param n2 the array that holds N2, which may be the same
     * @param n2At index of its first octet
     * @return false if this was closed meanwhile, and nothing has been written
     */
    boolean seal(byte[] n2, int n2At, byte[] array, int from, int to) {
        try {
            Cipher cipher = borrow();
            try {
                if (!isBound(cipher, Cipher.ENCRYPT_MODE, n2, n2At)) {
                    return false;
                }
                cipher.updateAAD(array, 0, from);
                cipher.doFinal(array, from, to - from, array, from);
                return true;
            } finally {
                giveBack(cipher);
            }
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /**
     * Opens what {@link #seal} made, up to the array's end, and leaves the array as it is.
     *
     * @param n2 the array that holds N2, which may be the same
     * @param n2At index of its first octet
     * @return the octets that were encrypted, which the caller erases; empty if this was closed meanwhile
     * @throws AEADBadTagException if it is not what was sealed
     */
    Optional<byte[]> open(byte[] n2, int n2At, byte[] array, int from) throws AEADBadTagException {
        byte[] opened = new byte[array.length - from - TAG_SIZE];
        boolean done = false;
        try {
            Cipher cipher = borrow();
            try {
                if (!isBound(cipher, Cipher.DECRYPT_MODE, n2, n2At)) {
                    return Optional.empty();
                }
                cipher.updateAAD(array, 0, from);
                cipher.doFinal(array, from, array.length - from, opened, 0);
                done = true;
                return Optional.of(opened);
            } finally {
                giveBack(cipher);
            }
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw missing(e);
        } finally {
            if (!done) {
                Arrays.fill(opened, (byte) 0);
            }
        }
    }

    /** Binds a cipher to the derived key, unless that has been erased. */
    private boolean isBound(Cipher cipher, int mode, byte[] n2, int n2At) throws GeneralSecurityException {
        try {
            cipher.init(mode, derivedKey, new GCMParameterSpec(8 * TAG_SIZE, n2, n2At, IV_SIZE));
            return true;
        } catch (IllegalStateException e) {
            if (closed) {
                return false;
            }
            throw e;
        }
    }

    private static Provider provider() {
        try {
            Cipher cipher = Cipher.getInstance(GCM);
            forget(cipher);
            return cipher.getProvider();
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** Takes the cipher from the thread's own place, or makes one if another thread has it. */
    private Cipher borrow() throws GeneralSecurityException {
        Cipher cipher = idle.getAndSet(place(), null);
        return cipher != null ? cipher : Cipher.getInstance(GCM, PROVIDER);
    }

    private void giveBack(Cipher cipher) {
        int place = place();
        if (!idle.compareAndSet(place, null, cipher)) {
            forget(cipher);
        } else if (closed && idle.compareAndSet(place, cipher, null)) {
            // Given back behind the back of the one who closed.
            forget(cipher);
        }
    }

    private int place() {
        return (int) Thread.currentThread().getId() & (idle.length() - 1);
    }

    /** Makes a cipher drop its key, as well as the provider does. */
    private static void forget(Cipher cipher) {
        try (JceKey zero = JceKey.zero("AES")) {
            cipher.init(Cipher.ENCRYPT_MODE, zero, new GCMParameterSpec(8 * TAG_SIZE, new byte[IV_SIZE]));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("AES-256 and its GCM are part of every JDK", e);
    }

    /** Erases the derived key; who is at work comes to an end. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        derivedKey.close();
        for (int place = 0; place < idle.length(); place++) {
            Cipher cipher = idle.getAndSet(place, null);
            if (cipher != null) {
                forget(cipher);
            }
        }
    }
}
