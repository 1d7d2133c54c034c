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

    /** The plaintext that goes by way of a copy, so that one call encrypts it and one authenticates it. */
    private static final int SHORT = 1200;
    /** What is encrypted and authenticated in one go, while it is in the processor's nearest cache; whole blocks. */
    private static final int CHUNK = 8192;
    /** The same where a copy is needed. */
    private static final int COPIED_CHUNK = 1024;

    private final int checksumSize;
    private final boolean authenticatesCiphertext;
    private final Cts cts;
    private final BoundMac mac;
    private final byte[] confounder = new byte[Cts.BLOCK];
    /** Holds a short plaintext, or a part of a long one: made as messages need it, zeros between them. */
    private byte[] plain = {};

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
     * <p>A message in the array that the ciphertext goes to stands where its own ciphertext goes, behind the confounder.
     *
     * @param message the array that holds the first part, not changed if it is another than {@code cipher}
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
        encrypt(message, messageOffset, messageLength, trailer, cipher, offset);
    }

    /**
     * Encrypts as {@link #encrypt(byte[], int, int, byte[], byte[], int, SecureRandom)} does.
     *
     * @param message the array that holds the first part, not changed if it is another than {@code cipher}
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
            RandomOctets random) {
        random.next(confounder);
        encrypt(message, messageOffset, messageLength, trailer, cipher, offset);
    }

    private void encrypt(
            byte[] message, int messageOffset, int messageLength, byte[] trailer, byte[] cipher, int offset) {
        int size = Cts.BLOCK + messageLength + trailer.length;
        int done = aheadOfTheEnd(size, messageLength);
        byte[] rest = room(size - done + Cts.BLOCK);
        if (authenticatesCiphertext) {
            mac.update(CIPHER_STATE, 0, Cts.BLOCK);
        }
        int direct = 0;
        int to = 0;
        if (done > 0) {
            direct = done - Cts.BLOCK;
            encryptBlocks(confounder, 0, Cts.BLOCK, cipher, offset);
            encryptAhead(message, messageOffset, direct, cipher, offset + Cts.BLOCK);
        } else {
            System.arraycopy(confounder, 0, rest, 0, Cts.BLOCK);
            to = Cts.BLOCK;
        }
        System.arraycopy(message, messageOffset + direct, rest, to, messageLength - direct);
        System.arraycopy(trailer, 0, rest, to + messageLength - direct, trailer.length);
        if (!authenticatesCiphertext) {
            mac.update(rest, 0, size - done);
        }
        cts.encryptRest(rest, size - done, cipher, offset + done);
        Arrays.fill(rest, 0, size - done, (byte) 0);
        if (authenticatesCiphertext) {
            mac.update(cipher, offset + done, size - done);
        }
        mac.finish(cipher, offset + size, checksumSize);
    }

    private void encryptAhead(byte[] message, int messageOffset, int length, byte[] cipher, int offset) {
        if (message != cipher) {
            for (int done = 0; done < length; done += CHUNK) {
                int size = Math.min(CHUNK, length - done);
                encryptBlocks(message, messageOffset + done, size, cipher, offset + done);
            }
            return;
        }
        byte[] copy = room(COPIED_CHUNK);
        for (int done = 0; done < length; done += COPIED_CHUNK) {
            int size = Math.min(COPIED_CHUNK, length - done);
            System.arraycopy(message, messageOffset + done, copy, 0, size);
            encryptBlocks(copy, 0, size, cipher, offset + done);
        }
        Arrays.fill(copy, 0, COPIED_CHUNK, (byte) 0);
    }

    private void encryptBlocks(byte[] in, int inOffset, int length, byte[] cipher, int offset) {
        cts.encryptBlocks(in, inOffset, length, cipher, offset);
        if (authenticatesCiphertext) {
            mac.update(cipher, offset, length);
        } else {
            mac.update(in, inOffset, length);
        }
    }

    /**
     * Decrypts and verifies. The plaintext goes out in two parts, so that a message need not be copied away from what
     * follows it.
     *
     * <p>A message may go to the array that holds the ciphertext, if it begins no later there than its own ciphertext does,
     * behind the confounder. The ciphertext is lost then, also if this throws.
     *
     * @param cipher the array that holds the ciphertext, not changed if it is another than {@code message}
     * @param offset index of its first octet
     * @param length number of its octets
     * @param message where the first part of the plaintext goes
     * @param messageOffset index of its first octet
     * @param messageLength number of its octets, at most the plaintext's
     * @param trailer where the rest of the plaintext goes, from index 0; at least so large
     * @throws IntegrityException if it was not made with this key and usage, was changed, or has no length a ciphertext
     *     has. No octet of the plaintext is in either part then
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
        int done = aheadOfTheEnd(size, messageLength);
        int direct = 0;
        int from = Cts.BLOCK;
        byte[] rest = room(size - done + Cts.BLOCK);
        cts.beginDecryption(cipher, offset, size);
        if (done > 0) {
            direct = done - Cts.BLOCK;
            from = 0;
            decryptBlocks(cipher, offset, Cts.BLOCK, confounder, 0);
            decryptAhead(cipher, offset + Cts.BLOCK, direct, message, messageOffset);
        }
        cts.decryptRest(cipher, offset + done, wholeBlocks(size) - done, rest);
        boolean verified = true;
        if (!authenticatesCiphertext) {
            mac.update(rest, 0, size - done);
            verified = mac.matches(cipher, offset + size, checksumSize);
        }
        if (verified) {
            System.arraycopy(rest, from, message, messageOffset + direct, messageLength - direct);
            System.arraycopy(rest, from + messageLength - direct, trailer, 0, trailerLength);
        } else {
            Arrays.fill(message, messageOffset, messageOffset + messageLength, (byte) 0);
        }
        Arrays.fill(rest, 0, size - done, (byte) 0);
        if (!verified) {
            throw new IntegrityException();
        }
    }

    private void decryptAhead(byte[] cipher, int offset, int length, byte[] message, int messageOffset) {
        if (message != cipher) {
            for (int done = 0; done < length; done += CHUNK) {
                int size = Math.min(CHUNK, length - done);
                decryptBlocks(cipher, offset + done, size, message, messageOffset + done);
            }
            return;
        }
        byte[] copy = room(COPIED_CHUNK);
        for (int done = 0; done < length; done += COPIED_CHUNK) {
            int size = Math.min(COPIED_CHUNK, length - done);
            System.arraycopy(cipher, offset + done, copy, 0, size);
            decryptBlocks(copy, 0, size, message, messageOffset + done);
        }
    }

    private void decryptBlocks(byte[] cipher, int offset, int length, byte[] out, int outOffset) {
        cts.decryptBlocks(cipher, offset, length, out, outOffset);
        if (!authenticatesCiphertext) {
            mac.update(out, outOffset, length);
        }
    }

    /**
     * Counts the octets that need not go by way of a copy: the confounder and the message's whole blocks, as far as they are
     * not in the last two blocks. 0 if the plaintext is short, or the confounder is in those.
     */
    private static int aheadOfTheEnd(int size, int messageLength) {
        if (size <= SHORT) {
            return 0;
        }
        int ofMessage = Cts.BLOCK + messageLength / Cts.BLOCK * Cts.BLOCK;
        return Math.max(0, Math.min(wholeBlocks(size), ofMessage));
    }

    /** Counts the octets ahead of the last two blocks. */
    private static int wholeBlocks(int size) {
        return Math.max(0, ((size - 1) / Cts.BLOCK - 1) * Cts.BLOCK);
    }

    /** Gives an array for the end of a plaintext: the one that is kept, unless a peer's filler is too long for it. */
    private byte[] room(int size) {
        if (size > SHORT + Cts.BLOCK) {
            return new byte[size];
        }
        if (size > plain.length) {
            plain = new byte[Math.min(SHORT + Cts.BLOCK, Math.max(size, 2 * plain.length))];
        }
        return plain;
    }

    /** Replaces the derived keys by zeros. Closing twice is harmless. */
    @Override
    public void close() {
        cts.close();
        mac.close();
        Arrays.fill(confounder, (byte) 0);
        Arrays.fill(plain, (byte) 0);
    }
}
