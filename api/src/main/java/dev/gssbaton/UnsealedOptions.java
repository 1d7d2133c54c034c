package dev.gssbaton;

import java.util.Objects;

/**
 * How a context is to be exported for other software.
 *
 * @param format the format's name, such as {@code mit}, {@code heimdal-7} or {@code heimdal-8}
 * @param keystream whether copies of the context may share a keystream
 */
public record UnsealedOptions(String format, Keystream keystream) {
    /** What of a context whose encryption type has one keystream for all its copies (RC4, RFC 4757). */
    public enum Keystream {
        /** Each context must have its own: such a context is refused. */
        OWN,
        /** Copies may share one, since the application knows that the token is imported once. */
        SHARED
    }

    /**
     * Checks that nothing is missing.
     *
     * @param format the format's name
     * @param keystream whether copies may share a keystream
     */
    public UnsealedOptions {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(keystream, "keystream");
    }

    /**
     * Names a format, and consents to nothing else.
     *
     * @param format the format's name
     * @return options
     */
    public static UnsealedOptions of(String format) {
        return new UnsealedOptions(format, Keystream.OWN);
    }

    /**
     * Consents to an encryption type with one keystream for all copies of a context. If the token is imported twice, and both
     * copies encrypt, then who sees both learns what both encrypted. Nothing in the token prevents that.
     *
     * @return new options
     */
    public UnsealedOptions consentToSharedKeystream() {
        return new UnsealedOptions(format, Keystream.SHARED);
    }
}
