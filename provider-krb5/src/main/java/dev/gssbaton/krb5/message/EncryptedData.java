package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.IntegrityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * A ciphertext and what is needed to find its key
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.2.9">RFC 4120 section 5.2.9</a>).
 *
 * @param etype the number of the encryption type
 * @param kvno the key's version number as it stands in the message: of its 32 bits some peers make a negative number
 * @param cipher the ciphertext
 */
public record EncryptedData(int etype, OptionalLong kvno, Octets cipher) {
    /**
     * Reads a message from octets.
     *
     * @param <T> the type of message
     */
    @FunctionalInterface
    public interface Decoder<T> {
        /**
         * Reads a message that fills a part of an array.
         *
         * @param source the array, neither kept nor changed
         * @param offset index of the first octet
         * @param length number of octets
         * @return the message
         * @throws KerberosException if it is malformed or not supported
         */
        T decode(byte[] source, int offset, int length) throws KerberosException;
    }

    /**
     * Encrypts a message in a key that has no version number.
     *
     * @param key the key
     * @param usage the key usage
     * @param plaintext the encoded message, zeroed on return
     * @param random where the confounder comes from
     * @return the encrypted data
     */
    public static EncryptedData seal(EncryptionKey key, int usage, byte[] plaintext, SecureRandom random) {
        try {
            byte[] cipher = key.encrypt(usage, plaintext, random);
            return new EncryptedData(key.type().number(), OptionalLong.empty(), Octets.of(cipher));
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * Decrypts the ciphertext and reads the message in it. The plaintext is zeroed. The encryption type's number is not
     * looked at: the caller has chosen the key by it.
     *
     * @param <T> the type of message
     * @param key the key
     * @param usage the key usage
     * @param decoder reads the message
     * @return the message
     * @throws IntegrityException if the ciphertext does not verify with this key
     * @throws KerberosException if the message is malformed or not supported
     */
    public <T> T open(EncryptionKey key, int usage, Decoder<T> decoder) throws IntegrityException, KerberosException {
        byte[] plaintext = key.decrypt(usage, cipher.array(), 0, cipher.length());
        try {
            return decoder.decode(plaintext, 0, plaintext.length);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    void encode(DerWriter out, int tagNumber) {
        int outer = out.begin(DerReader.CONTEXT | tagNumber);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, etype);
        if (kvno.isPresent()) {
            out.integer(1, kvno.getAsLong());
        }
        out.octets(2, cipher);
        out.end(sequence);
        out.end(outer);
    }

    static EncryptedData decode(DerReader in, int tagNumber, String field) throws MalformedMessageException {
        int outer = in.open(DerReader.CONTEXT | tagNumber, field);
        int sequence = in.open(DerReader.SEQUENCE, field);
        int etype = in.int32(0, "etype");
        OptionalLong kvno = in.at(DerReader.CONTEXT | 1) ? in.uint32(1, "kvno") : OptionalLong.empty();
        Octets cipher = in.octets(2, "cipher");
        in.close(sequence, field);
        in.close(outer, field);
        return new EncryptedData(etype, kvno, cipher);
    }
}
