package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.AcceptorOptions.Announcement;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.ApOption;
import dev.gssbaton.krb5.message.ApRep;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.ApplicationOptions;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.ChannelBindings;
import dev.gssbaton.krb5.message.EncApRepPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.EtypeList;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.KrbError;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.krb5.ticket.InitiatorTickets;
import dev.gssbaton.krb5.ticket.ServiceTicket;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.InitiatorRequest;
import dev.gssbaton.spi.SequenceWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSName;

/**
 * The initiator's side: an AP-REQ and, with mutual authentication, the acceptor's AP-REP
 * (<a href="https://www.rfc-editor.org/rfc/rfc4120#section-3.2">RFC 4120 section 3.2</a>).
 */
final class Initiation implements Handshake {
    private static final Octets NONE = Octets.of(new byte[0]);

    private static final Set<ContextFlag> GRANTABLE =
            Set.of(ContextFlag.MUTUAL, ContextFlag.REPLAY, ContextFlag.SEQUENCE, ContextFlag.CONF, ContextFlag.INTEG);

    private final InitiatorTickets tickets;
    private final AcceptorOptions options;
    private final InitiatorRequest request;
    private final GSSName service;
    private final Environment environment;

    /** What the AP-REQ said, kept until the AP-REP has come. */
    private Agreement agreement;

    private ContextKeys keys;
    private AuthenticatorTime time;
    private long sendNumber;
    /** The encryption types that an acceptor's subkey may have beside our own subkey's. */
    private List<Integer> offered = List.of();

    private ContextState established;

    Initiation(
            InitiatorTickets tickets,
            AcceptorOptions options,
            InitiatorRequest request,
            GSSName service,
            Environment environment) {
        this.tickets = tickets;
        this.options = options;
        this.request = request;
        this.service = service;
        this.environment = environment;
    }

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        if (agreement == null) {
            return request();
        }
        takeReply(token, offset, length);
        return null;
    }

    private byte[] request() throws GSSException {
        try (ServiceTicket ticket = ticket()) {
            Instant now = environment.clock().instant();
            if (!now.isBefore(ticket.endTime())) {
                throw new KerberosException(
                        ErrorCode.KRB_AP_ERR_TKT_EXPIRED,
                        GSSException.CREDENTIALS_EXPIRED,
                        "the ticket for " + service + " ended at " + ticket.endTime() + ", and it is " + now
                                + ": log in again, or set the clock right");
            }
            checkSessionKey(ticket.sessionKey().type());
            int flags = flags(ticket);
            agreement = new Agreement(
                    true,
                    flags,
                    PlatformName.of(ticket.client()),
                    PlatformName.of(ticket.service()),
                    facts(ticket),
                    Duration.ZERO);
            time = AuthenticatorTime.next(now);
            sendNumber = InitialSequenceNumber.draw(environment.random());
            if (agreement.grants(ContextFlag.MUTUAL)) {
                offered =
                        EncryptionTypeChoice.offer(options, ticket.sessionKey().type());
            }
            keys = new ContextKeys(
                    ticket.sessionKey().copy(),
                    EncryptionKey.generate(ticket.sessionKey().type(), environment.random()),
                    null);
            byte[] token = GssFraming.encode(TokenId.AP_REQ, message(ticket).encode());
            if (!agreement.grants(ContextFlag.MUTUAL)) {
                // Where there is no answer, the acceptor's messages begin with the initiator's number.
                establish(sendNumber);
            }
            return token;
        }
    }

    /** With a credential to delegate if that is asked for, or asked for where the realm's policy allows it. */
    private ServiceTicket ticket() throws GSSException {
        if (request.flags().contains(ContextFlag.DELEG)) {
            return tickets.delegatingTicket(service);
        }
        ServiceTicket ticket = tickets.ticket(service);
        if (!request.flags().contains(ContextFlag.DELEG_POLICY)
                || !ticket.flags().has(TicketFlag.OK_AS_DELEGATE)) {
            return ticket;
        }
        try (ticket) {
            return tickets.delegatingTicket(service);
        }
    }

    private int flags(ServiceTicket ticket) {
        Set<ContextFlag> granted = EnumSet.copyOf(GRANTABLE);
        granted.retainAll(request.flags());
        if (granted.contains(ContextFlag.CONF)) {
            granted.add(ContextFlag.INTEG);
        }
        if (delegates(ticket)) {
            granted.add(ContextFlag.DELEG);
            if (request.flags().contains(ContextFlag.DELEG_POLICY)
                    && ticket.flags().has(TicketFlag.OK_AS_DELEGATE)) {
                granted.add(ContextFlag.DELEG_POLICY);
            }
        }
        return ContextKeys.grantable(
                ContextFlag.bits(granted), ticket.sessionKey().type(), true);
    }

    private static boolean delegates(ServiceTicket ticket) {
        return ticket.delegation() != null && ticket.delegation().length() <= AuthenticatorChecksum.MAX_DELEGATION;
    }

    private static TicketFacts facts(ServiceTicket ticket) {
        return new TicketFacts(
                ticket.flags(),
                ticket.authTime(),
                ticket.startTime(),
                ticket.endTime(),
                ticket.renewTill(),
                NONE,
                NONE,
                false);
    }

    private ApReq message(ServiceTicket ticket) {
        // The policy's flag is for this side alone (RFC 5896 section 3).
        AuthenticatorChecksum checksum = new AuthenticatorChecksum(
                ChannelBindings.hash(request.channelBinding()),
                agreement.flags() & ~ContextFlag.DELEG_POLICY.bit(),
                agreement.grants(ContextFlag.DELEG) ? ticket.delegation() : null,
                NONE);
        try (Authenticator authenticator = new Authenticator(
                ticket.client(),
                checksum.encode(),
                time.ctime(),
                time.cusec(),
                keys.initiatorSubkey().copy(),
                OptionalLong.of(sendNumber),
                announcements())) {
            EncryptedData encrypted = EncryptedData.seal(
                    ticket.sessionKey(), Authenticator.KEY_USAGE, authenticator.encode(), environment.random());
            KerberosFlags options = agreement.grants(ContextFlag.MUTUAL)
                    ? KerberosFlags.NONE.with(ApOption.MUTUAL_REQUIRED)
                    : KerberosFlags.NONE;
            return new ApReq(options, ticket.ticket(), encrypted);
        }
    }

    private AuthorizationData announcements() {
        AuthorizationData types =
                offered.isEmpty() ? AuthorizationData.NONE : new EtypeList(offered).toAuthorizationData();
        return options.announces(Announcement.CHANNEL_BINDINGS)
                ? types.and(ApplicationOptions.channelBindingsKnown())
                : types;
    }

    private void takeReply(byte[] token, int offset, int length) throws GSSException {
        GssFraming frame = GssFraming.decode(token, offset, length);
        if (frame.tokenId() == TokenId.KRB_ERROR) {
            // Anybody can send one: it ends this attempt and does nothing else.
            KrbError error = KrbError.decode(token, frame.offset(), frame.length());
            int minorCode = error.errorCode() == 0 ? ErrorCode.KRB_ERR_GENERIC.number() : error.errorCode();
            throw new GSSException(GSSException.FAILURE, minorCode, "the acceptor answers with " + error.describe());
        }
        if (frame.tokenId() != TokenId.AP_REP) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_MSG_TYPE, "the answer holds " + frame.tokenId() + ", not AP_REP");
        }
        ApRep reply = ApRep.decode(token, frame.offset(), frame.length());
        try (EncApRepPart part = reply.open(keys.sessionKey())) {
            if (!part.ctime().equals(time.ctime()) || part.cusec() != time.cusec()) {
                throw new KerberosException(
                        ErrorCode.KRB_AP_ERR_MUT_FAIL, "the answer is to another request: its time is not ours");
            }
            if (part.subkey() != null) {
                checkSubkey(part.subkey().type());
                // Under rc4-hmac an acceptor that asserts one repeats ours, and neither side uses it.
                if (part.subkey().type().isOfRfc4121()) {
                    keys = keys.withAcceptorSubkey(part.subkey().copy());
                }
            }
            establish(part.initialSequenceNumber());
        }
    }

    private void checkSessionKey(EncryptionType type) throws KerberosException {
        if (!options.permittedEncryptionTypes().contains(type.number())) {
            throw new KerberosException(
                    ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                    "the session key for " + service + " is of " + type.rfcName() + " (" + type.number()
                            + "), and permitted are " + options.permittedEncryptionTypes()
                            + ": see AcceptorOptions, and what the KDC issues");
        }
    }

    private void checkSubkey(EncryptionType type) throws KerberosException {
        if (type != keys.sessionKey().type() && !offered.contains(type.number())) {
            throw new KerberosException(
                    ErrorCode.KDC_ERR_ETYPE_NOSUPP,
                    "the acceptor's subkey is of " + type.rfcName() + " (" + type.number()
                            + "), which it was not offered");
        }
    }

    private void establish(long receiveNumber) {
        established = new ContextState(
                agreement,
                keys,
                sendNumber,
                sendNumber,
                new SequenceWindow(ContextFlag.of(agreement.flags()), receiveNumber),
                null,
                environment.random());
        keys = null;
    }

    @Override
    public ContextState takeEstablished() {
        ContextState taken = established;
        established = null;
        return taken;
    }

    @Override
    public int flags() {
        return agreement == null ? 0 : agreement.flags();
    }

    @Override
    public PlatformName source() {
        return agreement == null ? null : agreement.source();
    }

    @Override
    public PlatformName target() {
        return agreement == null ? null : agreement.target();
    }

    @Override
    public void close() {
        if (keys != null) {
            keys.close();
        }
        if (established != null) {
            established.close();
        }
    }
}
