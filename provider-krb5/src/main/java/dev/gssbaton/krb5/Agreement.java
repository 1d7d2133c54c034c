package dev.gssbaton.krb5;

import dev.gssbaton.spi.ContextFlag;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What both sides of an established context agree on, beside its keys.
 *
 * @param initiator whether this side is the initiator
 * @param flags the services granted: bits of {@link ContextFlag}, and {@link #DCE_STYLE}
 * @param source the initiator's name
 * @param target the acceptor's name
 * @param ticket what is kept of the ticket
 * @param clockSkew how far an initiator's clock may differ from an acceptor's; zero for an initiator
 */
public record Agreement(
        boolean initiator,
        int flags,
        PlatformName source,
        PlatformName target,
        TicketFacts ticket,
        Duration clockSkew) {
    /**
     * GSS_C_DCE_STYLE, beside the bits of {@link ContextFlag}: the acceptor established the context with a third leg (MS-KILE
     * section 3.4.5.1).
     */
    public static final int DCE_STYLE = 0x1000;

    /**
     * Checks that nothing is missing.
     *
     * @param initiator the role
     * @param flags the services granted
     * @param source the initiator's name
     * @param target the acceptor's name
     * @param ticket what is kept of the ticket
     * @param clockSkew the skew
     */
    public Agreement {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(ticket, "ticket");
        Objects.requireNonNull(clockSkew, "clockSkew");
    }

    /**
     * Tells whether a service is granted.
     *
     * @param flag the service
     * @return true if it is
     */
    public boolean grants(ContextFlag flag) {
        return (flags & flag.bit()) != 0;
    }

    /**
     * Gives the end of the context: the ticket's for an initiator, and later by the clock skew for an acceptor, which
     * takes a ticket until then.
     *
     * @return the end
     */
    public Instant expiry() {
        return ticket.endTime().plus(clockSkew);
    }
}
