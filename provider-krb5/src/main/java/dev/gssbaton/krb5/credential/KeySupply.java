package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;

/** Where an acceptor's long-term keys come from. Safe for use by several threads. */
interface KeySupply extends AutoCloseable {
    /**
     * Gives the keys as they are now.
     *
     * @param service whose keys are wanted where they must be asked for by name
     * @return the keys, which the caller closes
     * @throws KerberosException if they cannot be read, saying why and what to do
     */
    KeyRing keys(Principal service) throws KerberosException;

    /** Names the place, for messages. */
    String describe();

    /** Erases what is kept. */
    @Override
    void close();
}
