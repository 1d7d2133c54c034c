package dev.gssbaton.spi;

/**
 * Which of a context's keys a pseudo-random function takes
 * (<a href="https://www.rfc-editor.org/rfc/rfc4401#section-2">RFC 4401 section 2</a>).
 */
public enum PrfKey {
    /** {@code GSS_C_PRF_KEY_FULL}: the key that both sides contributed to, if the mechanism has one. */
    FULL,
    /** {@code GSS_C_PRF_KEY_PARTIAL}: the key that one side may have made alone, known before the context is established. */
    PARTIAL
}
