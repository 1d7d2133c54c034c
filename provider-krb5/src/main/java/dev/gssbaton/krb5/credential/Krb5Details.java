package dev.gssbaton.krb5.credential;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a krb5 context knows beside what JGSS has words for. No secrets. A context gives it as
 * {@code details(Krb5Details.class)}.
 *
 * @param encryptionType the number of the encryption type that protects messages
 * @param authTime when the client was authenticated; null if it is not known, since the context came in a format that does
 *     not say
 * @param startTime when the ticket begins to be valid; null exactly if {@code authTime} is
 * @param endTime when the ticket ends
 * @param renewTill until when the ticket can be renewed; null if it cannot
 * @param ticketFlags the ticket's flags, bit 0 highest
 *     (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-5.3">RFC 4120 section 5.3</a>); 0 if {@code authTime} is not
 *     known
 * @param ticketAuthorizationData what the KDC says of the client, as it came; an acceptor knows it, an initiator does not
 * @param authenticatorAuthorizationData what the client says of itself, for which nobody vouches
 * @param pacVerified whether a PAC in the ticket's authorization data was verified with the acceptor's key when the
 *     context was accepted. Without it a PAC is a claim, not a fact
 */
public record Krb5Details(
        int encryptionType,
        Instant authTime,
        Instant startTime,
        Instant endTime,
        Instant renewTill,
        int ticketFlags,
        List<AuthorizationElement> ticketAuthorizationData,
        List<AuthorizationElement> authenticatorAuthorizationData,
        boolean pacVerified) {
    /**
     * Copies the lists.
     *
     * @param encryptionType the encryption type
     * @param authTime when the client was authenticated, or null
     * @param startTime when the ticket begins, or null
     * @param endTime when the ticket ends
     * @param renewTill until when it can be renewed, or null
     * @param ticketFlags the ticket's flags
     * @param ticketAuthorizationData what the KDC says
     * @param authenticatorAuthorizationData what the client says
     * @param pacVerified whether a PAC was verified
     */
    public Krb5Details {
        Objects.requireNonNull(endTime, "endTime");
        ticketAuthorizationData = List.copyOf(ticketAuthorizationData);
        authenticatorAuthorizationData = List.copyOf(authenticatorAuthorizationData);
    }

    /**
     * Tells whether the ticket has a flag.
     *
     * @param bitNumber its bit number in RFC 4120, 0 to 31: 1 is forwardable
     * @return true if it has
     */
    public boolean hasTicketFlag(int bitNumber) {
        Objects.checkIndex(bitNumber, Integer.SIZE);
        return (ticketFlags << bitNumber) < 0;
    }
}
