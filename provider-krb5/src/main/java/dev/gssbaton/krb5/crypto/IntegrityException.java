package dev.gssbaton.krb5.crypto;

/**
 * Reports that a ciphertext or a checksum was not made with this key and usage, or was changed.
 *
 * <p>Every cause looks alike, a wrong length and a wrong checksum too, so that an attacker learns nothing from it. It has
 * no stack trace, since a peer can cause it as often as it likes.
 */
public final class IntegrityException extends Exception {
    private static final long serialVersionUID = 1L;

    IntegrityException() {
        super("the integrity check failed", null, false, false);
    }
}
