package dev.gssbaton.spi;

import java.util.Optional;
import org.ietf.jgss.GSSException;

/**
 * Every reason for which Baton refuses to export, to import, or to use a context that is gone.
 *
 * <p>A fault's number is the minor status and its text the beginning of the minor string of the {@link GSSException}
 * that reports it; its major status is the one that
 * <a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.2.8">RFC 2743 sections 2.2.8 and 2.2.9</a> name. Numbers are
 * never given to another fault.
 */
public enum TransferFault {
    /** The context was never started. */
    NOT_STARTED(1, GSSException.NO_CONTEXT, "the context has not been started"),
    /** The context is between its first and its last token. */
    NOT_ESTABLISHED(2, GSSException.NO_CONTEXT, "the context is not fully established"),
    /** The context was exported: another process may have it now. */
    EXPORTED(3, GSSException.NO_CONTEXT, "the context has been exported"),
    /** The context was disposed of, or died in a failure. */
    DISPOSED(4, GSSException.NO_CONTEXT, "the context has been disposed of"),
    /** The context's lifetime is over. */
    CONTEXT_EXPIRED(5, GSSException.CONTEXT_EXPIRED, "the context has expired"),
    /** No exporter for the context's mechanism and the format asked for. */
    NO_EXPORTER(6, GSSException.UNAVAILABLE, "no exporter for this mechanism and format"),
    /** The state could not be written or sealed; the context is as it was. */
    EXPORT_FAILED(7, GSSException.FAILURE, "the context could not be exported and stays usable"),
    /** The context has been offered to another process, and it is not settled yet who has it. */
    FROZEN(8, GSSException.UNAVAILABLE, "the context is frozen, since it has been offered to another process"),

    /** No token, or an empty one. */
    TOKEN_EMPTY(20, GSSException.DEFECTIVE_TOKEN, "there is no token"),
    /** Fewer octets than a header has. */
    TOKEN_TOO_SHORT(21, GSSException.DEFECTIVE_TOKEN, "the token is shorter than its header"),
    /** More octets than any token has. */
    TOKEN_TOO_LONG(22, GSSException.DEFECTIVE_TOKEN, "the token is longer than any token"),
    /** The first octets are of no known format. */
    MAGIC_UNKNOWN(23, GSSException.DEFECTIVE_TOKEN, "not an interprocess token of Baton"),
    /** A format that this manager was not built to import. */
    FORMAT_NOT_ALLOWED(24, GSSException.UNAUTHORIZED, "tokens of this format are not allowed here"),
    /** A version of the token format that is not known here. */
    VERSION_UNKNOWN(25, GSSException.UNAVAILABLE, "unknown version of the token format"),
    /** A kind of sealing that is not known here. */
    SEALING_UNKNOWN(26, GSSException.UNAVAILABLE, "unknown kind of sealing"),
    /** The key that the token names is not held here, or is held for another purpose. */
    KEY_NOT_HELD(27, GSSException.UNAUTHORIZED, "this process does not hold the key that the token was sealed with"),
    /** The token belongs to another claim store. */
    STORE_FOREIGN(28, GSSException.UNAUTHORIZED, "the token belongs to another claim store"),
    /** The seal does not open: one text, whatever was changed. */
    SEAL_BROKEN(29, GSSException.DEFECTIVE_TOKEN, "the seal does not open"),
    /** Past the token's not-after. */
    TOKEN_EXPIRED(30, GSSException.NO_CONTEXT, "the token has expired"),
    /** No mechanism or no exporter for what is inside the seal. */
    MECHANISM_MISSING(31, GSSException.UNAVAILABLE, "no mechanism or format on the path for this token"),
    /** The state inside an intact seal cannot be read. */
    STATE_MALFORMED(32, GSSException.DEFECTIVE_TOKEN, "malformed context state"),
    /** The context inside the token has expired. */
    IMPORTED_CONTEXT_EXPIRED(33, GSSException.NO_CONTEXT, "the context in the token has expired"),
    /** Somebody has taken the token before. */
    ALREADY_TAKEN(34, GSSException.NO_CONTEXT, "the token has been taken before"),
    /** It could not be settled who has the token; the same manager may try again. */
    CLAIM_UNKNOWN(35, GSSException.FAILURE, "it could not be settled who has the token; try again"),
    /** Not the context that the importer said it expects. */
    UNEXPECTED_CONTEXT(36, GSSException.UNAUTHORIZED, "not the context that was expected"),
    /** Anything else that went wrong before the claim. */
    IMPORT_FAILED(37, GSSException.FAILURE, "the token could not be imported and is not spent"),

    /** The source of sealing keys cannot be used. */
    KEYS_UNUSABLE(50, GSSException.FAILURE, "the sealing keys cannot be used"),
    /** The claim store cannot be used; nothing was claimed. */
    CLAIMS_UNUSABLE(51, GSSException.FAILURE, "the claim store cannot be used"),
    /** The other end of a hand-over sent a key, or an encapsulation of keys, that is none for this session. */
    PEER_KEY_REFUSED(52, GSSException.UNAUTHORIZED, "the other end's key for this session is refused");

    /**
     * The minor status of a refusal that is no fault of a transfer. It is not 0, since {@link GSSException} shows its minor
     * string only beside another number.
     */
    public static final int UNNAMED = -1;

    /** The ASCII octets {@code BT}, so that a number of ours is not taken for a mechanism's. */
    private static final int BASE = 0x4254_0000;

    private final int number;
    private final int majorCode;
    private final String text;

    TransferFault(int number, int majorCode, String text) {
        this.number = BASE | number;
        this.majorCode = majorCode;
        this.text = text;
    }

    /**
     * Gives the minor status.
     *
     * @return a number that no other fault has
     */
    public int minorCode() {
        return number;
    }

    /**
     * Gives the major status.
     *
     * @return a major code of {@link GSSException}
     */
    public int majorCode() {
        return majorCode;
    }

    /**
     * Gives the text that every message of this fault begins with.
     *
     * @return the text
     */
    public String text() {
        return text;
    }

    /**
     * Makes the exception for this fault.
     *
     * @return an exception for the caller to throw
     */
    public GSSException exception() {
        return new GSSException(majorCode, number, text);
    }

    /**
     * Makes the exception for this fault, with what is particular to this case.
     *
     * @param detail what was wrong, where, and what to do; never a key, a plaintext or a token
     * @return an exception for the caller to throw
     */
    public GSSException exception(String detail) {
        return new GSSException(majorCode, number, text + ": " + detail);
    }

    /**
     * Makes the exception for this fault, with what is particular to this case and what caused it.
     *
     * @param detail what was wrong, where, and what to do; never a key, a plaintext or a token
     * @param cause the cause, whose message carries no secret either
     * @return an exception for the caller to throw
     */
    public GSSException exception(String detail, Throwable cause) {
        GSSException exception = exception(detail);
        exception.initCause(cause);
        return exception;
    }

    /**
     * Makes the exception for a refusal that is no fault of a transfer: a name, a credential, a token of the exchange or a
     * message that is not as it should be. Its minor status is {@link #UNNAMED}, so that its text is shown.
     *
     * @param majorCode a major status of {@link GSSException}
     * @param text what was wrong, and what to do; never a key, a plaintext or a token
     * @return an exception for the caller to throw
     */
    public static GSSException refusal(int majorCode, String text) {
        return new GSSException(majorCode, UNNAMED, text);
    }

    /**
     * Finds the fault that an exception reports.
     *
     * @param exception any exception of JGSS
     * @return the fault, or empty if the exception is not one of Baton's
     */
    public static Optional<TransferFault> of(GSSException exception) {
        for (TransferFault fault : values()) {
            if (fault.number == exception.getMinor() && fault.majorCode == exception.getMajor()) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
