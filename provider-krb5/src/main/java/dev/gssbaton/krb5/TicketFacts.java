package dev.gssbaton.krb5;

import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.TicketFlag;
import java.time.Instant;
import java.util.Objects;

/**
 * What a context keeps of its ticket and authenticator beside the keys. Authorization data stay in the encoding that they
 * came in, since most contexts are asked for them once or never.
 *
 * @param flags the ticket's flags, see {@link TicketFlag}
 * @param authTime when the client was authenticated
 * @param startTime when the ticket begins to be valid
 * @param endTime when it ends
 * @param renewTill until when it can be renewed; null if it cannot
 * @param authorizationData what the KDC says of the client, in DER; empty for nothing
 * @param authenticatorData what the client says of itself, in DER; empty for nothing
 * @param pacVerified whether a PAC in the ticket's authorization data has been verified
 */
public record TicketFacts(
        KerberosFlags flags,
        Instant authTime,
        Instant startTime,
        Instant endTime,
        Instant renewTill,
        Octets authorizationData,
        Octets authenticatorData,
        boolean pacVerified) {
    /**
     * Checks that nothing is missing, and that nothing was verified where there is nothing.
     *
     * @param flags the ticket's flags
     * @param authTime when the client was authenticated
     * @param startTime when the ticket begins
     * @param endTime when it ends
     * @param renewTill until when it can be renewed, or null
     * @param authorizationData what the KDC says
     * @param authenticatorData what the client says
     * @param pacVerified whether a PAC was verified
     */
    public TicketFacts {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(authTime, "authTime");
        Objects.requireNonNull(startTime, "startTime");
        Objects.requireNonNull(endTime, "endTime");
        Objects.requireNonNull(authenticatorData, "authenticatorData");
        if (pacVerified && authorizationData.length() == 0) {
            throw new IllegalArgumentException("a verified PAC without authorization data");
        }
    }
}
