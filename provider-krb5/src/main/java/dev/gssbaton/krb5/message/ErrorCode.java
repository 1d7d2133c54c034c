package dev.gssbaton.krb5.message;

import org.ietf.jgss.GSSException;

/**
 * The error codes of <a href="https://www.rfc-editor.org/rfc/rfc4120#section-7.5.9">RFC 4120 section 7.5.9</a> that one
 * side of a context may give or get, each with the major status that it becomes.
 */
public enum ErrorCode {
    /** No support for the encryption type. */
    KDC_ERR_ETYPE_NOSUPP(14, GSSException.FAILURE),
    /** No support for the checksum type. */
    KDC_ERR_SUMTYPE_NOSUPP(15, GSSException.FAILURE),
    /** No support for the transited type. */
    KDC_ERR_TRTYPE_NOSUPP(17, GSSException.FAILURE),
    /** The integrity check on a decrypted field failed. */
    KRB_AP_ERR_BAD_INTEGRITY(31, GSSException.BAD_MIC),
    /** The ticket has expired. */
    KRB_AP_ERR_TKT_EXPIRED(32, GSSException.FAILURE),
    /** The ticket is not yet valid. */
    KRB_AP_ERR_TKT_NYV(33, GSSException.FAILURE),
    /** The request is a replay. */
    KRB_AP_ERR_REPEAT(34, GSSException.DUPLICATE_TOKEN),
    /** The ticket is not for this acceptor. */
    KRB_AP_ERR_NOT_US(35, GSSException.FAILURE),
    /** Ticket and authenticator do not match. */
    KRB_AP_ERR_BADMATCH(36, GSSException.FAILURE),
    /** The clocks differ too much. */
    KRB_AP_ERR_SKEW(37, GSSException.FAILURE),
    /** The ticket was not issued for this network address. */
    KRB_AP_ERR_BADADDR(38, GSSException.FAILURE),
    /** The protocol version number is not 5. */
    KRB_AP_ERR_BADVERSION(39, GSSException.DEFECTIVE_TOKEN),
    /** The message is of another type than is expected. */
    KRB_AP_ERR_MSG_TYPE(40, GSSException.DEFECTIVE_TOKEN),
    /** The message was changed. */
    KRB_AP_ERR_MODIFIED(41, GSSException.FAILURE),
    /** The version of the key that is named is not available. */
    KRB_AP_ERR_BADKEYVER(44, GSSException.FAILURE),
    /** The service's key is not available. */
    KRB_AP_ERR_NOKEY(45, GSSException.FAILURE),
    /** Mutual authentication failed. */
    KRB_AP_ERR_MUT_FAIL(46, GSSException.FAILURE),
    /** Another method of authentication is required. */
    KRB_AP_ERR_METHOD(48, GSSException.FAILURE),
    /** A checksum of an inappropriate type. */
    KRB_AP_ERR_INAPP_CKSUM(50, GSSException.FAILURE),
    /** Policy rejects the realms that the ticket passed through. */
    KRB_AP_PATH_NOT_ACCEPTED(51, GSSException.FAILURE),
    /** Anything else; the text says what. */
    KRB_ERR_GENERIC(60, GSSException.FAILURE),
    /** A field is too long for this implementation. */
    KRB_ERR_FIELD_TOOLONG(61, GSSException.DEFECTIVE_TOKEN),
    /** The ticket must be one for user-to-user authentication. */
    KRB_AP_ERR_USER_TO_USER_REQUIRED(69, GSSException.FAILURE);

    private final int number;
    private final int majorCode;

    ErrorCode(int number, int majorCode) {
        this.number = number;
        this.majorCode = majorCode;
    }

    /**
     * Gives the number that stands in a KRB-ERROR, which is the minor status too.
     *
     * @return the number of RFC 4120
     */
    public int number() {
        return number;
    }

    /**
     * Gives the major status of a failure with this code.
     *
     * @return a major code of {@link GSSException}
     */
    public int majorCode() {
        return majorCode;
    }

    /**
     * Names the error that a KRB-ERROR carries.
     *
     * @param number the number in the message
     * @return the name in RFC 4120 and the number, or the number alone if it is none of these
     */
    public static String describe(int number) {
        for (ErrorCode code : values()) {
            if (code.number == number) {
                return code + " (" + number + ")";
            }
        }
        return "error " + number;
    }
}
