package dev.gssbaton.seal;

import dev.gssbaton.spi.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * A private key of X25519 (<a href="https://www.rfc-editor.org/rfc/rfc7748#section-5">RFC 7748</a>) with its public key.
 *
 * <p>The arithmetic is the JDK's, which keeps copies of a private key until they are collected: keys of this kind are
 * drawn for one session and forgotten. Safe for use by several threads.
 */
final class X25519Key implements AutoCloseable {
    /** Length of a private key, of a public one and of what two agree on, in octets. */
    static final int SIZE = 32;

    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);
    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    private final SecretBytes privateKey;
    private final byte[] publicKey;

    /**
     * Takes a private key.
     *
     * @param privateKey 32 octets, owned by this object from now on
     */
    X25519Key(SecretBytes privateKey) {
        this.privateKey = privateKey;
        try {
            this.publicKey = multiply(BASE_POINT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("the base point is of large order", e);
        }
    }

    static X25519Key draw(SecureRandom random) {
        byte[] octets = new byte[SIZE];
        random.nextBytes(octets);
        return new X25519Key(SecretBytes.take(octets));
    }

    /** Gives the public key, 32 octets: the caller's. */
    byte[] publicKey() {
        return publicKey.clone();
    }

    /**
     * Agrees with the owner of a public key.
     *
     * @param peer 32 octets, not changed
     * @return 32 octets that the caller erases
     * @throws InvalidKeyException if the public key is a point of small order, so that they would be zeros
     * @throws IllegalStateException if this key is closed
     */
    byte[] agree(byte[] peer) throws InvalidKeyException {
        return multiply(number(peer).clearBit(255));
    }

    /**
     * Tells whether a public key is the only one of its point: RFC 7748 has every implementation take the others too, which
     * nobody sends.
     *
     * @param publicKey 32 octets
     */
    static boolean isCanonical(byte[] publicKey) {
        return number(publicKey).compareTo(PRIME) < 0;
    }

    private static BigInteger number(byte[] littleEndian) {
        byte[] bigEndian = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bigEndian[i] = littleEndian[SIZE - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }

    private byte[] multiply(BigInteger u) throws InvalidKeyException {
        byte[] scalar = privateKey.lend(byte[]::clone);
        try {
            KeyFactory factory = KeyFactory.getInstance("X25519");
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar)));
            agreement.doPhase(factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u)), true);
            return agreement.generateSecret();
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("X25519 is part of every JDK", e);
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }

    /** Erases the private key. Closing twice is harmless. */
    @Override
    public void close() {
        privateKey.close();
    }
}
