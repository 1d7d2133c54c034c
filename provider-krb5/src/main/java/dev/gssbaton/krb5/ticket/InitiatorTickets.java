package dev.gssbaton.krb5.ticket;

import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;

/** An initiator's tickets. Safe for use by several threads. */
public interface InitiatorTickets {
    /**
     * Gives a ticket for a service: one that is there and still valid, otherwise a new one from the KDC.
     *
     * @param target the service, a name of the platform's krb5 mechanism
     * @return the ticket, which the caller closes
     * @throws GSSException {@code NO_CRED} if there is nothing to get it with, {@code BAD_NAME} or {@code FAILURE} if the
     *     KDC gives none, saying why
     */
    ServiceTicket ticket(GSSName target) throws GSSException;

    /**
     * Gives a ticket for a service and, to delegate, a forwarded ticket-granting ticket new from the KDC.
     *
     * @param target the service, a name of the platform's krb5 mechanism
     * @return the ticket, which the caller closes; without {@link ServiceTicket#delegation} where the KDC forwards none
     * @throws GSSException as {@link #ticket} does
     */
    ServiceTicket delegatingTicket(GSSName target) throws GSSException;
}
