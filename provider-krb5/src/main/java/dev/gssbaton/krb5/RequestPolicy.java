package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What an acceptor insists on of a ticket and its authenticator, both of which have been decrypted
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-3.2.3">RFC 4120 section 3.2.3</a>), in this order: the client,
 * the encryption types, the times, the path through realms.
 *
 * @param options what is insisted on
 * @param initiatorAddress where the initiator is; null if that is not known
 * @param now the time
 */
record RequestPolicy(AcceptorOptions options, InetAddress initiatorAddress, Instant now) {
    /**
     * Refuses what may not be accepted.
     *
     * @param opened the ticket
     * @param authenticator the authenticator that came with it
     * @throws KerberosException if something is against the options, saying what
     */
    void check(OpenedTicket opened, Authenticator authenticator) throws KerberosException {
        checkClient(opened.encPart(), authenticator);
        checkEncryptionTypes(opened, authenticator);
        checkTimes(opened.encPart(), authenticator.time());
        checkPath(opened.encPart(), opened.acceptor().realm());
    }

    private void checkClient(EncTicketPart ticket, Authenticator authenticator) throws KerberosException {
        if (!ticket.client().matches(authenticator.client())) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_BADMATCH, "the client in the authenticator is not the ticket's");
        }
        List<HostAddress> addresses = ticket.addresses().stream()
                .filter(address -> address.type() == HostAddress.IPV4 || address.type() == HostAddress.IPV6)
                .toList();
        if (!addresses.isEmpty() && initiatorAddress != null && !addresses.contains(HostAddress.of(initiatorAddress))) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_BADADDR,
                    "the ticket was issued for other addresses than the initiator's in the channel bindings");
        }
    }

    private void checkEncryptionTypes(OpenedTicket ticket, Authenticator authenticator) throws KerberosException {
        checkPermitted("ticket", ticket.serviceKey());
        checkPermitted("session key", ticket.encPart().key());
        if (authenticator.subkey() != null) {
            checkPermitted("initiator's subkey", authenticator.subkey());
        }
    }

    private void checkPermitted(String whose, EncryptionKey key) throws KerberosException {
        EncryptionType type = key.type();
        if (!options.permittedEncryptionTypes().contains(type.number())) {
            throw new KerberosException(
                    ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                    "the " + whose + " is of " + type.rfcName() + " (" + type.number() + "), and permitted are "
                            + options.permittedEncryptionTypes() + ": see AcceptorOptions, and what the KDC issues");
        }
    }

    private void checkTimes(EncTicketPart ticket, Instant initiatorTime) throws KerberosException {
        Duration skew = options.clockSkew();
        if (ticket.flags().has(TicketFlag.INVALID)) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_TKT_NYV, "the ticket is marked invalid: the KDC has to validate it first");
        }
        if (ticket.startTime().minus(skew).isAfter(now)) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_TKT_NYV,
                    "the ticket begins at " + ticket.startTime() + ", and it is " + now + ": compare the clocks");
        }
        if (now.isAfter(ticket.endTime().plus(skew))) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_TKT_EXPIRED,
                    "the ticket ended at " + ticket.endTime() + ", and it is " + now
                            + ": the initiator needs a new one");
        }
        if (Duration.between(initiatorTime, now).abs().compareTo(skew) > 0) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_SKEW,
                    "the initiator's clock says " + initiatorTime + " and ours " + now + ", which differ by more than "
                            + skew + ": set them right");
        }
    }

    private void checkPath(EncTicketPart ticket, String realm) throws KerberosException {
        if (!ticket.flags().has(TicketFlag.TRANSITED_POLICY_CHECKED)
                && !options.allows(Relaxation.UNCHECKED_TRANSIT_PATH)
                && !TransitedRealms.areTrusted(
                        ticket.transited(), ticket.client().realm(), realm, options.transitRealms())) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_PATH_NOT_ACCEPTED,
                    "the ticket passed through realms that are not trusted here, and the KDC did not check them: let the"
                            + " KDC do so, or name them in AcceptorOptions.transitRealms");
        }
    }
}
