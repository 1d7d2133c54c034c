package dev.gssbaton.spi;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Objects;
import javax.crypto.SecretKey;

/**
 * What the JCE is given for a key: unlike {@link javax.crypto.spec.SecretKeySpec}, it can be erased on every JDK.
 *
 * <p>The provider asks for copies of the octets, and erases those as well as it does. A {@link javax.crypto.Cipher} or
 * {@link javax.crypto.Mac} keeps what it made of them until it is initialised with another key: with {@link #zero} to make it
 * forget. Safe for use by several threads.
 */
public final class JceKey implements SecretKey, AutoCloseable {
    private static final long serialVersionUID = 1L;
    private static final int ZERO_SIZE = 32;

    private final String algorithm;
    private final transient SecretBytes octets;

    /**
     * Makes a key.
     *
     * @param algorithm the JCE's name for what it is used with
     * @param octets the octets, owned by this object from now on
     */
    public JceKey(String algorithm, SecretBytes octets) {
        this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
        this.octets = Objects.requireNonNull(octets, "octets");
    }

    /**
     * Makes a key of 32 zeros, with which a cipher or MAC is initialised to make it forget another one.
     *
     * @param algorithm the JCE's name for what it is used with
     * @return a key that the caller closes
     */
    public static JceKey zero(String algorithm) {
        return new JceKey(algorithm, SecretBytes.copyOf(new byte[ZERO_SIZE]));
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /**
     * Copies the octets for the provider.
     *
     * @return a copy, which whoever asked for it erases
     * @throws IllegalStateException if this key is closed
     */
    @Override
    public byte[] getEncoded() {
        return octets.lend(byte[]::clone);
    }

    /** Erases the octets. Closing twice is harmless. */
    @Override
    public void close() {
        octets.close();
    }

    /** Erases the octets, as {@link #close} does. */
    @Override
    public void destroy() {
        close();
    }

    @Override
    public boolean isDestroyed() {
        return octets.isDestroyed();
    }

    /**
     * Names the algorithm, never an octet.
     *
     * @return a text without the key
     */
    @Override
    public String toString() {
        return "JceKey[" + algorithm + "]";
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a key is not serialized");
    }
}
