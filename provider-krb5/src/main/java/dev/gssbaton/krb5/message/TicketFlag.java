package dev.gssbaton.krb5.message;

/** A flag of a ticket (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.3">RFC 4120 section 5.3</a>). */
public enum TicketFlag implements KerberosFlags.Flag {
    /** A new ticket-granting ticket with another address may be made of it. */
    FORWARDABLE(1),
    /** It was forwarded, or made of one that was. */
    FORWARDED(2),
    /** A ticket with another address may be made of it. */
    PROXIABLE(3),
    /** It is a proxy. */
    PROXY(4),
    /** A postdated ticket may be made of it. */
    MAY_POSTDATE(5),
    /** It was postdated. */
    POSTDATED(6),
    /** It must be validated by the KDC before it is used. */
    INVALID(7),
    /** It can be renewed. */
    RENEWABLE(8),
    /** It was issued by the authentication service, not for a ticket-granting ticket. */
    INITIAL(9),
    /** The client was authenticated before it was issued. */
    PRE_AUTHENT(10),
    /** The client was authenticated by hardware that it alone has. */
    HW_AUTHENT(11),
    /** The KDC has checked the realms that it passed through. */
    TRANSITED_POLICY_CHECKED(12),
    /** The service is one to delegate to, by the realm's policy. */
    OK_AS_DELEGATE(13);

    private final int bitNumber;

    TicketFlag(int bitNumber) {
        this.bitNumber = bitNumber;
    }

    @Override
    public int bitNumber() {
        return bitNumber;
    }
}
