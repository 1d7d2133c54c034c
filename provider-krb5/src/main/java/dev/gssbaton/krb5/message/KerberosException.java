package dev.gssbaton.krb5.message;

import org.ietf.jgss.GSSException;

/** A failure that has a Kerberos error code, so that the peer can be told with a {@link KrbError}. */
public class KerberosException extends GSSException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode errorCode;

    /**
     * Makes a failure with the major status of its code.
     *
     * @param errorCode what the peer may be told; its number is the minor status
     * @param message what was wrong, where, and what to do; never a key or an octet of a token
     */
    public KerberosException(ErrorCode errorCode, String message) {
        this(errorCode, errorCode.majorCode(), message);
    }

    /**
     * Makes a failure with a major status of its own.
     *
     * @param errorCode what the peer may be told; its number is the minor status
     * @param majorCode a major code of {@link GSSException}
     * @param message what was wrong, where, and what to do; never a key or an octet of a token
     */
    public KerberosException(ErrorCode errorCode, int majorCode, String message) {
        super(majorCode, errorCode.number(), message);
        this.errorCode = errorCode;
    }

    /**
     * Gives the code for the peer.
     *
     * @return the code
     */
    public final ErrorCode errorCode() {
        return errorCode;
    }
}
