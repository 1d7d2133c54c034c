package dev.gssbaton;

/**
 * What becomes of messages once their context has expired
 * (<a href="https://www.rfc-editor.org/rfc/rfc2743#section-2.3">RFC 2743 section 2.3</a> has CONTEXT_EXPIRED for them).
 * An expired context is never exported, whatever is said here.
 */
public enum Expiry {
    /** {@code wrap}, {@code unwrap}, {@code getMIC}, {@code verifyMIC} and {@code pseudoRandom} are {@code CONTEXT_EXPIRED}. */
    ENFORCED,
    /**
     * {@code getLifetime} answers 0, and messages go on, as they do in the JDK, MIT krb5 and Heimdal: for programs that keep
     * connections for longer than tickets live.
     */
    REPORTED;

    /**
     * Finds a policy by its word in a configuration.
     *
     * @param word {@code enforce} or {@code report}
     * @return the policy
     * @throws IllegalArgumentException if it is another word
     */
    public static Expiry named(String word) {
        return switch (word) {
            case "enforce" -> ENFORCED;
            case "report" -> REPORTED;
            default -> throw new IllegalArgumentException("'" + word + "' is not enforce or report");
        };
    }
}
