package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The key of one ticket in a KRB-CRED, and what the ticket says of itself
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.8.1">RFC 4120 section 5.8.1</a>). It is closed with the
 * {@link EncKrbCredPart} that it is part of.
 */
public final class KrbCredInfo implements AutoCloseable {
    private final EncryptionKey key;
    private final String prealm;
    private final PrincipalName pname;
    private final KerberosFlags flags;
    private final Instant authTime;
    private final Instant startTime;
    private final Instant endTime;
    private final Instant renewTill;
    private final String srealm;
    private final PrincipalName sname;
    private final List<HostAddress> addresses;

    /**
     * Makes an entry. All but the key may be null.
     *
     * @param key the ticket's session key, owned by this object from now on
     * @param prealm the client's realm
     * @param pname the client's name
     * @param flags the ticket's flags
     * @param authTime when the client was authenticated
     * @param startTime when the ticket begins to be valid
     * @param endTime when it ends
     * @param renewTill until when it can be renewed
     * @param srealm the service's realm
     * @param sname the service's name
     * @param addresses from where it may be used; null or empty for anywhere
     */
    public KrbCredInfo(
            EncryptionKey key,
            String prealm,
            PrincipalName pname,
            KerberosFlags flags,
            Instant authTime,
            Instant startTime,
            Instant endTime,
            Instant renewTill,
            String srealm,
            PrincipalName sname,
            List<HostAddress> addresses) {
        this.key = Objects.requireNonNull(key, "key");
        this.prealm = prealm;
        this.pname = pname;
        this.flags = flags;
        this.authTime = authTime;
        this.startTime = startTime;
        this.endTime = endTime;
        this.renewTill = renewTill;
        this.srealm = srealm;
        this.sname = sname;
        this.addresses = addresses == null ? null : List.copyOf(addresses);
    }

    /**
     * Gives the ticket's session key.
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey key() {
        return key;
    }

    /**
     * Gives the client.
     *
     * @return {@code pname} and {@code prealm}; null if one of them is absent
     */
    public Principal client() {
        return pname == null || prealm == null ? null : new Principal(pname, prealm);
    }

    /**
     * Gives the ticket's flags.
     *
     * @return the flags; none if they are absent
     */
    public KerberosFlags flags() {
        return flags == null ? KerberosFlags.NONE : flags;
    }

    /**
     * Gives the time of authentication.
     *
     * @return the time; null if absent
     */
    public Instant authTime() {
        return authTime;
    }

    /**
     * Gives the beginning of the ticket's life.
     *
     * @return the time; null if absent
     */
    public Instant startTime() {
        return startTime;
    }

    /**
     * Gives the end of the ticket's life.
     *
     * @return the time; null if absent
     */
    public Instant endTime() {
        return endTime;
    }

    /**
     * Gives the end of renewals.
     *
     * @return the time; null if absent
     */
    public Instant renewTill() {
        return renewTill;
    }

    /**
     * Gives the service.
     *
     * @return {@code sname} and {@code srealm}; null if one of them is absent
     */
    public Principal service() {
        return sname == null || srealm == null ? null : new Principal(sname, srealm);
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
     * Copies this entry without the service's name, which its ticket has, for an owner with a life of its own.
     *
     * @return an entry that the caller closes
     */
    public KrbCredInfo withoutService() {
        return new KrbCredInfo(
                key.copy(), prealm, pname, flags, authTime, startTime, endTime, renewTill, null, null, addresses);
    }

    void encode(DerWriter out) {
        int sequence = out.begin(DerReader.SEQUENCE);
        out.key(0, key);
        if (prealm != null) {
            out.string(1, prealm);
        }
        if (pname != null) {
            pname.encode(out, 2);
        }
        if (flags != null) {
            out.flags(3, flags);
        }
        if (authTime != null) {
            out.time(4, authTime);
        }
        if (startTime != null) {
            out.time(5, startTime);
        }
        if (endTime != null) {
            out.time(6, endTime);
        }
        if (renewTill != null) {
            out.time(7, renewTill);
        }
        if (srealm != null) {
            out.string(8, srealm);
        }
        if (sname != null) {
            sname.encode(out, 9);
        }
        HostAddress.encodeAll(addresses, out, 10);
        out.end(sequence);
    }

    static KrbCredInfo decode(DerReader in) throws KerberosException {
        int sequence = in.open(DerReader.SEQUENCE, "ticket-info");
        EncryptionKey key = in.key(0, "key of a delegated ticket");
        boolean done = false;
        try {
            String prealm = in.at(DerReader.CONTEXT | 1) ? in.string(1, "prealm") : null;
            PrincipalName pname = in.at(DerReader.CONTEXT | 2) ? PrincipalName.decode(in, 2, "pname") : null;
            KerberosFlags flags = in.at(DerReader.CONTEXT | 3) ? in.flags(3, "flags of ticket-info") : null;
            Instant authTime = in.at(DerReader.CONTEXT | 4) ? in.time(4, "authtime") : null;
            Instant startTime = in.at(DerReader.CONTEXT | 5) ? in.time(5, "starttime") : null;
            Instant endTime = in.at(DerReader.CONTEXT | 6) ? in.time(6, "endtime") : null;
            Instant renewTill = in.at(DerReader.CONTEXT | 7) ? in.time(7, "renew-till") : null;
            String srealm = in.at(DerReader.CONTEXT | 8) ? in.string(8, "srealm") : null;
            PrincipalName sname = in.at(DerReader.CONTEXT | 9) ? PrincipalName.decode(in, 9, "sname") : null;
            List<HostAddress> addresses = HostAddress.decodeAll(in, 10, "caddr");
            in.close(sequence, "ticket-info");
            done = true;
            return new KrbCredInfo(
                    key, prealm, pname, flags, authTime, startTime, endTime, renewTill, srealm, sname, addresses);
        } finally {
            if (!done) {
                key.close();
            }
        }
    }

    /** Erases the key. Closing twice is harmless. */
    @Override
    public void close() {
        key.close();
    }
}
