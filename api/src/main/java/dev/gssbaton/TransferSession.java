package dev.gssbaton;

import dev.gssbaton.seal.TokenSealer;
import dev.gssbaton.spi.KeySource;
import java.util.Objects;
import org.ietf.jgss.GSSException;

/**
 * Hand-overs of one manager under keys of their own: what two processes have agreed on, for as long as they are connected. It
 * takes sealed tokens alone.
 *
 * <p>Safe for use by several threads.
 */
public final class TransferSession implements AutoCloseable {
    private final BatonManager manager;
    private final Transfer transfer;
    private final KeySource keys;

    TransferSession(BatonManager manager, Transfer transfer, KeySource keys) {
        this.manager = manager;
        this.transfer = transfer.withKeys(keys);
        this.keys = keys;
    }

    /**
     * Offers a context under the session's keys, as {@link BatonContext#offer} does under its manager's.
     *
     * @param context the context, of any manager with the same claims
     * @param options how the token is made, and how long messages wait
     * @return the offer, to be settled by the caller
     * @throws GSSException as {@link BatonContext#offer} does
     */
    public Offer offer(BatonContext context, OfferOptions options) throws GSSException {
        return context.offer(transfer, options);
    }

    /**
     * Prepares to import a context that was offered under the session's keys, as {@link BatonManager#prepareContext} does.
     *
     * @param token the token; neither kept nor changed, and best wiped by the caller
     * @param expected what the context must be
     * @return the context, inert, to be claimed or closed by the caller
     * @throws GSSException as {@link BatonManager#prepareContext} does
     */
    public PreparedContext prepare(byte[] token, ImportOptions expected) throws GSSException {
        return transfer.prepare(manager, token, Objects.requireNonNull(expected, "expected"));
    }

    /**
     * Makes a sealer under the session's keys for what goes beside a token. What it seals is no token, and a token is nothing that
     * it opens.
     *
     * @param use what it is for, the same in both processes
     * @return a sealer that the caller closes
     */
    public TokenSealer sealerBeside(String use) {
        return transfer.sealerBeside(keys, use);
    }

    /** Erases what was derived from the keys. Offers stay to be settled. Closing twice is harmless. */
    @Override
    public void close() {
        transfer.close();
    }
}
