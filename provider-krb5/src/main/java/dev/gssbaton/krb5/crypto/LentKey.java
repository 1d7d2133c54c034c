package dev.gssbaton.krb5.crypto;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import javax.crypto.SecretKey;

/**
 * Hands an array of ours to a JCA object for as long as its initialization takes, without another copy that stays behind:
 * {@code SecretKeySpec} would keep one.
 */
final class LentKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] octets;

    /** Keeps the array itself, which the caller erases. */
    LentKey(String algorithm, byte[] octets) {
        this.algorithm = algorithm;
        this.octets = octets;
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** Gives a copy, which the JCA object that asked for it erases. */
    @Override
    public byte[] getEncoded() {
        return octets.clone();
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(LentKey.class.getName());
    }
}
