package dev.gssbaton.krb5.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What protects the messages of an rc4-hmac context
 * (<a href="https://www.rfc-editor.org/rfc/rfc4757#section-7.3">RFC 4757 section 7.3</a>), message after message: the keys
 * that all messages have in common are derived once.
 *
 * <pre>{@code
 * checksum         HMAC(Ksign, MD5(T | data)), its first 8 octets; Ksign = HMAC(K, "signaturekey" | 0)
 * sequence number  RC4 with HMAC(HMAC(K, 0), checksum)
 * message          RC4 with HMAC(HMAC(K xor F0F0…, 0), number), the number with four octets, the highest first
 * }</pre>
 *
 * <p>So two messages under one number have one keystream, whoever sends them. For use by one thread at a time.
 */
public final class Rc4MessageKeys implements AutoCloseable {
    /** The size of a checksum in octets. */
    public static final int CHECKSUM_SIZE = 8;

    /** The size of an encrypted sequence number in octets. */
    public static final int SEQUENCE_SIZE = 8;

    private static final int LOCAL_MASK = 0xF0;
    private static final byte[] ZERO = new byte[4];

    private final Hmac ksign;
    private final Hmac sequence;
    private final Hmac local;
    private final MessageDigest md5 = Md5.make();
    private final Rc4 rc4 = new Rc4();

    /**
     * Derives the keys.
     *
     * @param key a key of rc4-hmac, which stays the caller's and is not needed afterwards
     */
    public Rc4MessageKeys(EncryptionKey key) {
        if (key.type() != EncryptionType.RC4_HMAC) {
            throw new IllegalArgumentException("a key of " + key.type().rfcName() + ", not of rc4-hmac");
        }
        ksign = key.secret().lend(Rfc4757Profile::ksign);
        sequence = key.secret().lend(octets -> Rfc4757Profile.keyed(octets, ZERO));
        local = key.secret().lend(octets -> {
            byte[] klocal = octets.clone();
            try {
                for (int i = 0; i < klocal.length; i++) {
                    klocal[i] ^= (byte) LOCAL_MASK;
                }
                return Rfc4757Profile.keyed(klocal, ZERO);
            } finally {
                Arrays.fill(klocal, (byte) 0);
            }
        });
    }

    /**
     * Begins a checksum.
     *
     * @param messageType T
     */
    public void startChecksum(int messageType) {
        md5.reset();
        md5.update(Rfc4757Profile.littleEndian(messageType));
    }

    /**
     * Adds a segment to what is checksummed.
     *
     * @param data the array that holds it, not changed
     * @param offset index of its first octet
     * @param length number of its octets
     */
    public void update(byte[] data, int offset, int length) {
        md5.update(data, offset, length);
    }

    /**
     * Writes the checksum of what was added.
     *
     * @param out where it goes
     * @param offset index of its first octet
     */
    public void finishChecksum(byte[] out, int offset) {
        byte[] digest = digest();
        ksign.update(digest, 0, digest.length);
        ksign.finish(out, offset, CHECKSUM_SIZE);
    }

    /**
     * Compares the checksum of what was added, in constant time.
     *
     * @param checksum the array that holds the checksum to compare with
     * @param offset index of its first octet
     * @throws IntegrityException if it is another
     */
    public void verifyChecksum(byte[] checksum, int offset) throws IntegrityException {
        byte[] digest = digest();
        ksign.update(digest, 0, digest.length);
        if (!ksign.matches(checksum, offset, CHECKSUM_SIZE)) {
            throw new IntegrityException();
        }
    }

    /** The platform's hash keeps the last octets of the message until it is used again, and zeroes them when it is reset. */
    private byte[] digest() {
        byte[] digest = md5.digest();
        md5.reset();
        return digest;
    }

    /**
     * Encrypts or decrypts a sequence number in its place.
     *
     * @param checksum the array that holds the message's checksum, not changed
     * @param checksumOffset index of its first octet
     * @param number the array that holds the number
     * @param offset index of the first of its {@link #SEQUENCE_SIZE} octets
     */
    public void cryptSequence(byte[] checksum, int checksumOffset, byte[] number, int offset) {
        sequence.update(checksum, checksumOffset, CHECKSUM_SIZE);
        start(sequence);
        rc4.process(number, offset, SEQUENCE_SIZE, number, offset);
    }

    /**
     * Begins to encrypt or decrypt a message.
     *
     * @param number its sequence number
     */
    public void startMessage(int number) {
        byte[] octets = {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
        local.update(octets, 0, octets.length);
        start(local);
    }

    private void start(Hmac hmac) {
        byte[] key = hmac.finish();
        rc4.start(key);
        Arrays.fill(key, (byte) 0);
    }

    /**
     * Encrypts or decrypts the next octets of a message.
     *
     * @param in the array that holds them
     * @param offset index of the first
     * @param length number of octets
     * @param out where they go, which may be where they are
     * @param outOffset index of the first there
     */
    public void crypt(byte[] in, int offset, int length, byte[] out, int outOffset) {
        rc4.process(in, offset, length, out, outOffset);
    }

    /** Replaces the derived keys by zeros. Closing twice is harmless. */
    @Override
    public void close() {
        ksign.close();
        sequence.close();
        local.close();
        md5.reset();
        rc4.close();
    }
}
