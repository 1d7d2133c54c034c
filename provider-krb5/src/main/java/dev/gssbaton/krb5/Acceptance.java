package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.AcceptorOptions;
import dev.gssbaton.krb5.credential.AcceptorOptions.Relaxation;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.crypto.IntegrityException;
import dev.gssbaton.krb5.message.ApOption;
import dev.gssbaton.krb5.message.ApRep;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.EncApRepPart;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.EtypeList;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.KrbError;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.MemoryReplayCache;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import dev.gssbaton.krb5.ticket.ReplayCache;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.OutputTokenException;
import dev.gssbaton.spi.SequenceWindow;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;

/**
 * The acceptor's side: one AP-REQ, checked in the order of
 * <a href="https://www.rfc-editor.org/rfc/rfc4120#section-3.2.3">RFC 4120 section 3.2.3</a> and
 * <a href="https://www.rfc-editor.org/rfc/rfc4121#section-4.1">RFC 4121 section 4.1</a>, and an AP-REP if the initiator
 * asks for mutual authentication. Any other answer is a KRB-ERROR.
 *
 * <p>An initiator of DCE style (MS-KILE section 3.4.5.1) sends its AP-REQ without a frame, gets the AP-REP so, and answers it
 * with an AP-REP of its own, before which nothing is established.
 *
 * <p>Nothing outside the encryption decides anything: not the ticket's service name, nor its key version, nor the options of
 * the AP-REQ, except that what is not supported is refused.
 */
final class Acceptance implements Handshake {
    /** For a KRB-ERROR of an acceptor that answers to any name and has not been told one. */
    private static final Principal NOBODY =
            new Principal(PrincipalName.of(PrincipalName.NT_UNKNOWN, "unknown"), "unknown");

    private final AcceptorKeys keys;
    private final AcceptorOptions options;
    private final ChannelBinding channelBinding;
    private final Environment environment;
    private final Instant now;

    /** What a KRB-ERROR says of the request, as far as it has been read. */
    private Principal service;

    private Authenticator authenticator;

    /** Whether the request came without the frame of GSS-API. */
    private boolean bare;

    /** What is established with the third leg of DCE style. */
    private ContextState pending;

    private ContextState established;

    Acceptance(AcceptorKeys keys, AcceptorOptions options, ChannelBinding channelBinding, Environment environment) {
        this.keys = keys;
        this.options = options;
        this.channelBinding = channelBinding;
        this.environment = environment;
        this.now = environment.clock().instant();
        this.service = keys.principal();
    }

    @Override
    public byte[] step(byte[] token, int offset, int length) throws GSSException {
        if (pending != null) {
            takeThirdLeg(token, offset, length);
            return null;
        }
        GssFraming frame = frame(token, offset, length);
        try {
            return accept(request(token, frame));
        } catch (KerberosException e) {
            throw answered(e, e.errorCode());
        } catch (GSSException e) {
            throw answered(e, ErrorCode.KRB_ERR_GENERIC);
        } finally {
            if (authenticator != null) {
                authenticator.close();
            }
        }
    }

    /** Finds the request. What is no token of this mechanism is not answered: it may be nobody's. */
    private GssFraming frame(byte[] token, int offset, int length) throws GSSException {
        if (ApReq.begins(token, offset, length)) {
            bare = true;
            return new GssFraming(TokenId.AP_REQ, offset, length);
        }
        GssFraming frame;
        try {
            frame = GssFraming.decode(token, offset, length);
        } catch (MalformedMessageException e) {
            throw answered(e, e.errorCode());
        }
        if (frame.tokenId() != TokenId.AP_REQ) {
            KerberosException unexpected = new KerberosException(
                    ErrorCode.KRB_AP_ERR_MSG_TYPE, "the first token holds " + frame.tokenId() + ", not AP_REQ");
            throw answered(unexpected, unexpected.errorCode());
        }
        return frame;
    }

    private static ApReq request(byte[] token, GssFraming frame) throws KerberosException {
        ApReq request = ApReq.decode(token, frame.offset(), frame.length());
        if (request.apOptions().has(ApOption.USE_SESSION_KEY)) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_NOKEY,
                    "the ticket is for user-to-user authentication, which this acceptor has no session key for");
        }
        return request;
    }

    private byte[] accept(ApReq request) throws GSSException {
        try (OpenedTicket ticket = keys.open(request.ticket())) {
            service = ticket.acceptor();
            EncTicketPart part = ticket.encPart();
            authenticator = open(request.authenticator(), part.key());
            new RequestPolicy(options, initiatorAddress(), now).check(ticket, authenticator);
            takeOnce(request.authenticator().cipher());
            RequestedServices services = RequestedServices.of(
                    authenticator,
                    request.apOptions().has(ApOption.MUTUAL_REQUIRED),
                    part.key(),
                    options,
                    channelBinding);
            try {
                return establish(services, ticket);
            } finally {
                if (established == null && pending == null) {
                    services.close();
                }
            }
        }
    }

    private static Authenticator open(EncryptedData encrypted, EncryptionKey sessionKey) throws KerberosException {
        try {
            return encrypted.open(sessionKey, Authenticator.KEY_USAGE, Authenticator::decode);
        } catch (IntegrityException e) {
            throw new KerberosException(
                    ErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
                    "the authenticator does not verify with the ticket's session key");
        }
    }

    private InetAddress initiatorAddress() {
        return channelBinding == null ? null : channelBinding.getInitiatorAddress();
    }

    private void takeOnce(Octets cipher) throws GSSException {
        if (options.allows(Relaxation.REPLAY_CACHE_IN_MEMORY_ONLY)) {
            MemoryReplayCache.SHARED.take(cipher, authenticator.time(), options.clockSkew(), now);
        } else {
            new ReplayCache(environment.claims(), options.clockSkew(), environment.random())
                    .take(cipher, authenticator.time());
        }
    }

    private byte[] establish(RequestedServices services, OpenedTicket opened) throws GSSException {
        if (services.dceStyle() != bare) {
            throw new KerberosException(
                    ErrorCode.KRB_ERR_GENERIC,
                    GSSException.DEFECTIVE_TOKEN,
                    bare
                            ? "the token has no frame, which is for DCE style alone"
                            : "the token asks for DCE style, and has a frame");
        }
        EncTicketPart ticket = opened.encPart();
        boolean mutual = (services.flags() & ContextFlag.MUTUAL.bit()) != 0;
        EncryptionType type = encryptionType(ticket, mutual);
        boolean asserts = services.dceStyle() || (mutual && type.isOfRfc4121() && isSubkeyNeeded(type));
        boolean keyOfItsOwn = asserts || authenticator.subkey() != null;
        int flags = ContextKeys.grantable(services.flags(), type, keyOfItsOwn);
        Agreement agreement = new Agreement(
                false,
                services.dceStyle() ? flags | Agreement.DCE_STYLE : flags,
                PlatformName.of(ticket.client()),
                PlatformName.of(opened.acceptor()),
                facts(opened),
                options.clockSkew());
        long receiveNumber = authenticator.initialSequenceNumber();
        long sendNumber = mutual ? sendNumber(type, receiveNumber) : receiveNumber;
        ContextKeys own = keys(ticket, asserts ? type : null);
        byte[] reply = mutual ? reply(own, sendNumber) : null;
        ContextState made = new ContextState(
                agreement,
                own,
                sendNumber,
                sendNumber,
                new SequenceWindow(ContextFlag.of(flags), receiveNumber),
                services.delegated(),
                environment.random());
        if (services.dceStyle()) {
            pending = made;
        } else {
            established = made;
        }
        return reply;
    }

    /**
     * Takes the initiator's own AP-REP: it proves with our number that it has read ours. A subkey would be an echo of ours.
     */
    private void takeThirdLeg(byte[] token, int offset, int length) throws KerberosException {
        ApRep answer = ApRep.decode(token, offset, length);
        try (EncApRepPart part = answer.open(pending.keys().sessionKey())) {
            if (part.subkey() != null || part.initialSequenceNumber() != pending.firstSendNumber()) {
                throw new KerberosException(
                        ErrorCode.KRB_AP_ERR_MUT_FAIL, "the initiator's answer is not to the acceptor's");
            }
        }
        established = pending;
        pending = null;
    }

    private TicketFacts facts(OpenedTicket opened) {
        EncTicketPart ticket = opened.encPart();
        return new TicketFacts(
                ticket.flags(),
                ticket.authTime(),
                ticket.startTime(),
                ticket.endTime(),
                ticket.renewTill(),
                encoded(ticket.authorizationData()),
                encoded(authenticator.authorizationData()),
                PacVerifier.verify(
                        ticket.authorizationData(), opened.serviceKey(), ticket.client(), ticket.authTime()));
    }

    private static Octets encoded(AuthorizationData data) {
        return data.elements().isEmpty() ? Octets.of(new byte[0]) : Octets.of(data.encode());
    }

    /** Chooses the type of encryption that protects messages: another than was given only in an answer (RFC 4537). */
    private EncryptionType encryptionType(EncTicketPart ticket, boolean mutual) throws KerberosException {
        EncryptionKey subkey = authenticator.subkey();
        EncryptionType given = (subkey == null ? ticket.key() : subkey).type();
        if (!mutual) {
            return given;
        }
        return EtypeList.find(authenticator.authorizationData())
                .map(offered -> EncryptionTypeChoice.choose(options, offered, given))
                .orElse(given);
    }

    /** Where the initiator asserts none, all contexts of its ticket would have one key. */
    private boolean isSubkeyNeeded(EncryptionType type) {
        EncryptionKey subkey = authenticator.subkey();
        return !options.allows(Relaxation.NO_ACCEPTOR_SUBKEY) || subkey == null || subkey.type() != type;
    }

    private long sendNumber(EncryptionType type, long receiveNumber) {
        return type.isOfRfc4121()
                ? InitialSequenceNumber.draw(environment.random())
                : InitialSequenceNumber.drawAwayFrom(receiveNumber, environment.random());
    }

    /**
     * Gives the context its keys. An acceptor's subkey goes with an AP-REP alone, and with encryption types of RFC 4121 or
     * DCE style.
     *
     * @param asserted the type of the acceptor's subkey; null for none
     */
    private ContextKeys keys(EncTicketPart ticket, EncryptionType asserted) {
        EncryptionKey subkey = authenticator.subkey();
        return new ContextKeys(
                ticket.key().copy(),
                subkey == null ? null : subkey.copy(),
                asserted == null ? null : EncryptionKey.generate(asserted, environment.random()));
    }

    private byte[] reply(ContextKeys own, long sendNumber) {
        EncryptionKey subkey =
                own.acceptorSubkey() == null ? null : own.acceptorSubkey().copy();
        try (EncApRepPart part =
                new EncApRepPart(authenticator.ctime(), authenticator.cusec(), subkey, OptionalLong.of(sendNumber))) {
            EncryptedData encrypted =
                    EncryptedData.seal(own.sessionKey(), EncApRepPart.KEY_USAGE, part.encode(), environment.random());
            byte[] message = new ApRep(encrypted).encode();
            return bare ? message : GssFraming.encode(TokenId.AP_REP, message);
        }
    }

    /** Lets the initiator know what failed, by its code: the text, which may name files and keys, stays here. */
    private OutputTokenException answered(GSSException cause, ErrorCode code) {
        boolean known = authenticator != null;
        KrbError error = new KrbError(
                known ? authenticator.ctime() : null,
                known ? OptionalInt.of(authenticator.cusec()) : OptionalInt.empty(),
                now,
                now.get(ChronoField.MICRO_OF_SECOND),
                code.number(),
                null,
                null,
                service == null ? NOBODY : service,
                Octets.of(code.name().getBytes(StandardCharsets.US_ASCII)),
                null);
        OutputTokenException exception = new OutputTokenException(
                cause.getMajor(),
                cause.getMinor(),
                cause.getMinorString(),
                GssFraming.encode(TokenId.KRB_ERROR, error.encode()));
        exception.initCause(cause);
        return exception;
    }

    @Override
    public ContextState takeEstablished() {
        ContextState taken = established;
        established = null;
        return taken;
    }

    @Override
    public int flags() {
        return 0;
    }

    @Override
    public PlatformName source() {
        return null;
    }

    @Override
    public PlatformName target() {
        return null;
    }

    @Override
    public void close() {
        if (pending != null) {
            pending.close();
        }
        if (established != null) {
            established.close();
        }
    }
}
