package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The encrypted part of a ticket (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.3">RFC 4120 section 5.3</a>).
 * It holds the session key, and is closed by whoever opened it.
 */
public final class EncTicketPart implements AutoCloseable {
    private static final int TAG = DerReader.APPLICATION | 3;

    private final KerberosFlags flags;
    private final EncryptionKey key;
    private final Principal client;
    private final TransitedEncoding transited;
    private final Instant authTime;
    private final Instant startTime;
    private final Instant endTime;
    private final Instant renewTill;
    private final List<HostAddress> addresses;
    private final AuthorizationData authorizationData;

    /**
     * Makes the encrypted part of a ticket. What is below a second of a time is not encoded.
     *
     * @param flags the flags, see {@link TicketFlag}
     * @param key the session key, owned by this object from now on
     * @param client {@code cname} and {@code crealm}
     * @param transited the realms between
     * @param authTime when the client was authenticated
     * @param startTime when the ticket begins to be valid; null for {@code authTime}
     * @param endTime when it ends
     * @param renewTill until when it can be renewed; null if it cannot
     * @param addresses from where it may be used, {@code caddr}; null or empty for anywhere
     * @param authorizationData what the KDC says of the client
     */
    public EncTicketPart(
            KerberosFlags flags,
            EncryptionKey key,
            Principal client,
            TransitedEncoding transited,
            Instant authTime,
            Instant startTime,
            Instant endTime,
            Instant renewTill,
            List<HostAddress> addresses,
            AuthorizationData authorizationData) {
        this.flags = Objects.requireNonNull(flags, "flags");
        this.key = Objects.requireNonNull(key, "key");
        this.client = Objects.requireNonNull(client, "client");
        this.transited = Objects.requireNonNull(transited, "transited");
        this.authTime = Objects.requireNonNull(authTime, "authTime");
        this.startTime = startTime;
        this.endTime = Objects.requireNonNull(endTime, "endTime");
        this.renewTill = renewTill;
        this.addresses = addresses == null ? null : List.copyOf(addresses);
        this.authorizationData = Objects.requireNonNull(authorizationData, "authorizationData");
    }

    /**
     * Gives the ticket's flags.
     *
     * @return the flags, see {@link TicketFlag}
     */
    public KerberosFlags flags() {
        return flags;
    }

    /**
     * Gives the session key.
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey key() {
        return key;
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
     * Gives the realms that took part in the authentication.
     *
     * @return the encoded realms
     */
    public TransitedEncoding transited() {
        return transited;
    }

    /**
     * Gives the time of authentication.
     *
     * @return when the client was authenticated
     */
    public Instant authTime() {
        return authTime;
    }

    /**
     * Gives the beginning of the ticket's life.
     *
     * @return {@code starttime}; {@code authtime} where that is absent
     */
    public Instant startTime() {
        return startTime == null ? authTime : startTime;
    }

    /**
     * Gives the end of the ticket's life.
     *
     * @return the end
     */
    public Instant endTime() {
        return endTime;
    }

    /**
     * Gives the end of renewals.
     *
     * @return until when the ticket can be renewed; null if it cannot
     */
    public Instant renewTill() {
        return renewTill;
    }

    /**
     * Lists the addresses from which the ticket may be used.
     *
     * @return an unmodifiable list; empty for anywhere
     */
    public List<HostAddress> addresses() {
        return addresses == null ? List.of() : addresses;
    }

    /**
     * Gives what the KDC says of the client.
     *
     * @return the authorization data
     */
    public AuthorizationData authorizationData() {
        return authorizationData;
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
        out.flags(0, flags);
        out.key(1, key);
        out.string(2, client.realm());
        client.name().encode(out, 3);
        transited.encode(out, 4);
        out.time(5, authTime);
        if (startTime != null) {
            out.time(6, startTime);
        }
        out.time(7, endTime);
        if (renewTill != null) {
            out.time(8, renewTill);
        }
        HostAddress.encodeAll(addresses, out, 9);
        authorizationData.encode(out, 10);
        out.end(sequence);
        out.end(message);
        return out.finish();
    }

    /**
     * Reads the encrypted part of a ticket that fills a part of an array.
     *
     * @param source the array, neither kept nor changed, which the caller erases
     * @param offset index of the first octet
     * @param length number of octets
     * @return the encrypted part, which the caller closes
     * @throws KerberosException if it is malformed, or its key is of a type that is not supported
     */
    public static EncTicketPart decode(byte[] source, int offset, int length) throws KerberosException {
        DerReader in = new DerReader(source, offset, length, "EncTicketPart");
        int message = in.open(TAG, "EncTicketPart");
        int sequence = in.open(DerReader.SEQUENCE, "EncTicketPart");
        KerberosFlags flags = in.flags(0, "flags of the ticket");
        EncryptionKey key = in.key(1, "session key of the ticket");
        boolean done = false;
        try {
            String crealm = in.string(2, "crealm of the ticket");
            PrincipalName cname = PrincipalName.decode(in, 3, "cname of the ticket");
            TransitedEncoding transited = TransitedEncoding.decode(in, 4);
            Instant authTime = in.time(5, "authtime");
            Instant startTime = in.at(DerReader.CONTEXT | 6) ? in.time(6, "starttime") : null;
            Instant endTime = in.time(7, "endtime");
            Instant renewTill = in.at(DerReader.CONTEXT | 8) ? in.time(8, "renew-till") : null;
            List<HostAddress> addresses = HostAddress.decodeAll(in, 9, "caddr");
            AuthorizationData authorizationData = AuthorizationData.decode(in, 10);
            in.close(sequence, "EncTicketPart");
            in.close(message, "EncTicketPart");
            in.expectEnd("EncTicketPart");
            done = true;
            return new EncTicketPart(
                    flags,
                    key,
                    new Principal(cname, crealm),
                    transited,
                    authTime,
                    startTime,
                    endTime,
                    renewTill,
                    addresses,
                    authorizationData);
        } finally {
            if (!done) {
                key.close();
            }
        }
    }

    /** Erases the session key. Closing twice is harmless. */
    @Override
    public void close() {
        key.close();
    }
}
