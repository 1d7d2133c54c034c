package dev.gssbaton.krb5.message;

/**
 * What a context token holds (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1">RFC 4121 section 4.1</a>): its
 * first two octets, {@code TOK_ID}.
 */
public enum TokenId {
    /** The initiator's AP-REQ. */
    AP_REQ(0x0100),
    /** The acceptor's AP-REP. */
    AP_REP(0x0200),
    /** Either side's KRB-ERROR. */
    KRB_ERROR(0x0300);

    private final int number;

    TokenId(int number) {
        this.number = number;
    }

    /**
     * Gives the number.
     *
     * @return two octets, big-endian
     */
    public int number() {
        return number;
    }
}
