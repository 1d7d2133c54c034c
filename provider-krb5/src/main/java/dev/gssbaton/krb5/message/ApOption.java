package dev.gssbaton.krb5.message;

/** An option of an AP-REQ (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.5.1">RFC 4120 section 5.5.1</a>). */
public enum ApOption implements KerberosFlags.Flag {
    /** The ticket is encrypted in the session key of the acceptor's ticket-granting ticket: user to user. */
    USE_SESSION_KEY(1),
    /** The acceptor is to answer with an AP-REP. */
    MUTUAL_REQUIRED(2);

    private final int bitNumber;

    ApOption(int bitNumber) {
        this.bitNumber = bitNumber;
    }

    @Override
    public int bitNumber() {
        return bitNumber;
    }
}
