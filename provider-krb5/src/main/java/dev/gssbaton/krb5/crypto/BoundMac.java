package dev.gssbaton.krb5.crypto;

/** A message authentication code with one key. For use by one thread at a time. */
interface BoundMac extends AutoCloseable {
    /** Adds a segment of the data. */
    void update(byte[] octets, int offset, int length);

    /** Gives the whole MAC of what was updated and begins anew. */
    byte[] finish();

    /** Writes the first octets of the MAC of what was updated and begins anew. */
    void finish(byte[] out, int offset, int size);

    /** Compares the first octets of the MAC of what was updated, in constant time, and begins anew. */
    boolean matches(byte[] checksum, int offset, int size);

    /** Replaces the key by zeros. Closing twice is harmless. */
    @Override
    void close();
}
