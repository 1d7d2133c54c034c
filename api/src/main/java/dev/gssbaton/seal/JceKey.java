package dev.gssbaton.seal;

import dev.gssbaton.spi.SecretBytes;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import javax.crypto.SecretKey;

/**
 * What the JCE is given for a key: unlike {@link javax.crypto.spec.SecretKeySpec}, it can be erased on every JDK.
 *
 * <p>The provider asks for copies of the octets, and erases those as well as it does.
 */
final class JceKey implements SecretKey, AutoCloseable {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient SecretBytes octets;

    /**
     * Makes a key.
     *
     * @param algorithm the JCE's name for what it is used with
     * @param octets the octets, owned by this object from now on
     */
    JceKey(String algorithm, SecretBytes octets) {
        this.algorithm = algorithm;
        this.octets = octets;
    }

    /** Makes a key of zeros, with which a cipher or MAC is initialised to make it forget another one. */
    static JceKey zero(String algorithm) {
        return new JceKey(algorithm, SecretBytes.copyOf(new byte[32]));
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return octets.lend(byte[]::clone);
    }

    @Override
    public void close() {
        octets.close();
    }

    @Override
    public void destroy() {
        close();
    }

    @Override
    public boolean isDestroyed() {
        return octets.isDestroyed();
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a key is not serialized");
    }
}
