package dev.gssbaton.krb5.crypto;

/**
 * What a derived key is for (<a href="https://www.rfc-editor.org/rfc/rfc3961#section-5.3">RFC 3961 section 5.3</a>).
 */
enum DerivedKeyPurpose {
    /** Kc, for checksums of what is not encrypted. */
    CHECKSUM(0x99),
    /** Ke, for encryption. */
    ENCRYPTION(0xAA),
    /** Ki, for the integrity of what is encrypted. */
    INTEGRITY(0x55);

    private final byte octet;

    DerivedKeyPurpose(int octet) {
        this.octet = (byte) octet;
    }

    /** Gives the well-known constant: the usage as four octets, big-endian, and this purpose's octet. */
    byte[] constant(int usage) {
        return new byte[] {(byte) (usage >>> 24), (byte) (usage >>> 16), (byte) (usage >>> 8), (byte) usage, octet};
    }
}
