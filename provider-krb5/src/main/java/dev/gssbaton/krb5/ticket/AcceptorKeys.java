package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Ticket;

/** The long-term keys of an acceptor. Safe for use by several threads. */
public interface AcceptorKeys {
    /**
     * Opens a ticket with the key that fits: one of the bound principal's, of the ticket's encryption type, of the key
     * version that the ticket names; otherwise the other versions of that type, newest first.
     *
     * @param ticket the ticket, whose service name and key version are hints that anybody may have changed
     * @return the opened ticket, which the caller closes. Its times, addresses and flags have not been looked at
     * @throws KerberosException if no key opens it, naming where keys were looked for, principal, encryption type and key
     *     version, and what to do; or if what was inside is malformed or not supported
     */
    OpenedTicket open(Ticket ticket) throws KerberosException;

    /**
     * Names the principal that tickets must be for.
     *
     * @return the bound principal; null if any whose key is there may be the acceptor
     */
    Principal principal();
}
