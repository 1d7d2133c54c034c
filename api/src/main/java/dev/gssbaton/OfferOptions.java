package dev.gssbaton;

import java.time.Duration;
import java.util.Objects;

/**
 * How a context is to be offered to another process.
 *
 * @param export how its token is made
 * @param patience how long a message waits while the context is frozen before it is refused; zero to refuse it at once
 */
public record OfferOptions(ExportOptions export, Duration patience) {
    private static final Duration MAX_PATIENCE = Duration.ofHours(1);

    private static final OfferOptions DEFAULTS = new OfferOptions(ExportOptions.defaults(), Duration.ofSeconds(5));

    /**
     * Checks the values.
     *
     * @param export how its token is made
     * @param patience zero to an hour
     * @throws IllegalArgumentException if the patience is not in that range
     */
    public OfferOptions {
        Objects.requireNonNull(export, "export");
        if (patience.isNegative() || patience.compareTo(MAX_PATIENCE) > 0) {
            throw new IllegalArgumentException("patience is zero to " + MAX_PATIENCE + ", not " + patience);
        }
    }

    /**
     * Gives the defaults: a token as {@link BatonContext#export()} makes it, and five seconds.
     *
     * @return the defaults
     */
    public static OfferOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Changes how the token is made.
     *
     * @param other format, lifetime, delegated credential
     * @return new options
     */
    public OfferOptions withExport(ExportOptions other) {
        return new OfferOptions(other, patience);
    }

    /**
     * Changes how long a message waits.
     *
     * @param other zero to an hour
     * @return new options
     * @throws IllegalArgumentException if it is not in that range
     */
    public OfferOptions withPatience(Duration other) {
        return new OfferOptions(export, other);
    }
}
