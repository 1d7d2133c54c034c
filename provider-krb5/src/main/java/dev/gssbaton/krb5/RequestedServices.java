package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.ApplicationOptions;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.ChannelBindings;
import dev.gssbaton.krb5.message.Checksum;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.ticket.DelegatedTicket;
import dev.gssbaton.spi.ContextFlag;
import java.util.Set;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;

/**
 * What an initiator asks for, and what it delegates: its authenticator's checksum, read and checked
 * (<a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1.1">RFC 4121 section 4.1.1</a>).
 *
 * @param flags bits of {@link ContextFlag}
 * @param dceStyle whether it answers the AP-REP with one of its own; that includes mutual authentication
 * @param delegated what was delegated, closed with this record; null for nothing
 */
record RequestedServices(int flags, boolean dceStyle, DelegatedTicket delegated) implements AutoCloseable {
    /** Flags that an initiator's checksum may ask for; others are ignored, as RFC 4121 section 4.1.1.1 demands. */
    private static final int ASKABLE = ContextFlag.bits(
            Set.of(ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF, ContextFlag.INTEG));

    /** Erases what was delegated. */
    @Override
    public void close() {
        if (delegated != null) {
            delegated.close();
        }
    }

    /**
     * Reads what an initiator asks for.
     *
     * @param authenticator its authenticator
     * @param mutualRequired whether the AP-REQ asks for an answer: nothing else does without GSS-API's checksum
     * @param sessionKey the ticket's session key
     * @param options what is insisted on
     * @param channelBinding what the acceptor binds to; null for nothing
     * @return what it asks for, which the caller closes
     * @throws GSSException if the checksum is malformed, or something is against the options: {@code BAD_BINDINGS} if it
     *     is the channel bindings
     */
    static RequestedServices of(
            Authenticator authenticator,
            boolean mutualRequired,
            EncryptionKey sessionKey,
            AcceptorOptions options,
            ChannelBinding channelBinding)
            throws GSSException {
        Checksum checksum = authenticator.checksum();
        if (checksum == null || checksum.type() != AuthenticatorChecksum.TYPE) {
            if (!options.allows(Relaxation.ABSENT_OR_OTHER_CHECKSUM) || channelBinding != null) {
                throw new KerberosException(
                        ErrorCode.KRB_AP_ERR_INAPP_CKSUM,
                        channelBinding == null ? GSSException.FAILURE : GSSException.BAD_BINDINGS,
                        "the authenticator has "
                                + (checksum == null ? "no checksum" : "a checksum of type " + checksum.type())
                                + ", where GSS-API has one of type 0x8003");
            }
            return new RequestedServices(withoutFlags(checksum, mutualRequired, sessionKey), false, null);
        }
        AuthenticatorChecksum asked = AuthenticatorChecksum.decode(checksum);
        if (channelBinding != null) {
            checkBindings(asked.bindings(), authenticator, options, channelBinding);
        }
        boolean dceStyle = (asked.flags() & Agreement.DCE_STYLE) != 0;
        int flags = (asked.flags() & ASKABLE) | (dceStyle ? ContextFlag.MUTUAL.bit() : 0);
        if (asked.delegation() == null) {
            return new RequestedServices(flags, dceStyle, null);
        }
        DelegatedTicket delegated = DelegatedTicket.receive(
                        asked.delegation(), sessionKey, authenticator.subkey(), authenticator.client())
                .orElse(null);
        return new RequestedServices(delegated == null ? flags : flags | ContextFlag.DELEG.bit(), dceStyle, delegated);
    }

    /** Gives the flags of what is no authenticator of GSS-API, as MIT krb5 does. */
    private static int withoutFlags(Checksum checksum, boolean mutualRequired, EncryptionKey sessionKey)
            throws KerberosException {
        if (checksum == null) {
            return 0;
        }
        // Over no data, so that an authenticator made for some data is not taken for one without.
        if (checksum.type() != sessionKey.type().checksumType()
                || !sessionKey.verify(
                        Authenticator.CHECKSUM_KEY_USAGE,
                        new byte[0],
                        0,
                        0,
                        checksum.checksum().toBytes())) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_MODIFIED, "the authenticator's checksum is not one over no data");
        }
        int flags = ContextFlag.REPLAY.bit() | ContextFlag.SEQUENCE.bit();
        return mutualRequired ? flags | ContextFlag.MUTUAL.bit() : flags;
    }

    private static void checkBindings(
            Octets bindings, Authenticator authenticator, AcceptorOptions options, ChannelBinding channelBinding)
            throws KerberosException {
        boolean absent = ChannelBindings.isNone(bindings)
                && options.allows(Relaxation.ABSENT_CHANNEL_BINDINGS)
                && !ApplicationOptions.areChannelBindingsKnown(authenticator.authorizationData());
        if (!absent && !ChannelBindings.matches(channelBinding, bindings)) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    GSSException.BAD_BINDINGS,
                    "the initiator's channel bindings are not this acceptor's");
        }
    }
}
