package dev.gssbaton.krb5;

import dev.gssbaton.krb5.ticket.DelegatedTicket;
import dev.gssbaton.krb5.token.MessageProtection;
import dev.gssbaton.spi.SequenceWindow;
import java.security.SecureRandom;
import java.util.Objects;

/**
 * An established context: what was agreed, its keys, and how far messages have gone. It owns its keys.
 */
public final class ContextState implements AutoCloseable {
    private final Agreement agreement;
    private final ContextKeys keys;
    private final long firstSendNumber;
    private final MessageProtection protection;
    private final DelegatedTicket delegated;

    /**
     * Makes a context of its parts, which belong to it from now on.
     *
     * @param agreement what was agreed
     * @param keys its keys
     * @param firstSendNumber the number of the first message that this side sent, or will send
     * @param sendNumber the number of the next one
     * @param window what was received
     * @param delegated what the initiator delegated; null for nothing
     * @param random where confounders come from
     */
    public ContextState(
            Agreement agreement,
            ContextKeys keys,
            long firstSendNumber,
            long sendNumber,
            SequenceWindow window,
            DelegatedTicket delegated,
            SecureRandom random) {
        this.agreement = Objects.requireNonNull(agreement, "agreement");
        this.keys = Objects.requireNonNull(keys, "keys");
        this.firstSendNumber = firstSendNumber;
        this.delegated = delegated;
        this.protection = new MessageProtection(
                agreement.initiator(),
                keys.baseKey(),
                keys.acceptorSubkey() != null,
                firstSendNumber,
                sendNumber,
                window,
                random);
    }

    /**
     * Gives what was agreed.
     *
     * @return the agreement
     */
    public Agreement agreement() {
        return agreement;
    }

    /**
     * Gives the keys.
     *
     * @return the keys, which stay this object's
     */
    public ContextKeys keys() {
        return keys;
    }

    /**
     * Gives the number that this side's messages began with.
     *
     * @return a sequence number
     */
    public long firstSendNumber() {
        return firstSendNumber;
    }

    /**
     * Gives what protects messages, which knows how far they have gone.
     *
     * @return the protection, which stays this object's
     */
    public MessageProtection protection() {
        return protection;
    }

    /**
     * Gives what the initiator delegated.
     *
     * @return the ticket, which stays this object's; null if there is none
     */
    public DelegatedTicket delegated() {
        return delegated;
    }

    /** Erases all keys. Closing twice is harmless. */
    @Override
    public void close() {
        protection.close();
        keys.close();
        if (delegated != null) {
            delegated.close();
        }
    }
}
