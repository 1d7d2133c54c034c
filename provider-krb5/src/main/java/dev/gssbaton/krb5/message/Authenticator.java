package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What proves that the initiator has the session key
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.5.1">RFC 4120 section 5.5.1</a>). It holds the initiator's
 * subkey, and is closed by whoever opened it.
 */
public final class Authenticator implements AutoCloseable {
    /** Key usage of an authenticator in an AP-REQ. */
    public static final int KEY_USAGE = 11;
    /** Key usage of a keyed checksum in it. */
    public static final int CHECKSUM_KEY_USAGE = 10;

    private static final int TAG = DerReader.APPLICATION | 2;

    private final Principal client;
    private final Checksum checksum;
    private final int cusec;
    private final Instant ctime;
    private final EncryptionKey subkey;
    private final OptionalLong seqNumber;
    private final AuthorizationData authorizationData;

    /**
     * Makes an authenticator.
     *
     * @param client {@code cname} and {@code crealm}
     * @param checksum the checksum; null for none
     * @param ctime the initiator's time, of which what is below a second is not encoded
     * @param cusec its microseconds, 0 to 999999
     * @param subkey the initiator's subkey, owned by this object from now on; null for none
     * @param seqNumber the initiator's first sequence number, 0 to 2^32 - 1; negative as some peers write it
     * @param authorizationData what the initiator itself says
     */
    public Authenticator(
            Principal client,
            Checksum checksum,
            Instant ctime,
            int cusec,
            EncryptionKey subkey,
            OptionalLong seqNumber,
            AuthorizationData authorizationData) {
        this.client = Objects.requireNonNull(client, "client");
        this.checksum = checksum;
        this.ctime = Objects.requireNonNull(ctime, "ctime");
        this.cusec = Objects.checkIndex(cusec, DerReader.MICROSECONDS);
        this.subkey = subkey;
        this.seqNumber = Objects.requireNonNull(seqNumber, "seqNumber");
        this.authorizationData = Objects.requireNonNull(authorizationData, "authorizationData");
    }

    /**
     * Gives the client.
     *
     * @return {@code cname} and {@code crealm}
     */
    public Principal client() {
        return client;
    }

    /**
     * Gives the checksum, which in GSS-API is an {@link AuthenticatorChecksum}.
     *
     * @return the checksum; null if there is none
     */
    public Checksum checksum() {
        return checksum;
    }

    /**
     * Gives the seconds of the initiator's time.
     *
     * @return a time of whole seconds
     */
    public Instant ctime() {
        return ctime;
    }

    /**
     * Gives the microseconds of the initiator's time.
     *
     * @return 0 to 999999
     */
    public int cusec() {
        return cusec;
    }

    /**
     * Gives the initiator's time.
     *
     * @return {@link #ctime} and {@link #cusec}
     */
    public Instant time() {
        return ctime.plus(cusec, ChronoUnit.MICROS);
    }

    /**
     * Gives the initiator's subkey.
     *
     * @return the key, which stays this object's; null if there is none
     */
    public EncryptionKey subkey() {
        return subkey;
    }

    /**
     * Gives the initiator's first sequence number.
     *
     * @return 0 to 2^32 - 1; 0 if there is none
     */
    public long initialSequenceNumber() {
        return seqNumber.orElse(0) & 0xFFFF_FFFFL;
    }

    /**
     * Gives what the initiator itself says: unlike the ticket's, nobody vouches for it.
     *
     * @return the authorization data
     */
    public AuthorizationData authorizationData() {
        return authorizationData;
    }

    /**
     * Writes the authenticator, in clear.
     *
     * @return its DER, which the caller erases
     */
    public byte[] encode() {
        DerWriter out = new DerWriter();
        int message = out.begin(TAG);
        int sequence = out.begin(DerReader.SEQUENCE);
        out.integer(0, 5);
        out.string(1, client.realm());
        client.name().encode(out, 2);
        if (checksum != null) {
            checksum.encode(out, 3);
        }
        out.integer(4, cusec);
        out.time(5, ctime);
        if (subkey != null) {
            out.key(6, subkey);
        }
        if (seqNumber.isPresent()) {
            out.integer(7, seqNumber.getAsLong());
        }
        authorizationData.encode(out, 8);
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Reads an authenticator that fills a part of an array.
     *
     * @param source the array, neither kept nor changed, which the caller erases
     * @param offset index of the first octet
     * @param length number of octets
     * @return the authenticator, which the caller closes
     * @throws KerberosException if it is malformed, or its subkey is of a type that is not supported
     */
    public static Authenticator decode(byte[] source, int offset, int length) throws KerberosException {
        DerReader in = new DerReader(source, offset, length, "Authenticator");
        int message = in.open(TAG, "Authenticator");
        int sequence = in.open(DerReader.SEQUENCE, "Authenticator");
        in.version(0, "authenticator-vno");
        String crealm = in.string(1, "crealm of Authenticator");
        PrincipalName cname = PrincipalName.decode(in, 2, "cname of Authenticator");
        Checksum checksum = in.at(DerReader.CONTEXT | 3) ? Checksum.decode(in, 3, "cksum of Authenticator") : null;
        int cusec = in.microseconds(4, "cusec");
        Instant ctime = in.time(5, "ctime");
        EncryptionKey subkey = in.at(DerReader.CONTEXT | 6) ? in.key(6, "initiator's subkey") : null;
        boolean done = false;
        try {
            OptionalLong seqNumber = in.at(DerReader.CONTEXT | 7) ? in.uint32(7, "seq-number") : OptionalLong.empty();
            AuthorizationData authorizationData = AuthorizationData.decode(in, 8);
            in.close(sequence, "Authenticator");
            in.close(message, "Authenticator");
            in.expectEnd("Authenticator");
            done = true;
            return new Authenticator(
                    new Principal(cname, crealm), checksum, ctime, cusec, subkey, seqNumber, authorizationData);
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
