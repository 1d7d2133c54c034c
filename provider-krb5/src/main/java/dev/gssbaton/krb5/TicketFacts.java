package dev.gssbaton.krb5;

import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.TicketFlag;
import java.time.Instant;
import java.util.Objects;

/**
 * What a context keeps of its ticket and authenticator beside the keys. Authorization data stay in the encoding that they
 * came in, since most contexts are asked for them once or never. A context that came in a format of others may know of its
 * ticket no more than the end.
 *
 * @param flags the ticket's flags, see {@link TicketFlag}
 * @param authTime when the client was authenticated; null if it is not known
 * @param startTime when the ticket begins to be valid; null exactly if {@code authTime} is
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
     * Checks that nothing is missing but what may be, and that nothing was verified where there is nothing.
     *
     * @param flags the ticket's flags
     * @param authTime when the client was authenticated, or null
     * @param startTime when the ticket begins, or null
     * @param endTime when it ends
     * @param renewTill until when it can be renewed, or null
     * @param authorizationData what the KDC says
     * @param authenticatorData what the client says
     * @param pacVerified whether a PAC was verified
     */
    public TicketFacts {
        Objects.requireNonNull(flags, "flags");
        Objects.requireNonNull(endTime, "endTime");
        Objects.requireNonNull(authenticatorData, "authenticatorData");
        if ((authTime == null) != (startTime == null)) {
            throw new IllegalArgumentException("of the ticket's times one is known and one is not");
        }
        if (pacVerified && authorizationData.length() == 0) {
            throw new IllegalArgumentException("a verified PAC without authorization data");
        }
    }
}
