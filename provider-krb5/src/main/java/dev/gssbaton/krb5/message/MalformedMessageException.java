package dev.gssbaton.krb5.message;

import org.ietf.jgss.GSSException;

/**
 * Reports a message that is not what its decoder reads: {@code DEFECTIVE_TOKEN}. It names the field, never its octets.
 *
 * <p>Its code is {@link ErrorCode#KRB_AP_ERR_BADVERSION} for a wrong protocol version,
 * {@link ErrorCode#KRB_AP_ERR_MSG_TYPE} for another type of message, and {@link ErrorCode#KRB_ERR_GENERIC} for all else.
 */
public final class MalformedMessageException extends KerberosException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(ErrorCode errorCode, String message) {
        super(errorCode, GSSException.DEFECTIVE_TOKEN, message);
    }

    MalformedMessageException(String field, String what) {
        this(ErrorCode.KRB_ERR_GENERIC, "malformed Kerberos message: " + field + " " + what);
    }
}
