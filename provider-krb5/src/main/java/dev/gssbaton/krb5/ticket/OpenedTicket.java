package dev.gssbaton.krb5.ticket;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.Principal;
import java.util.Objects;

/** A ticket that an acceptor's key has opened. It holds that key and the session key until it is closed. */
public final class OpenedTicket implements AutoCloseable {
    private final Principal acceptor;
    private final int kvno;
    private final EncryptionKey serviceKey;
    private final EncTicketPart encPart;

    /**
     * Keeps what was found.
     *
     * @param acceptor whose key opened the ticket
     * @param kvno the version of that key
     * @param serviceKey that key, owned by this object from now on
     * @param encPart what was inside, owned by this object from now on
     */
    public OpenedTicket(Principal acceptor, int kvno, EncryptionKey serviceKey, EncTicketPart encPart) {
        this.acceptor = Objects.requireNonNull(acceptor, "acceptor");
        this.kvno = kvno;
        this.serviceKey = Objects.requireNonNull(serviceKey, "serviceKey");
        this.encPart = Objects.requireNonNull(encPart, "encPart");
    }

    /**
     * Gives the acceptor's name: that of the key which opened the ticket, not the one that the ticket shows.
     *
     * @return the principal
     */
    public Principal acceptor() {
        return acceptor;
    }

    /**
     * Gives the version of the key that opened the ticket.
     *
     * @return its 32 bits
     */
    public int kvno() {
        return kvno;
    }

    /**
     * Gives the key that opened the ticket, by which a PAC's server checksum is verified.
     *
     * @return the key, which stays this object's
     */
    public EncryptionKey serviceKey() {
        return serviceKey;
    }

    /**
     * Gives what was inside.
     *
     * @return the encrypted part, which stays this object's
     */
    public EncTicketPart encPart() {
        return encPart;
    }

    /** Erases both keys. Closing twice is harmless. */
    @Override
    public void close() {
        serviceKey.close();
        encPart.close();
    }
}
