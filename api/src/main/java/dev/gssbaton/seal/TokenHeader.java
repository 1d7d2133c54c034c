package dev.gssbaton.seal;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/**
 * The header of a sealed token: everything that is not secret. It stands in clear before the sealed state, and the seal
 * authenticates all of it.
 *
 * <pre>
 *  0..3  magic            42 54 4E A7
 *  4     version          01
 *  5     kind of sealing  01: XAES-256-GCM
 *  6..21 key id           which key opens the seal
 * 22..37 claim-store id   where the token is to be claimed
 * 38..45 not-after        milliseconds since 1970 UTC, signed
 * 46..69 nonce            N1 (12 octets, of the exporter's epoch), N2 (12 octets, of this token)
 * 70..   sealed state, then the tag of 16 octets
 * </pre>
 *
 * <p>The magic's last octet is neither ASCII nor valid UTF-8 where it stands, and its first is neither that of a DER
 * framing (60) nor that of a token of the C libraries (00).
 *
 * @param keyId which key opens the seal
 * @param storeId identity of the exporter's claim store
 * @param notAfter until when the token may be imported
 * @param nonce 24 octets, copied
 */
@SuppressWarnings("ArrayRecordComponent") // Copied on the way in and out, and compared by content.
public record TokenHeader(PublicId keyId, PublicId storeId, Instant notAfter, byte[] nonce) {
    /** The version of the token format that this class knows. */
    public static final int VERSION = 1;
    /** The kind of sealing that this class knows: XAES-256-GCM. */
    public static final int XAES_256_GCM = 1;

    private static final int MAGIC = 0x42544EA7;

    private static final int MAGIC_POS = 0;
    private static final int VERSION_POS = MAGIC_POS + 4;
    private static final int SEALING_POS = VERSION_POS + 1;
    private static final int KEY_ID_POS = SEALING_POS + 1; // 6
    private static final int STORE_ID_POS = KEY_ID_POS + PublicId.SIZE; // 22
    private static final int NOT_AFTER_POS = STORE_ID_POS + PublicId.SIZE; // 38
    static final int NONCE_POS = NOT_AFTER_POS + 8; // 46

    /** Length of the header in octets. */
    public static final int SIZE = NONCE_POS + Xaes256Gcm.NONCE_SIZE; // 70
    /** Length of the shortest token: a header and the tag of an empty state. */
    public static final int MIN_TOKEN_SIZE = SIZE + Xaes256Gcm.TAG_SIZE; // 86
    /** Length of the longest token. */
    public static final int MAX_TOKEN_SIZE = SIZE + StateWriter.MAX_SIZE + Xaes256Gcm.TAG_SIZE;

    /**
     * Copies the nonce, checks its length, and rounds the time down to what the header has room for.
     *
     * @param keyId which key opens the seal
     * @param storeId identity of the exporter's claim store
     * @param notAfter until when the token may be imported
     * @param nonce 24 octets, copied
     * @throws IllegalArgumentException if the nonce has another length, or the time is hundreds of millions of years away
     */
    public TokenHeader {
        if (nonce.length != Xaes256Gcm.NONCE_SIZE) {
            throw new IllegalArgumentException("a nonce has " + Xaes256Gcm.NONCE_SIZE + " octets, not " + nonce.length);
        }
        nonce = nonce.clone();
        notAfter = Instant.ofEpochMilli(millis(notAfter));
    }

    /**
     * Says whether octets begin as a token of Baton does, whatever its version: to tell it from a foreign token.
     *
     * @param token any octets, or null
     * @return true if they begin with the magic
     */
    public static boolean hasMagic(byte[] token) {
        return token != null
                && token.length >= VERSION_POS
                && ByteBuffer.wrap(token).getInt() == MAGIC;
    }

    /**
     * Writes the header at the beginning of an array.
     *
     * @param out at least {@link #SIZE} octets
     */
    void encode(byte[] out) {
        encode(keyId, storeId, notAfter, out);
        System.arraycopy(nonce, 0, out, NONCE_POS, nonce.length);
    }

    /** Writes all but the nonce, which the caller puts in its place. */
    static void encode(PublicId keyId, PublicId storeId, Instant notAfter, byte[] out) {
        ByteBuffer.wrap(out)
                .putInt(MAGIC)
                .put((byte) VERSION)
                .put((byte) XAES_256_GCM)
                .putLong(keyId.high())
                .putLong(keyId.low())
                .putLong(storeId.high())
                .putLong(storeId.low())
                .putLong(millis(notAfter));
    }

    private static long millis(Instant notAfter) {
        try {
            return notAfter.toEpochMilli();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "the time " + notAfter + " does not fit into 64 bits of milliseconds", e);
        }
    }

    /**
     * Reads the header of a token, which need not be authentic: nothing but its form has been checked.
     *
     * <p>Faults are looked for in this order: nothing there, too short for a header and a tag, too long for any token,
     * magic, version, kind of sealing. So octets that are too short are called that, whatever they begin with.
     *
     * @param token a whole token, or null; neither kept nor changed
     * @return its header
     * @throws GSSException {@link TransferFault#TOKEN_EMPTY}, {@link TransferFault#TOKEN_TOO_SHORT},
     *     {@link TransferFault#TOKEN_TOO_LONG}, {@link TransferFault#MAGIC_UNKNOWN},
     *     {@link TransferFault#VERSION_UNKNOWN} or {@link TransferFault#SEALING_UNKNOWN}
     */
    public static TokenHeader decode(byte[] token) throws GSSException {
        if (token == null || token.length == 0) {
            throw TransferFault.TOKEN_EMPTY.exception();
        }
        if (token.length < MIN_TOKEN_SIZE) {
            throw TransferFault.TOKEN_TOO_SHORT.exception(
                    token.length + " octets, and the shortest has " + MIN_TOKEN_SIZE);
        }
        if (token.length > MAX_TOKEN_SIZE) {
            throw TransferFault.TOKEN_TOO_LONG.exception(
                    token.length + " octets, and the longest has " + MAX_TOKEN_SIZE);
        }
        ByteBuffer in = ByteBuffer.wrap(token);
        if (in.getInt() != MAGIC) {
            throw TransferFault.MAGIC_UNKNOWN.exception();
        }
        int version = in.get() & 0xFF;
        if (version != VERSION) {
            throw TransferFault.VERSION_UNKNOWN.exception("version " + version + "; known here is " + VERSION
                    + ": the exporter runs a newer Baton than this importer");
        }
        int sealing = in.get() & 0xFF;
        if (sealing != XAES_256_GCM) {
            throw TransferFault.SEALING_UNKNOWN.exception("kind " + sealing + "; known here is " + XAES_256_GCM);
        }
        return new TokenHeader(
                new PublicId(in.getLong(), in.getLong()),
                new PublicId(in.getLong(), in.getLong()),
                Instant.ofEpochMilli(in.getLong()),
                Arrays.copyOfRange(token, NONCE_POS, SIZE));
    }

    /**
     * Gives the token's identity, by which it is claimed: the nonce with the part that is this token's own in front, so
     * that the digits that logs show differ between tokens of one epoch.
     *
     * @return N2, N1
     */
    public ClaimId id() {
        return id(nonce, 0);
    }

    /**
     * Gives the identity of a token whose header is known to be one.
     *
     * @param token a token that was sealed here
     * @return the same as its header's
     */
    public static ClaimId idOf(byte[] token) {
        return id(token, NONCE_POS);
    }

    private static ClaimId id(byte[] from, int noncePos) {
        byte[] octets = new byte[Xaes256Gcm.NONCE_SIZE];
        System.arraycopy(from, noncePos + Xaes256Gcm.PREFIX_SIZE, octets, 0, Xaes256Gcm.IV_SIZE);
        System.arraycopy(from, noncePos, octets, Xaes256Gcm.IV_SIZE, Xaes256Gcm.PREFIX_SIZE);
        return ClaimId.of(octets);
    }

    /**
     * Gives the nonce.
     *
     * @return 24 octets, the caller's
     */
    @Override
    public byte[] nonce() {
        return nonce.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHeader that
                && keyId.equals(that.keyId)
                && storeId.equals(that.storeId)
                && notAfter.equals(that.notAfter)
                && Arrays.equals(nonce, that.nonce);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(nonce);
    }

    /**
     * Names every field; none is secret.
     *
     * @return a text for messages
     */
    @Override
    public String toString() {
        return "TokenHeader[" + id() + ", key " + keyId + ", store " + storeId + ", not after " + notAfter + "]";
    }
}
