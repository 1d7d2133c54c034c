package dev.gssbaton.krb5.crypto;

import dev.gssbaton.spi.SecretBytes;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;

/**
 * A protocol key: an encryption type and the octets that belong to it.
 *
 * <p>Its methods are for what is protected once, as tickets and authenticators are: each derives its keys anew. Messages go
 * through {@link MessageCipher} and {@link MessageChecksum}. Safe for use by several threads. After {@link #close} every
 * method that needs the octets throws {@link IllegalStateException}.
 */
public final class EncryptionKey implements AutoCloseable {
    private static final int PRF_PLUS_ROUNDS = 255;

    private final EncryptionType type;
    private final SecretBytes key;

    /**
     * Makes a key of octets.
     *
     * @param type the encryption type
     * @param key the octets, which this key owns from now on and closes; they stay the caller's if this throws
     * @throws IllegalArgumentException if the type's keys have another length
     */
    public EncryptionKey(EncryptionType type, SecretBytes key) {
        if (key.length() != type.keySize()) {
            throw new IllegalArgumentException(
                    "a key of " + type.rfcName() + " has " + type.keySize() + " octets, not " + key.length());
        }
        this.type = type;
        this.key = key;
    }

    /**
     * Makes a random key.
     *
     * @param type the encryption type
     * @param random where the octets come from
     * @return a key that the caller closes
     */
    public static EncryptionKey generate(EncryptionType type, SecureRandom random) {
        byte[] octets = new byte[type.keySize()];
        random.nextBytes(octets);
        return new EncryptionKey(type, SecretBytes.take(octets));
    }

    /**
     * Gives the encryption type.
     *
     * @return the type
     */
    public EncryptionType type() {
        return type;
    }

    /**
     * Gives the octets.
     *
     * @return the holder, which stays this key's own
     */
    public SecretBytes secret() {
        return key;
    }

    /**
     * Copies this key, for an owner with a life of its own.
     *
     * @return a key that the caller closes
     */
    public EncryptionKey copy() {
        return new EncryptionKey(type, key.copy());
    }

    /**
     * Encrypts a plaintext.
     *
     * @param usage the key usage
     * @param plain the plaintext, not changed
     * @param random where the confounder comes from
     * @return confounder, plaintext and checksum, encrypted; the caller's
     */
    public byte[] encrypt(int usage, byte[] plain, SecureRandom random) {
        return type.profile().encrypt(this, usage, plain, random);
    }

    /**
     * Decrypts a ciphertext and verifies it.
     *
     * @param usage the key usage
     * @param cipher the array that holds the ciphertext, not changed
     * @param offset index of its first octet
     * @param length number of its octets
     * @return the plaintext without the confounder, the caller's
     * @throws IntegrityException if it was not made with this key and usage, was changed, or has no length a ciphertext has
     */
    public byte[] decrypt(int usage, byte[] cipher, int offset, int length) throws IntegrityException {
        Objects.checkFromIndexSize(offset, length, cipher.length);
        if (length < type.overhead()) {
            throw new IntegrityException();
        }
        return type.profile().decrypt(this, usage, cipher, offset, length);
    }

    /**
     * Computes the mandatory checksum.
     *
     * @param usage the key usage
     * @param data the array that holds the data, not changed
     * @param offset index of the first octet
     * @param length number of octets
     * @return the checksum, the caller's
     */
    public byte[] checksum(int usage, byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        return type.profile().checksum(this, usage, data, offset, length);
    }

    /**
     * Verifies the mandatory checksum in constant time.
     *
     * @param usage the key usage
     * @param data the array that holds the data, not changed
     * @param offset index of the first octet
     * @param length number of octets
     * @param checksum the checksum, of any length
     * @return true if it is the one of these data
     */
    public boolean verify(int usage, byte[] data, int offset, int length, byte[] checksum) {
        return MessageDigest.isEqual(checksum(usage, data, offset, length), checksum);
    }

    /**
     * Computes the pseudo-random function of the encryption type
     * (<a href="https://www.rfc-editor.org/rfc/rfc3961#section-3">RFC 3961 section 3</a>).
     *
     * @param input any octets
     * @return the output, of the type's own length; the caller's
     */
    public byte[] prf(byte[] input) {
        return key.lend(octets -> type.profile().prf(octets, input));
    }

    /**
     * Computes PRF+ (<a href="https://www.rfc-editor.org/rfc/rfc6113#section-5.1">RFC 6113 section 5.1</a>):
     * {@code prf(1 | input) | prf(2 | input) | …}, truncated.
     *
     * @param input any octets
     * @param length number of octets wanted
     * @return the output; the caller's
     * @throws IllegalArgumentException if that would take more than 255 rounds
     */
    public byte[] prfPlus(byte[] input, int length) {
        byte[] output = new byte[length];
        byte[] counted = new byte[1 + input.length];
        System.arraycopy(input, 0, counted, 1, input.length);
        for (int done = 0, round = 1; done < length; round++) {
            if (round > PRF_PLUS_ROUNDS) {
                throw new IllegalArgumentException("PRF+ of " + type.rfcName() + " cannot give " + length + " octets");
            }
            counted[0] = (byte) round;
            byte[] part = prf(counted);
            int taken = Math.min(part.length, length - done);
            System.arraycopy(part, 0, output, done, taken);
            Arrays.fill(part, (byte) 0);
            done += taken;
        }
        return output;
    }

    /** Erases the octets. Closing twice is harmless. */
    @Override
    public void close() {
        key.close();
    }

    /**
     * Names the type, never an octet.
     *
     * @return a text without the key
     */
    @Override
    public String toString() {
        return "EncryptionKey[" + type.rfcName() + "]";
    }

    /** Derives a key for a function that takes it as an array and copies it, and erases the array. */
    <R> R withDerived(int usage, DerivedKeyPurpose purpose, SecretBytes.Reader<R, RuntimeException> reader) {
        byte[] derived = key.lend(octets -> DerivedKeyProfile.of(type).derive(octets, usage, purpose));
        try {
            return reader.read(derived);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }
}
