package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Ticket;
import java.time.Instant;
import java.util.Objects;

/** A ticket for a service as its client has it. It holds the session key until it is closed. */
public final class ServiceTicket implements AutoCloseable {
    private final Ticket ticket;
    private final EncryptionKey sessionKey;
    private final Principal client;
    private final Principal service;
    private final KerberosFlags flags;
    private final Instant authTime;
    private final Instant startTime;
    private final Instant endTime;
    private final Instant renewTill;
    private final Octets delegation;

    /**
     * Makes a service ticket.
     *
     * @param ticket the ticket
     * @param sessionKey its session key, owned by this object from now on
     * @param client the client
     * @param service the service, as the KDC said in what it encrypted for the client
     * @param flags its flags, see {@link dev.gssbaton.krb5.message.TicketFlag}
     * @param authTime when the client was authenticated
     * @param startTime when it begins to be valid
     * @param endTime when it ends
     * @param renewTill until when it can be renewed; null if it cannot
     * @param delegation a KRB-CRED encrypted in the session key; null for none
     */
    public ServiceTicket(
            Ticket ticket,
            EncryptionKey sessionKey,
            Principal client,
            Principal service,
            KerberosFlags flags,
            Instant authTime,
            Instant startTime,
            Instant endTime,
            Instant renewTill,
            Octets delegation) {
        this.ticket = Objects.requireNonNull(ticket, "ticket");
        this.sessionKey = Objects.requireNonNull(sessionKey, "sessionKey");
        this.client = Objects.requireNonNull(client, "client");
        this.service = Objects.requireNonNull(service, "service");
        this.flags = Objects.requireNonNull(flags, "flags");
        this.authTime = Objects.requireNonNull(authTime, "authTime");
        this.startTime = Objects.requireNonNull(startTime, "startTime");
        this.endTime = Objects.requireNonNull(endTime, "endTime");
        this.renewTill = renewTill;
        this.delegation = delegation;
    }

    /**
     * Gives the ticket, for the AP-REQ. The name in it is authentic to nobody; see {@link #service}.
     *
     * @return the ticket
     */
    public Ticket ticket() {
        return ticket;
    }

    /**
     * Gives the session key.
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey sessionKey() {
        return sessionKey;
    }

    /**
     * Gives the client, for the authenticator.
     *
     * @return the client
     */
    public Principal client() {
        return client;
    }

    /**
     * Gives the service.
     *
     * @return the service that the KDC made the ticket for
     */
    public Principal service() {
        return service;
    }

    /**
     * Gives the ticket's flags.
     *
     * @return the flags, see {@link dev.gssbaton.krb5.message.TicketFlag}
     */
    public KerberosFlags flags() {
        return flags;
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
     * @return the beginning
     */
    public Instant startTime() {
        return startTime;
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
     * Gives what delegates the client's credential: it goes into
     * {@link dev.gssbaton.krb5.message.AuthenticatorChecksum} as it is.
     *
     * @return a KRB-CRED encrypted in the session key; null if none was asked for, or the KDC forwards none
     */
    public Octets delegation() {
        return delegation;
    }

    /** Erases the session key. Closing twice is harmless. */
    @Override
    public void close() {
        sessionKey.close();
    }
}
