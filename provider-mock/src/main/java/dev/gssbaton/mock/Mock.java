package dev.gssbaton.mock;

import dev.gssbaton.spi.Mechanism;
import org.ietf.jgss.Oid;

/**
 * What applications know of the mechanism. Its names are {@link dev.gssbaton.spi.TextName}s, its credentials
 * {@link dev.gssbaton.spi.SecretCredential}s with a secret of 16 octets or more that both sides share.
 */
public final class Mock {
    /** The mechanism: 2.25 and the random UUID 42c3a422-64a5-44d3-ba3e-1f56929c22eb (ITU-T X.667). */
    public static final Oid MECHANISM = Mechanism.oid("2.25.88744874649299562127126672063598437099");

    private Mock() {}
}
