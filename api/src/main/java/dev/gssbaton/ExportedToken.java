package dev.gssbaton;

import dev.gssbaton.spi.ClaimId;
import java.time.Instant;
import java.util.Arrays;

/**
 * An interprocess token that wipes itself when it is closed, as
 * <a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.4.11">GSS_Release_buffer</a> does.
 *
 * <p>It belongs to the caller, and Baton keeps no copy. Not safe for use by several threads.
 */
public final class ExportedToken implements AutoCloseable {
    private final byte[] octets;
    private final ClaimId id;
    private final Instant notAfter;
    private boolean closed;

    ExportedToken(byte[] octets, ClaimId id, Instant notAfter) {
        this.octets = octets;
        this.id = id;
        this.notAfter = notAfter;
    }

    /**
     * Lends the token's octets: the array itself, zeroed by {@link #close}.
     *
     * @return the octets to send
     * @throws IllegalStateException if the token is closed
     */
    public byte[] octets() {
        if (closed) {
            throw new IllegalStateException("the token has been wiped");
        }
        return octets;
    }

    /**
     * Gives the token's identity, which is no secret: its first eight digits stand in the logs of both processes.
     *
     * @return the identity
     */
    public ClaimId id() {
        return id;
    }

    /**
     * Says until when the token may be imported.
     *
     * @return the last instant
     */
    public Instant notAfter() {
        return notAfter;
    }

    /** Zeroes the octets. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(octets, (byte) 0);
    }

    /**
     * Names the token by the first digits of its identity.
     *
     * @return a text without the token
     */
    @Override
    public String toString() {
        return "ExportedToken[" + id + "]";
    }
}
