package dev.gssbaton.krb5;

import org.ietf.jgss.GSSException;

/** One side's part in establishing a context, which it makes at the end. For use by one thread. */
sealed interface Handshake extends AutoCloseable permits Initiation, Acceptance {
    /**
     * Takes the peer's token, if there is one, and makes the next one.
     *
     * @param token the array that holds the peer's token
     * @param offset index of its first octet
     * @param length number of octets; 0 for the initiator's first step
     * @return the token for the peer; null if there is none
     * @throws GSSException if the context cannot be established
     */
    byte[] step(byte[] token, int offset, int length) throws GSSException;

    /**
     * Gives the established context, once, which then belongs to the caller.
     *
     * @return the context; null if something is left to exchange, or it was given already
     */
    ContextState takeEstablished();

    /** Gives the services that are known to be granted so far. */
    int flags();

    /** Gives the initiator's name; null while it is not known. */
    PlatformName source();

    /** Gives the acceptor's name; null while it is not known. */
    PlatformName target();

    /** Erases what was not taken. Closing twice is harmless. */
    @Override
    void close();
}
