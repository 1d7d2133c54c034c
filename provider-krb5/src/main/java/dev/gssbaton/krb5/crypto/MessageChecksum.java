package dev.gssbaton.krb5.crypto;

/**
 * Computes mandatory checksums with one key and one usage, message after message: Kc is derived once.
 *
 * <p>For use by one thread at a time.
 */
public final class MessageChecksum implements AutoCloseable {
    private final int size;
    private final BoundMac mac;

    /**
     * Derives Kc.
     *
     * @param key the key, which stays the caller's and is not needed afterwards
     * @param usage the key usage
     */
    public MessageChecksum(EncryptionKey key, int usage) {
        EncryptionType type = key.type();
        size = type.checksumSize();
        mac = key.withDerived(usage, DerivedKeyPurpose.CHECKSUM, DerivedKeyProfile.of(type)::mac);
    }

    /**
     * Adds a segment of the data.
     *
     * @param data the array that holds it, not changed
     * @param offset index of its first octet
     * @param length number of its octets
     */
    public void update(byte[] data, int offset, int length) {
        mac.update(data, offset, length);
    }

    /**
     * Computes the checksum of what was added, and begins anew.
     *
     * @param out where the checksum goes
     * @param offset index of its first octet
     */
    public void finish(byte[] out, int offset) {
        mac.finish(out, offset, size);
    }

    /**
     * Compares the checksum of what was added, in constant time, and begins anew.
     *
     * @param checksum the array that holds the checksum to compare with
     * @param offset index of its first octet
     * @throws IntegrityException if it is another
     */
    public void verify(byte[] checksum, int offset) throws IntegrityException {
        if (!mac.matches(checksum, offset, size)) {
            throw new IntegrityException();
        }
    }

    /** Replaces the derived key by zeros. Closing twice is harmless. */
    @Override
    public void close() {
        mac.close();
    }
}
