package dev.gssbaton.krb5.crypto;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Encrypts, or decrypts, with one key and one usage, message after message: Ke and Ki are derived once, and the platform's
 * objects kept.
 *
 * <p>A ciphertext is E(Ke, confounder | plaintext) | checksum under Ki, which is over confounder and plaintext in RFC 3962,
 * and over the cipher state and what E gave in RFC 8009. For use by one thread at a time.
 */
public final class MessageCipher implements AutoCloseable {
    private static final byte[] CIPHER_STATE = new byte[Cts.BLOCK];

    private final int checksumSize;
    private final boolean authenticatesCiphertext;
    private final Cts cts;
    private final BoundMac mac;
    private final byte[] confounder = new byte[Cts.BLOCK];
    /** Holds the end of a plaintext: of the message, and what follows it. */
    private final byte[] end = new byte[3 * Cts.BLOCK];

    private MessageCipher(EncryptionKey key, int usage, Cts cts) {
        DerivedKeyProfile profile = DerivedKeyProfile.of(key.type());
        this.checksumSize = key.type().checksumSize();
        this.authenticatesCiphertext = profile.authenticatesCiphertext();
        this.cts = cts;
        this.mac = key.withDerived(usage, DerivedKeyPurpose.INTEGRITY, profile::mac);
    }

    /**
     * Derives the keys for a sender.
     *
     * @param key the key, which stays the caller's and is not needed afterwards
     * @param usage the key usage
     * @return a cipher that encrypts, and that the caller closes
     */
    public static MessageCipher forEncryption(EncryptionKey key, int usage) {
        return new MessageCipher(
                key,
                usage,
                key.withDerived(usage, DerivedKeyPurpose.ENCRYPTION, DerivedKeyProfile.of(key.type())::encryption));
    }

    /**
     * Derives the keys for a receiver.
     *
     * @param key the key, which stays the caller's and is not needed afterwards
     * @param usage the key usage
     * @return a cipher that decrypts, and that the caller closes
     */
    public static MessageCipher forDecryption(EncryptionKey key, int usage) {
        return new MessageCipher(
                key,
                usage,
                key.withDerived(usage, DerivedKeyPurpose.ENCRYPTION, DerivedKeyProfile.of(key.type())::decryption));
    }

    /**
     * Encrypts a plaintext of two parts, so that a message need not be copied to what follows it.
     *
     * @param message the array that holds the first part, not changed; another than {@code cipher}
     * @param messageOffset index of its first octet
     * @param messageLength number of its octets
     * @param trailer the second part, whole
     * @param cipher where the ciphertext goes
     * @param offset index of its first octet, which is the confounder's
     * @param random where the confounder comes from
     */
    public void encrypt(
            byte[] message,
            int messageOffset,
            int messageLength,
            byte[] trailer,
            byte[] cipher,
            int offset,
            SecureRandom random) {
        random.nextBytes(confounder);
        int size = Cts.BLOCK + messageLength + trailer.length;
        encryptParts(message, messageOffset, messageLength, trailer, cipher, offset, size);
        if (authenticatesCiphertext) {
            mac.update(CIPHER_STATE, 0, Cts.BLOCK);
            mac.update(cipher, offset, size);
        } else {
            mac.update(confounder, 0, Cts.BLOCK);
            mac.update(message, messageOffset, messageLength);
            mac.update(trailer, 0, trailer.length);
        }
        mac.finish(cipher, offset + size, checksumSize);
    }

    private void encryptParts(
            byte[] message, int messageOffset, int messageLength, byte[] trailer, byte[] cipher, int offset, int size) {
        int done = aheadOfTheEnd(size, messageLength);
        int direct = Math.max(0, done - Cts.BLOCK);
        byte[] rest = room(size - done);
        int to = 0;
        if (done > 0) {
            cts.encryptBlocks(confounder, 0, Cts.BLOCK, cipher, offset);
            cts.encryptBlocks(message, messageOffset, direct, cipher, offset + Cts.BLOCK);
        } else {
            System.arraycopy(confounder, 0, rest, 0, Cts.BLOCK);
            to = Cts.BLOCK;
        }
        System.arraycopy(message, messageOffset + direct, rest, to, messageLength - direct);
        System.arraycopy(trailer, 0, rest, to + messageLength - direct, trailer.length);
        cts.encryptRest(rest, size - done, cipher, offset + done);
        Arrays.fill(rest, (byte) 0);
    }

    /**
     * Decrypts and verifies. The plaintext goes out in two parts, so that a message need not be copied away from what
     * follows it.
     *
     * @param cipher the array that holds the ciphertext, not changed; another than {@code message}
     * @param offset index of its first octet
     * @param length number of its octets
     * @param message where the first part of the plaintext goes
     * @param messageOffset index of its first octet
     * @param messageLength number of its octets, at most the plaintext's
     * @param trailer where the rest of the plaintext goes, from index 0; at least so large
     * @throws IntegrityException if it was not made with this key and usage, was changed, or has no length a ciphertext
     *     has. Both parts are zeroed then
     */
    public void decrypt(
            byte[] cipher, int offset, int length, byte[] message, int messageOffset, int messageLength, byte[] trailer)
            throws IntegrityException {
        int size = length - checksumSize;
        int trailerLength = size - Cts.BLOCK - messageLength;
        if (trailerLength < 0) {
            throw new IntegrityException();
        }
        if (authenticatesCiphertext) {
            mac.update(CIPHER_STATE, 0, Cts.BLOCK);
            mac.update(cipher, offset, size);
            if (!mac.matches(cipher, offset + size, checksumSize)) {
                throw new IntegrityException();
            }
        }
        decryptParts(cipher, offset, size, message, messageOffset, messageLength, trailer, trailerLength);
        if (!authenticatesCiphertext) {
            mac.update(confounder, 0, Cts.BLOCK);
            mac.update(message, messageOffset, messageLength);
            mac.update(trailer, 0, trailerLength);
            if (!mac.matches(cipher, offset + size, checksumSize)) {
                Arrays.fill(message, messageOffset, messageOffset + messageLength, (byte) 0);
                Arrays.fill(trailer, 0, trailerLength, (byte) 0);
                throw new IntegrityException();
            }
        }
    }

    private void decryptParts(
            byte[] cipher,
            int offset,
            int size,
            byte[] message,
            int messageOffset,
            int messageLength,
            byte[] trailer,
            int trailerLength) {
        int done = aheadOfTheEnd(size, messageLength);
        int direct = Math.max(0, done - Cts.BLOCK);
        byte[] rest = room(size - done);
        int from = 0;
        if (done > 0) {
            cts.decryptBlocks(cipher, offset, Cts.BLOCK, confounder, 0);
            cts.decryptBlocks(cipher, offset + Cts.BLOCK, direct, message, messageOffset);
            cts.decryptRest(cipher, offset, done, size, rest);
        } else {
            cts.decryptRest(cipher, offset, 0, size, rest);
            System.arraycopy(rest, 0, confounder, 0, Cts.BLOCK);
            from = Cts.BLOCK;
        }
        System.arraycopy(rest, from, message, messageOffset + direct, messageLength - direct);
        System.arraycopy(rest, from + messageLength - direct, trailer, 0, trailerLength);
        Arrays.fill(rest, (byte) 0);
    }

    /**
     * Counts the octets that need not go by way of a copy: the confounder and the message's whole blocks, as far as they are
     * not in the last two blocks. 0 if the confounder is in those.
     */
    private static int aheadOfTheEnd(int size, int messageLength) {
        int beforeLastTwo = ((size - 1) / Cts.BLOCK - 1) * Cts.BLOCK;
        int wholeBlocks = Cts.BLOCK + messageLength / Cts.BLOCK * Cts.BLOCK;
        return Math.max(0, Math.min(beforeLastTwo, wholeBlocks));
    }

    /** Gives an array for the end of a plaintext: the one that is kept, unless a peer's filler is too long for it. */
    private byte[] room(int size) {
        return size <= end.length ? end : new byte[size];
    }

    /** Replaces the derived keys by zeros. Closing twice is harmless. */
    @Override
    public void close() {
        cts.close();
        mac.close();
        Arrays.fill(confounder, (byte) 0);
    }
}
