package dev.gssbaton.spi;

import org.ietf.jgss.GSSException;

/**
 * A failure to establish a context that comes with a token for the peer, which says why.
 *
 * <p><a href="https://www.rfc-editor.org/rfc/rfc8353#section-7.8.3">RFC 8353</a> gives this field to
 * {@code GSSException} itself; no JDK has it yet.
 */
public final class OutputTokenException extends GSSException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // a byte array is serializable
    private final byte[] outputToken;

    /**
     * Makes a failure.
     *
     * @param majorCode a major status of {@link GSSException}
     * @param minorCode the mechanism's minor status
     * @param minorString what was wrong, without a secret
     * @param outputToken the token to send to the peer, copied
     */
    public OutputTokenException(int majorCode, int minorCode, String minorString, byte[] outputToken) {
        super(majorCode, minorCode, minorString);
        this.outputToken = outputToken.clone();
    }

    /**
     * Gives the token that tells the peer what failed.
     *
     * @return a copy, the caller's
     */
    public byte[] getOutputToken() {
        return outputToken.clone();
    }
}
