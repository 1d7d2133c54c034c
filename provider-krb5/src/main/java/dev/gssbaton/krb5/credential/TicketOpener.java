package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.Printable;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ietf.jgss.GSSException;

/** Opens tickets with the keys of a supply. */
final class TicketOpener implements AcceptorKeys {
    private static final int MAX_NAMED = 8;

    private final KeySupply supply;
    private final Principal principal;
    private final Set<Integer> permitted;

    /**
     * Makes an opener.
     *
     * @param supply where the keys come from
     * @param principal whose keys may be used; null for anybody's
     * @param permitted the numbers of the encryption types that a ticket may have
     */
    TicketOpener(KeySupply supply, Principal principal, Set<Integer> permitted) {
        this.supply = supply;
        this.principal = principal;
        this.permitted = permitted;
    }

    @Override
    public Principal principal() {
        return principal;
    }

    /**
     * Checks that there is a key to accept with at all, so that a wrong principal is found when the credential is made.
     *
     * @throws KerberosException {@code NO_CRED}, naming what there is
     */
    void expectKeys() throws KerberosException {
        try (KeyRing ring = supply.keys(principal)) {
            List<LongTermKey> own = own(ring);
            if (own.isEmpty()) {
                throw noKeys(ring);
            }
            if (own.stream().noneMatch(this::isUsable)) {
                throw new KerberosException(
                        ErrorCode.KRB_AP_ERR_NOKEY,
                        GSSException.NO_CRED,
                        supply.describe() + " has keys of " + who() + " for encryption types " + types(own)
                                + " alone, and " + permitted + " are permitted: add a key of one of those");
            }
        }
    }

    @Override
    public OpenedTicket open(Ticket ticket) throws KerberosException {
        EncryptedData encPart = ticket.encPart();
        if (!permitted.contains(encPart.etype())) {
            throw new KerberosException(
                    ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                    "the ticket is encrypted in " + name(encPart.etype()) + ", and " + permitted + " are permitted");
        }
        try (KeyRing ring = supply.keys(principal == null ? ticket.service() : principal)) {
            List<LongTermKey> own = own(ring);
            List<LongTermKey> candidates = own.stream()
                    .filter(key -> key.encryptionType() == encPart.etype() && key.key() != null)
                    .sorted(order(ticket))
                    .toList();
            for (LongTermKey candidate : candidates) {
                try {
                    EncTicketPart part = encPart.open(candidate.key(), Ticket.KEY_USAGE, EncTicketPart::decode);
                    return new OpenedTicket(
                            candidate.principal(),
                            candidate.kvno(),
                            candidate.key().copy(),
                            part);
                } catch (IntegrityException e) {
                    // The next one may fit.
                }
            }
            throw noneFits(ticket, ring, own, candidates);
        }
    }

    private List<LongTermKey> own(KeyRing ring) {
        return ring.keys().stream()
                .filter(key -> principal == null || key.principal().matches(principal))
                .toList();
    }

    private boolean isUsable(LongTermKey key) {
        return key.key() != null && permitted.contains(key.encryptionType());
    }

    /** First the version that the ticket names, then the principal that it names, then the newest. */
    private static Comparator<LongTermKey> order(Ticket ticket) {
        return Comparator.comparing((LongTermKey key) -> !isNamedVersion(key, ticket))
                .thenComparing(key -> !key.principal().matches(ticket.service()))
                .thenComparing(LongTermKey::kvno, (a, b) -> Integer.compareUnsigned(b, a));
    }

    private static boolean isNamedVersion(LongTermKey key, Ticket ticket) {
        return ticket.encPart().kvno().isPresent()
                && key.isVersion(ticket.encPart().kvno().getAsLong());
    }

    private KerberosException noneFits(
            Ticket ticket, KeyRing ring, List<LongTermKey> own, List<LongTermKey> candidates) {
        int etype = ticket.encPart().etype();
        String asked = "the ticket is for " + Printable.of(ticket.service().toString()) + ", " + name(etype)
                + (ticket.encPart().kvno().isPresent()
                        ? ", key version "
                                + Integer.toUnsignedString(
                                        (int) ticket.encPart().kvno().getAsLong())
                        : "");
        if (own.isEmpty()) {
            return noKeys(ring);
        }
        if (candidates.isEmpty()) {
            return new KerberosException(
                    ErrorCode.KRB_AP_ERR_NOKEY,
                    GSSException.NO_CRED,
                    asked + "; " + supply.describe() + " has keys of " + who() + " for encryption types " + types(own)
                            + " alone: add one of " + etype + ", or restrict what the KDC issues for the service");
        }
        if (principal != null && !ticket.service().matches(principal)) {
            return new KerberosException(
                    ErrorCode.KRB_AP_ERR_NOT_US,
                    asked + "; no key of " + principal + " in " + supply.describe()
                            + " opens it: the initiator asked for another service than this one");
        }
        if (ticket.encPart().kvno().isPresent() && candidates.stream().noneMatch(key -> isNamedVersion(key, ticket))) {
            return new KerberosException(
                    ErrorCode.KRB_AP_ERR_BADKEYVER,
                    asked + "; " + supply.describe() + " has versions " + versions(candidates) + " of " + who()
                            + ", and none opens it: the service's key was changed; fetch a new keytab");
        }
        return new KerberosException(
                ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                asked + "; no key of " + who() + " in " + supply.describe()
                        + " opens it: the ticket was changed, or the keytab is not the one that this KDC knows");
    }

    private KerberosException noKeys(KeyRing ring) {
        String held = ring.keys().isEmpty()
                ? "has no key at all"
                : "has keys of "
                        + ring.keys().stream()
                                .map(key -> key.principal().toString())
                                .distinct()
                                .limit(MAX_NAMED)
                                .collect(Collectors.joining(", "))
                        + ", none of " + who();
        return new KerberosException(
                ErrorCode.KRB_AP_ERR_NOKEY,
                GSSException.NO_CRED,
                supply.describe() + " " + held + ": add the principal's key, or name another principal");
    }

    private String who() {
        return principal == null ? "any principal" : principal.toString();
    }

    private static Set<Integer> types(List<LongTermKey> keys) {
        return keys.stream().map(LongTermKey::encryptionType).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String versions(List<LongTermKey> keys) {
        return keys.stream()
                .map(key -> Integer.toUnsignedString(key.kvno()))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String name(int etype) {
        return EncryptionType.of(etype)
                .map(type -> type.rfcName() + " (" + etype + ")")
                .orElse("encryption type " + etype);
    }
}
