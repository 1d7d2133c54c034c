package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The encrypted part of an AP-REP, which proves that the acceptor has read the authenticator
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.5.2">RFC 4120 section 5.5.2</a>). It holds the acceptor's
 * subkey, and is closed by whoever opened it.
 */
public final class EncApRepPart implements AutoCloseable {
    /** Key usage of the encrypted part. */
    public static final int KEY_USAGE = 12;

    private static final int TAG = DerReader.APPLICATION | 27;

    private final Instant ctime;
    private final int cusec;
    private final EncryptionKey subkey;
    private final OptionalLong seqNumber;

    /**
     * Makes the encrypted part of an AP-REP.
     *
     * @param ctime the authenticator's time
     * @param cusec the authenticator's microseconds
     * @param subkey the acceptor's subkey, owned by this object from now on; null for none
     * @param seqNumber the acceptor's first sequence number, 0 to 2^32 - 1; negative as some peers write it
     */
    public EncApRepPart(Instant ctime, int cusec, EncryptionKey subkey, OptionalLong seqNumber) {
        this.ctime = Objects.requireNonNull(ctime, "ctime");
        this.cusec = Objects.checkIndex(cusec, DerReader.MICROSECONDS);
        this.subkey = subkey;
        this.seqNumber = Objects.requireNonNull(seqNumber, "seqNumber");
    }

    /**
     * Gives the seconds of the authenticator's time.
     *
     * @return a time of whole seconds
     */
    public Instant ctime() {
        return ctime;
    }

    /**
     * Gives the microseconds of the authenticator's time.
     *
     * @return 0 to 999999
     */
    public int cusec() {
        return cusec;
    }

    /**
     * Gives the acceptor's subkey.
     *
     * @return the key, which stays this object's; null if there is none
     */
    public EncryptionKey subkey() {
        return subkey;
    }

    /**
     * Gives the acceptor's first sequence number.
     *
     * @return 0 to 2^32 - 1; 0 if there is none
     */
    public long initialSequenceNumber() {
        return seqNumber.orElse(0) & 0xFFFF_FFFFL;
    }

    /**
     * Writes the encrypted part, in clear.
     *
     * @return its DER, which the caller erases
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.time(0, ctime);
        out.integer(1, cusec);
        if (subkey != null) {
            out.key(2, subkey);
        }
        if (seqNumber.isPresent()) {
            out.integer(3, seqNumber.getAsLong());
        }
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Reads the encrypted part of an AP-REP that fills a part of an array.
     *
     * @param source the array, neither kept nor changed, which the caller erases
     * @param offset index of the first octet
     * @param length number of octets
     * @return the encrypted part, which the caller closes
     * @throws KerberosException if it is malformed, or its subkey is of a type that is not supported
     */
    public static EncApRepPart decode(byte[] source, int offset, int length) throws KerberosException {
        DerReader in = new DerReader(source, offset, length, "EncAPRepPart");
        int message = in.open(TAG, "EncAPRepPart");
        int sequence = in.open(DerReader.SEQUENCE, "EncAPRepPart");
        Instant ctime = in.time(0, "ctime");
        int cusec = in.microseconds(1, "cusec");
        EncryptionKey subkey = in.at(DerReader.CONTEXT | 2) ? in.key(2, "acceptor's subkey") : null;
        boolean done = false;
        try {
            OptionalLong seqNumber = in.at(DerReader.CONTEXT | 3) ? in.uint32(3, "seq-number") : OptionalLong.empty();
            in.close(sequence, "EncAPRepPart");
            in.close(message, "EncAPRepPart");
            in.expectEnd("EncAPRepPart");
            done = true;
            return new EncApRepPart(ctime, cusec, subkey, seqNumber);
        } finally {
            if (!done && subkey != null) {
                subkey.close();
            }
        }
    }

    /** Erases the subkey. Closing twice is harmless. */
    @Override
    public void close() {
        if (subkey != null) {
            subkey.close();
        }
    }
}
