package dev.gssbaton.handoff;

import dev.gssbaton.BatonManager;
import dev.gssbaton.ImportOptions;
import dev.gssbaton.OfferOptions;
import java.time.Duration;
import java.util.Objects;

/**
 * How an end of a channel gives and takes.
 *
 * @param manager whose claims, purpose and mechanisms are used, and what the contexts that are taken belong to
 * @param policy which peers are allowed
 * @param offer how tokens are made, and how long messages of a frozen context wait
 * @param expected what contexts that are taken must be
 * @param limit how long each step may take, by the machine's monotonic clock: connecting and greeting, an answer to an offer, which is
 *     waited for no longer than a minute after its token's end, and once more as long for one who has claimed without a word; the settling with
 *     the claim store
 * @param window how many contexts of a {@link HandoffChannel#giveAll} are frozen at once: the more, the more are given in a
 *     second, and the longer each client waits; of those with a socket 32 at most
 */
public record HandoffOptions(
        BatonManager manager,
        PeerPolicy policy,
        OfferOptions offer,
        ImportOptions expected,
        Duration limit,
        int window) {
    /** The most contexts that may be frozen at once on one channel. */
    public static final int MAX_WINDOW = 1024;

    private static final Duration MIN_LIMIT = Duration.ofMillis(1);
    static final Duration MAX_LIMIT = Duration.ofHours(1);

    /**
     * Checks the values.
     *
     * @param manager the manager
     * @param policy the policy
     * @param offer how tokens are made
     * @param expected what contexts must be
     * @param limit a millisecond to an hour
     * @param window 1 to {@link #MAX_WINDOW}
     * @throws IllegalArgumentException if a value is not in its range
     */
    public HandoffOptions {
        Objects.requireNonNull(manager, "manager");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(offer, "offer");
        Objects.requireNonNull(expected, "expected");
        if (limit.compareTo(MIN_LIMIT) < 0 || limit.compareTo(MAX_LIMIT) > 0) {
            throw new IllegalArgumentException("limit is " + MIN_LIMIT + " to " + MAX_LIMIT + ", not " + limit);
        }
        if (window < 1 || window > MAX_WINDOW) {
            throw new IllegalArgumentException("window is 1 to " + MAX_WINDOW + ", not " + window);
        }
    }

    /**
     * Begins with a manager: the peer has the same account, a step takes ten seconds at most, and 4 contexts are frozen at once.
     *
     * @param manager the manager
     * @return options
     */
    public static HandoffOptions of(BatonManager manager) {
        return new HandoffOptions(
                manager,
                PeerPolicy.sameAccount(),
                OfferOptions.defaults(),
                ImportOptions.any(),
                Duration.ofSeconds(10),
                4);
    }

    /**
     * Changes which peers are allowed.
     *
     * @param other the policy
     * @return new options
     */
    public HandoffOptions withPolicy(PeerPolicy other) {
        return new HandoffOptions(manager, other, offer, expected, limit, window);
    }

    /**
     * Changes how tokens are made, and how long messages wait.
     *
     * @param other options of an offer
     * @return new options
     */
    public HandoffOptions withOffer(OfferOptions other) {
        return new HandoffOptions(manager, policy, other, expected, limit, window);
    }

    /**
     * Changes what contexts that are taken must be.
     *
     * @param other options of an import
     * @return new options
     */
    public HandoffOptions withExpected(ImportOptions other) {
        return new HandoffOptions(manager, policy, offer, other, limit, window);
    }

    /**
     * Changes how long each step may take.
     *
     * @param other a millisecond to an hour
     * @return new options
     * @throws IllegalArgumentException if it is not in that range
     */
    public HandoffOptions withLimit(Duration other) {
        return new HandoffOptions(manager, policy, offer, expected, other, window);
    }

    /**
     * Changes how many contexts are frozen at once.
     *
     * @param other 1 to {@link #MAX_WINDOW}
     * @return new options
     * @throws IllegalArgumentException if it is not in that range
     */
    public HandoffOptions withWindow(int other) {
        return new HandoffOptions(manager, policy, offer, expected, limit, other);
    }
}
