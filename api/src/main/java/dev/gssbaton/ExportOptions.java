package dev.gssbaton;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.Delegation;
import java.time.Duration;
import java.util.Objects;

/**
 * How a context is to be exported.
 *
 * @param format the format of the state inside the seal: {@link ContextExporter#BATON}, or that of a third party's
 *     exporter
 * @param lifetime how long the token may be imported; null for the manager's token lifetime. The token never outlives its
 *     context
 * @param delegation whether a delegated credential goes along; it arrives only if the importer asks for it too
 */
public record ExportOptions(String format, Duration lifetime, Delegation delegation) {
    /** Within it clocks do not overflow, keys can be dropped, and claims of a host are kept. */
    private static final Duration MAX_LIFETIME = Duration.ofDays(1);

    private static final Duration MIN_LIFETIME = Duration.ofMillis(1);

    private static final ExportOptions DEFAULTS = new ExportOptions(ContextExporter.BATON, null, Delegation.DROP);

    /**
     * Checks the values.
     *
     * @param format the format's name
     * @param lifetime a millisecond to a day, or null
     * @param delegation whether a delegated credential goes along
     * @throws IllegalArgumentException if the lifetime is not in that range
     */
    public ExportOptions {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(delegation, "delegation");
        if (lifetime != null) {
            requireLifetime("lifetime", lifetime);
        }
    }

    static void requireLifetime(String name, Duration lifetime) {
        if (lifetime.compareTo(MIN_LIFETIME) < 0 || lifetime.compareTo(MAX_LIFETIME) > 0) {
            throw new IllegalArgumentException(name + " of a token is " + MIN_LIFETIME + " to " + MAX_LIFETIME
                    + ", not " + lifetime + ": a token is meant to be imported at once");
        }
    }

    /**
     * Gives what {@link BatonContext#export()} uses: our own format, the manager's lifetime, no delegated credential.
     *
     * @return the defaults
     */
    public static ExportOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Changes the format.
     *
     * @param other the format's name
     * @return new options
     */
    public ExportOptions withFormat(String other) {
        return new ExportOptions(other, lifetime, delegation);
    }

    /**
     * Changes the lifetime.
     *
     * @param other a millisecond to a day
     * @return new options
     * @throws IllegalArgumentException if it is not in that range
     */
    public ExportOptions withLifetime(Duration other) {
        return new ExportOptions(format, Objects.requireNonNull(other, "lifetime"), delegation);
    }

    /**
     * Lets the delegated credential go along, inside the seal.
     *
     * @return new options
     */
    public ExportOptions withDelegatedCredential() {
        return new ExportOptions(format, lifetime, Delegation.CARRY);
    }
}
