package dev.gssbaton.seal;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.StateReader;
import java.time.Instant;
import java.util.Arrays;

/**
 * A token whose seal has been opened: its authentic header, and the state in clear until it is closed.
 *
 * <p>For use by one thread.
 */
public final class OpenedToken implements AutoCloseable {
    private final TokenHeader header;
    private final ClaimId id;
    private final byte[] state;
    private final Instant openedAt;

    OpenedToken(TokenHeader header, byte[] state, Instant openedAt) {
        this.header = header;
        this.id = header.id();
        this.state = state;
        this.openedAt = openedAt;
    }

    /**
     * Gives the header.
     *
     * @return the header, authenticated
     */
    public TokenHeader header() {
        return header;
    }

    /**
     * Gives the identity by which the token is claimed.
     *
     * @return the same as the header's
     */
    public ClaimId id() {
        return id;
    }

    /**
     * Says when it was opened: the time by which the token has not expired.
     *
     * @return an instant of the sealer's clock
     */
    public Instant openedAt() {
        return openedAt;
    }

    /**
     * Reads the state from its beginning.
     *
     * @return a new reader, valid until this is closed
     */
    public StateReader state() {
        return new StateReader(state, 0, state.length);
    }

    /** Erases the state. Closing twice is harmless. */
    @Override
    public void close() {
        Arrays.fill(state, (byte) 0);
    }

    /**
     * Names the identity alone.
     *
     * @return a text without the state
     */
    @Override
    public String toString() {
        return "OpenedToken[" + id + "]";
    }
}
