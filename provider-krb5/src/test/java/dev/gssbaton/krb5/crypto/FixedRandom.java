package dev.gssbaton.krb5.crypto;

import java.security.SecureRandom;

/** Gives the octets of a vector where random ones belong, again and again. */
public final class FixedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] octets;

    /** Copies the octets. */
    public FixedRandom(byte[] octets) {
        this.octets = octets.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = octets[i % octets.length];
        }
    }
}
