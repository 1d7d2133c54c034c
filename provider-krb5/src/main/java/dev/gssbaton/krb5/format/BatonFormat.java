package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.ticket.DelegatedTicket;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.ietf.jgss.GSSException;

/**
 * The format {@code baton} of a krb5 context's state, version 1. Numbers are big-endian; each value has one encoding.
 *
 * <pre>{@code
 * octets  field
 * 1       version            01
 * 1       presence           01 this side is the initiator | 02 initiator's subkey | 04 acceptor's subkey
 *                            | 08 renew-till | 10 ticket's authorization data | 20 a PAC in them was verified
 *                            | 40 authenticator's authorization data | 80 delegated ticket
 * 2       services           the bits of RFC 2744, 8000 for GSS_C_DELEG_POLICY_FLAG, and 1000 for GSS_C_DCE_STYLE, which
 *                            only an acceptor has, and with mutual authentication
 * 2 + n   source name        the initiator's principal with its realm, UTF-8
 * 2 + n   target name        the acceptor's
 * 1 + n   session key        encryption type, key octets, as many as the type has
 * 1 + n   initiator's subkey if present
 * 1 + n   acceptor's subkey  if present. Messages are protected with it, or else with the initiator's, or else with the
 *                            session key
 * 8       first number sent  the sequence number that this side began with
 * 8       next number        the one that it goes on with
 * 25      window             see SequenceWindow
 * 4       ticket flags       bit 0 highest
 * 8       authtime           seconds since 1970; 7FFFFFFFFFFFFFFF if not known
 * 8       starttime          7FFFFFFFFFFFFFFF exactly if authtime is
 * 8       endtime
 * 8       renew-till         if present
 * 4       clock skew         milliseconds by which an acceptor's context outlives the ticket; 0 for an initiator
 * 4 + n   ticket's authorization data         DER, if present
 * 4 + n   authenticator's authorization data  DER, if present
 *         delegated ticket                    if present, see DelegatedTicketFormat
 * }</pre>
 *
 * <p>Without authorization data and a delegated ticket, and with keys of 32 octets, that is 180 octets and both names.
 */
final class BatonFormat {
    private static final int VERSION = 1;

    private static final int INITIATOR = 0x01;
    private static final int INITIATOR_SUBKEY = 0x02;
    private static final int ACCEPTOR_SUBKEY = 0x04;
    private static final int RENEW_TILL = 0x08;
    private static final int TICKET_DATA = 0x10;
    private static final int PAC_VERIFIED = 0x20;
    private static final int AUTHENTICATOR_DATA = 0x40;
    private static final int DELEGATED = 0x80;
    /** What only an acceptor has. */
    private static final int OF_ACCEPTOR = TICKET_DATA | PAC_VERIFIED | AUTHENTICATOR_DATA | DELEGATED;

    private static final int DELEG = ContextFlag.DELEG.bit();
    private static final int DELEG_POLICY = ContextFlag.DELEG_POLICY.bit();
    private static final int MUTUAL = ContextFlag.MUTUAL.bit();
    private static final int REPLAY_AND_SEQUENCE = ContextFlag.REPLAY.bit() | ContextFlag.SEQUENCE.bit();
    /** The services that a krb5 context may grant. */
    private static final int SERVICES = DELEG
            | DELEG_POLICY
            | MUTUAL
            | REPLAY_AND_SEQUENCE
            | ContextFlag.CONF.bit()
            | ContextFlag.INTEG.bit()
            | Agreement.DCE_STYLE;

    /** Octets that a name has at most. */
    static final int MAX_NAME = 0xFFFF;

    private static final int MAX_DATA = StateWriter.MAX_SIZE;
    /** An acceptor's options allow a day. */
    private static final int MAX_SKEW = 86_400_000;

    /** KerberosTime has four digits for the year. */
    private static final long MIN_TIME = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();

    private static final long MAX_TIME = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    /** Of a context that came in another format, which does not say. */
    private static final long NOT_KNOWN = Long.MAX_VALUE;

    private static final Octets NONE = Octets.of(new byte[0]);

    private BatonFormat() {}

    static void encode(ContextState state, Delegation delegation, StateWriter out) {
        Agreement agreement = state.agreement();
        TicketFacts ticket = agreement.ticket();
        ContextKeys keys = state.keys();
        DelegatedTicket delegated = delegation == Delegation.CARRY ? state.delegated() : null;
        out.uint8(VERSION);
        out.uint8((agreement.initiator() ? INITIATOR : 0)
                | (keys.initiatorSubkey() != null ? INITIATOR_SUBKEY : 0)
                | (keys.acceptorSubkey() != null ? ACCEPTOR_SUBKEY : 0)
                | (ticket.renewTill() != null ? RENEW_TILL : 0)
                | (ticket.authorizationData().length() != 0 ? TICKET_DATA : 0)
                | (ticket.pacVerified() ? PAC_VERIFIED : 0)
                | (ticket.authenticatorData().length() != 0 ? AUTHENTICATOR_DATA : 0)
                | (delegated != null ? DELEGATED : 0));
        // An acceptor without the ticket is one to which nothing was delegated.
        out.uint16(agreement.initiator() || delegated != null ? agreement.flags() : agreement.flags() & ~DELEG);
        out.counted(agreement.source().text());
        out.counted(agreement.target().text());
        encode(keys.sessionKey(), out);
        encode(keys.initiatorSubkey(), out);
        encode(keys.acceptorSubkey(), out);
        out.int64(state.firstSendNumber());
        out.int64(state.protection().sendNumber());
        state.protection().window().write(out);
        out.int32(ticket.flags().toInt());
        encodeOrNotKnown(ticket.authTime(), out);
        encodeOrNotKnown(ticket.startTime(), out);
        encode(ticket.endTime(), out);
        encode(ticket.renewTill(), out);
        out.int32(Math.toIntExact(agreement.clockSkew().toMillis()));
        encode(ticket.authorizationData(), out);
        encode(ticket.authenticatorData(), out);
        if (delegated != null) {
            DelegatedTicketFormat.encode(delegated, out);
        }
    }

    static ContextState decode(StateReader in, Delegation delegation, SecureRandom random) throws GSSException {
        if (in.uint8("version") != VERSION) {
            throw StateReader.malformed("version", "is not " + VERSION + ": another release of Baton wrote it");
        }
        int presence = in.uint8("presence");
        boolean initiator = has(presence, INITIATOR);
        int services = services(presence, in.uint16("services"));
        PlatformName source = name(in, "source name");
        PlatformName target = name(in, "target name");
        EncryptionKey sessionKey = null;
        EncryptionKey initiatorSubkey = null;
        EncryptionKey acceptorSubkey = null;
        DelegatedTicket delegated = null;
        boolean done = false;
        try {
            sessionKey = key(in, "session key");
            initiatorSubkey = has(presence, INITIATOR_SUBKEY) ? key(in, "initiator's subkey") : null;
            acceptorSubkey = has(presence, ACCEPTOR_SUBKEY) ? key(in, "acceptor's subkey") : null;
            long firstSendNumber = in.int64("first number sent");
            long sendNumber = in.int64("next number");
            SequenceWindow window = SequenceWindow.read(in);
            if (window.flagBits() != (services & REPLAY_AND_SEQUENCE)) {
                throw StateReader.malformed("window", "reports something else than the services say");
            }
            ContextKeys keys = new ContextKeys(sessionKey, initiatorSubkey, acceptorSubkey);
            checkNumbers(keys.baseKey().type(), firstSendNumber, sendNumber, window.base());
            KerberosFlags ticketFlags = KerberosFlags.of(in.int32("ticket flags"));
            Instant authTime = timeOrNotKnown(in, "authtime");
            Instant startTime = timeOrNotKnown(in, "starttime");
            if ((authTime == null) != (startTime == null)) {
                throw StateReader.malformed("starttime", "and authtime are not both known");
            }
            Instant endTime = time(in, "endtime");
            Instant renewTill = has(presence, RENEW_TILL) ? time(in, "renew-till") : null;
            Duration clockSkew = clockSkew(in, initiator);
            TicketFacts ticket = new TicketFacts(
                    ticketFlags,
                    authTime,
                    startTime,
                    endTime,
                    renewTill,
                    has(presence, TICKET_DATA) ? data(in, "ticket's authorization data") : NONE,
                    has(presence, AUTHENTICATOR_DATA) ? data(in, "authenticator's authorization data") : NONE,
                    has(presence, PAC_VERIFIED));
            if (has(presence, DELEGATED)) {
                delegated = DelegatedTicketFormat.decode(in, source);
                if (delegation == Delegation.DROP) {
                    delegated.close();
                    delegated = null;
                    services &= ~DELEG;
                }
            }
            done = true;
            return new ContextState(
                    new Agreement(initiator, services, source, target, ticket, clockSkew),
                    keys,
                    firstSendNumber,
                    sendNumber,
                    window,
                    delegated,
                    random);
        } finally {
            if (!done) {
                erase(sessionKey, initiatorSubkey, acceptorSubkey);
                if (delegated != null) {
                    delegated.close();
                }
            }
        }
    }

    private static boolean has(int presence, int bit) {
        return (presence & bit) != 0;
    }

    /** Checks that presence and services belong together. */
    private static int services(int presence, int services) throws GSSException {
        boolean initiator = has(presence, INITIATOR);
        if (initiator && (presence & OF_ACCEPTOR) != 0) {
            throw StateReader.malformed("presence", "has what only an acceptor knows");
        }
        if (has(presence, PAC_VERIFIED) && !has(presence, TICKET_DATA)) {
            throw StateReader.malformed("presence", "has a verified PAC and no authorization data");
        }
        if ((services & ~SERVICES) != 0) {
            throw StateReader.malformed("services", "has unknown bits");
        }
        if (has(presence, ACCEPTOR_SUBKEY) && (services & MUTUAL) == 0) {
            throw StateReader.malformed("services", "has an acceptor's subkey and no mutual authentication");
        }
        if (!initiator && ((services & DELEG) != 0) != has(presence, DELEGATED)) {
            throw StateReader.malformed("services", "does not agree with the delegated ticket");
        }
        if ((services & Agreement.DCE_STYLE) != 0 && (initiator || (services & MUTUAL) == 0)) {
            throw StateReader.malformed("services", "has DCE style without mutual authentication, or of an initiator");
        }
        if ((services & DELEG_POLICY) != 0 && (!initiator || (services & DELEG) == 0)) {
            throw StateReader.malformed("services", "has a policy of delegation and no delegation");
        }
        return services;
    }

    private static PlatformName name(StateReader in, String field) throws GSSException {
        byte[] text = in.counted(MAX_NAME, field);
        try {
            return PlatformName.ofText(text);
        } catch (GSSException e) {
            throw StateReader.malformed(field, "is no principal");
        }
    }

    private static void encode(EncryptionKey key, StateWriter out) {
        if (key != null) {
            out.uint8(key.type().number());
            key.secret().lend(octets -> {
                out.octets(octets);
                return null;
            });
        }
    }

    private static EncryptionKey key(StateReader in, String field) throws GSSException {
        EncryptionType type = EncryptionType.of(in.uint8(field)).orElse(null);
        if (type == null) {
            throw StateReader.malformed(field, "is of an unknown encryption type");
        }
        return new EncryptionKey(type, in.secretOctets(type.keySize(), field));
    }

    /** Under rc4-hmac, numbers have 32 bits. */
    private static void checkNumbers(EncryptionType type, long... numbers) throws GSSException {
        for (long number : numbers) {
            if (!type.isOfRfc4121() && number >>> Integer.SIZE != 0) {
                throw StateReader.malformed("sequence number", "has more bits than rc4-hmac gives it");
            }
        }
    }

    private static void encode(Instant time, StateWriter out) {
        if (time != null) {
            out.int64(time.getEpochSecond());
        }
    }

    private static void encodeOrNotKnown(Instant time, StateWriter out) {
        out.int64(time == null ? NOT_KNOWN : time.getEpochSecond());
    }

    private static Instant timeOrNotKnown(StateReader in, String field) throws GSSException {
        long seconds = in.int64(field);
        return seconds == NOT_KNOWN ? null : time(seconds, field);
    }

    private static Instant time(StateReader in, String field) throws GSSException {
        return time(in.int64(field), field);
    }

    private static Instant time(long seconds, String field) throws GSSException {
        if (seconds < MIN_TIME || seconds > MAX_TIME) {
            throw StateReader.malformed(field, "is not in the years 0 to 9999");
        }
        return Instant.ofEpochSecond(seconds);
    }

    private static Duration clockSkew(StateReader in, boolean initiator) throws GSSException {
        int millis = in.int32("clock skew");
        if (millis < 0 || millis > (initiator ? 0 : MAX_SKEW)) {
            throw StateReader.malformed("clock skew", "is not one that this side can have");
        }
        return millis == 0 ? Duration.ZERO : Duration.ofMillis(millis);
    }

    private static void encode(Octets data, StateWriter out) {
        if (data.length() != 0) {
            out.large(data.toBytes());
        }
    }

    private static Octets data(StateReader in, String field) throws GSSException {
        byte[] octets = in.large(MAX_DATA, field);
        try {
            if (AuthorizationData.decode(octets, 0, octets.length).elements().isEmpty()) {
                throw StateReader.malformed(field, "are empty");
            }
        } catch (MalformedMessageException e) {
            throw StateReader.malformed(field, "are not DER");
        }
        return Octets.of(octets);
    }

    private static void erase(EncryptionKey... keys) {
        for (EncryptionKey key : keys) {
            if (key != null) {
                key.close();
            }
        }
    }
}
