package dev.gssbaton.krb5.token;

/**
 * The key usages of one sender (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-2">RFC 4121 section 2</a>): seal for
 * wrap tokens, with or without confidentiality, and sign for MIC tokens.
 */
enum KeyUsage {
    /** KG-USAGE-ACCEPTOR-SEAL and KG-USAGE-ACCEPTOR-SIGN. */
    ACCEPTOR(22, 23),
    /** KG-USAGE-INITIATOR-SEAL and KG-USAGE-INITIATOR-SIGN. */
    INITIATOR(24, 25);

    private final int seal;
    private final int sign;

    KeyUsage(int seal, int sign) {
        this.seal = seal;
        this.sign = sign;
    }

    int seal() {
        return seal;
    }

    int sign() {
        return sign;
    }
}
