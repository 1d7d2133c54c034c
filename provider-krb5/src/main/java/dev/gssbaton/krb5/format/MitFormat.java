package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.ietf.jgss.GSSException;

/**
 * The format {@code mit}: the interprocess token of a krb5 context in MIT krb5 1.19 and later, as its library writes it on a
 * little-endian machine of 64 bits. Numbers are big-endian but in the window, which is a copy of memory.
 *
 * <pre>{@code
 * octets  field                 meaning
 * 4 + 9   2a864886f712010202    krb5; or 4 + 6 2b0601050502, SPNEGO, and then a whole token of krb5: read, never written
 * 4       025ea108
 * 4       initiate              1 for the initiator
 * 4       established           1; another context is refused
 * 4       have_acceptor_subkey  1 if there is one
 * 4       seed_init             0; another is read and left out
 * 4       flags                 of RFC 2744, see below
 * 16      seed                  zeros; others are read and left out
 * 12      algorithms            see MitAlgorithms
 * 4       authtime              seconds since 1970 without sign; 0 if not known
 * 4       starttime             the same; 0 beside an authtime for the same as that
 * 4       endtime
 * 4       renew_till            0 for none
 * 4       ticket flags          bit 0 highest
 * 8       seq_send              number of the next message to send
 * 8       seq_recv              the peer's first number
 * 4       970ea737 | 4 + 9 2a864886f712010202 | 970ea737
 *         principal             our name
 *         principal             the peer's
 *         keyblock              the initiator's subkey, or else the session key
 *         keyblock, keyblock    of rc4-hmac alone: the same again, twice
 *         window                see MitWindow
 *         library context       see MitLibraryContext
 *         authentication context   see MitAuthContext
 * 4       proto                 1: tokens of RFC 4121; 0: those of RFC 1964 and RFC 4757
 * 4       cksumtype             the mandatory checksum of the first subkey's encryption type
 *         keyblock              if have_acceptor_subkey: the acceptor's subkey
 * 4       its cksumtype         0 without
 * 4       cred_rcache           0; another is read and left out
 *         authorization data    see MitAuthorization
 * 4       025ea108
 * }</pre>
 *
 * <p>Principals and the other structures are those of {@link MitMagic}. Of the flags, bit 100 (can be exported again) is always
 * written, and bit 80 (protection ready) but for an initiator with mutual authentication, as the library does.
 */
final class MitFormat {
    private static final int PROTECTION_READY = 0x80;
    private static final int SEED_SIZE = 16;

    /** The last second of 32 bits without sign. */
    private static final long LAST_TIME = 0xFFFF_FFFFL;

    private MitFormat() {}

    /** Tells whether a token begins as this format's, in SPNEGO's outer form or without. */
    static boolean recognises(byte[] token) {
        StateReader in = new StateReader(token, 0, token.length);
        try {
            header(in);
            return MitMagic.GSS_CONTEXT.isNext(in);
        } catch (GSSException e) {
            return false;
        }
    }

    private static void header(StateReader in) throws GSSException {
        if (in.nextIs(ForeignFields.SPNEGO.length())) {
            ForeignFields.expect(ForeignFields.SPNEGO, in.int32("mechanism"), in);
        }
        ForeignFields.expect(ForeignFields.KRB5, in.int32("mechanism"), in);
    }

    static void encode(ContextState state, StateWriter out) throws GSSException {
        Agreement agreement = state.agreement();
        TicketFacts ticket = agreement.ticket();
        ContextKeys keys = state.keys();
        EncryptionKey first = keys.initiatorSubkey() != null ? keys.initiatorSubkey() : keys.sessionKey();
        EncryptionKey second = keys.acceptorSubkey();
        MitAlgorithms noted = MitAlgorithms.of(first);
        MitAlgorithms used = MitAlgorithms.of(keys.baseKey());
        if (used == MitAlgorithms.RC4 && second != null && !ForeignFields.equal(first, second)) {
            throw ForeignFields.cannotCarry("acceptor's subkey of rc4-hmac does not repeat the initiator's");
        }
        out.large(ForeignFields.KRB5.toBytes());
        MitMagic.GSS_CONTEXT.encode(out);
        out.int32(agreement.initiator() ? 1 : 0);
        out.int32(1);
        out.int32(second != null ? 1 : 0);
        out.int32(0);
        out.int32(flags(agreement));
        out.octets(new byte[SEED_SIZE]);
        noted.encode(out);
        encodeTimes(ticket, out);
        out.int32(ticket.flags().toInt());
        out.int64(state.protection().sendNumber());
        out.int64(state.protection().window().base());
        MitMagic.GSS_OID.encode(out);
        out.large(ForeignFields.KRB5.toBytes());
        MitMagic.GSS_OID.encode(out);
        MitMagic.encode(agreement.initiator() ? agreement.source() : agreement.target(), out);
        MitMagic.encode(agreement.initiator() ? agreement.target() : agreement.source(), out);
        MitMagic.encode(first, out);
        if (noted == MitAlgorithms.RC4) {
            MitMagic.encode(first, out);
            MitMagic.encode(first, out);
        }
        MitWindow.encode(state.protection().window(), used, out);
        MitLibraryContext.encode(agreement, out);
        List<Element> authenticatorData = ForeignFields.elements(ticket.authenticatorData());
        MitAuthContext.encode(state, authenticatorData, out);
        out.int32(used.proto());
        out.int32(first.type().checksumType());
        if (second != null) {
            MitMagic.encode(second, out);
        }
        out.int32(second != null ? second.type().checksumType() : 0);
        out.int32(0);
        MitAuthorization.encode(agreement, authenticatorData, out);
        MitMagic.GSS_CONTEXT.encode(out);
    }

    static ContextState decode(StateReader in, SecureRandom random) throws GSSException {
        header(in);
        MitMagic.GSS_CONTEXT.decode(in, "context");
        boolean initiator = ForeignFields.flag(in, "initiate");
        if (!ForeignFields.flag(in, "established")) {
            throw StateReader.malformed("context", "is half established, and cannot be moved");
        }
        boolean hasAcceptorSubkey = ForeignFields.flag(in, "have_acceptor_subkey");
        in.int32("seed_init");
        int services = ForeignFields.services(in.int32("flags"), initiator);
        in.octets(SEED_SIZE, "seed");
        MitAlgorithms noted = MitAlgorithms.decode(in);
        Times times = times(in);
        KerberosFlags ticketFlags = KerberosFlags.of(in.int32("ticket flags"));
        long sendNumber = in.int64("seq_send");
        long firstReceived = in.int64("seq_recv");
        MitMagic.GSS_OID.decode(in, "mechanism used");
        ForeignFields.expect(ForeignFields.KRB5, in.int32("mechanism used"), in);
        MitMagic.GSS_OID.decode(in, "mechanism used");
        PlatformName ours = MitMagic.principal(in, "our name");
        PlatformName theirs = MitMagic.principal(in, "the peer's name");
        EncryptionKey first = null;
        EncryptionKey second = null;
        MitAuthContext authContext = null;
        boolean done = false;
        try {
            first = MitMagic.key(in, "subkey");
            if (noted != MitAlgorithms.of(first)) {
                throw StateReader.malformed("signalg", "is not that of the subkey's encryption type");
            }
            if (noted == MitAlgorithms.RC4) {
                expectCopy(first, in, "enc");
                expectCopy(first, in, "seq");
            }
            SequenceWindow window = MitWindow.decode(services, firstReceived, noted, in);
            Duration clockSkew = MitLibraryContext.decode(initiator, in);
            authContext = MitAuthContext.decode(in);
            int proto = in.int32("proto");
            if (in.int32("cksumtype") != first.type().checksumType()) {
                throw StateReader.malformed("cksumtype", "is not that of the subkey's encryption type");
            }
            second = hasAcceptorSubkey ? MitMagic.key(in, "acceptor's subkey") : null;
            MitAlgorithms used = MitAlgorithms.of(second == null ? first : second);
            if (proto != used.proto()) {
                throw StateReader.malformed("proto", "is not that of the encryption type in use");
            }
            if (used == MitAlgorithms.RC4) {
                if (second != null && !ForeignFields.equal(first, second)) {
                    throw StateReader.malformed("acceptor's subkey", "of rc4-hmac does not repeat the initiator's");
                }
                expect32Bits(sendNumber, "seq_send");
                expect32Bits(firstReceived, "seq_recv");
                expect32Bits(window.gone(), "window");
            }
            if (in.int32("its cksumtype") != (second == null ? 0 : second.type().checksumType())) {
                throw StateReader.malformed("its cksumtype", "is not that of the acceptor's subkey");
            }
            boolean mutual = (services & ContextFlag.MUTUAL.bit()) != 0;
            if (second != null && !mutual) {
                throw StateReader.malformed("flags", "have an acceptor's subkey and no mutual authentication");
            }
            in.int32("cred_rcache");
            MitAuthorization authorization = MitAuthorization.decode(initiator, authContext.authenticatorData(), in);
            MitMagic.GSS_CONTEXT.decode(in, "context");
            in.expectEnd();
            ContextKeys keys = keys(authContext.sessionKey(), first, second);
            Agreement agreement = new Agreement(
                    initiator,
                    ContextKeys.grantable(services, keys.baseKey().type(), keys.baseKey() != keys.sessionKey()),
                    initiator ? ours : theirs,
                    initiator ? theirs : ours,
                    new TicketFacts(
                            ticketFlags,
                            times.auth,
                            times.start,
                            times.end,
                            times.renewTill,
                            authorization.ticketData(),
                            authorization.authenticatorData(),
                            authorization.pacVerified()),
                    clockSkew);
            done = true;
            return new ContextState(
                    agreement,
                    keys,
                    initiator || mutual ? authContext.firstSendNumber() : firstReceived,
                    sendNumber,
                    window,
                    null,
                    random);
        } finally {
            if (!done) {
                ForeignFields.erase(first, second, authContext == null ? null : authContext.sessionKey());
            }
        }
    }

    /** Reads a keyblock that is there for rc4-hmac, and says nothing new. */
    private static void expectCopy(EncryptionKey key, StateReader in, String field) throws GSSException {
        try (EncryptionKey copy = MitMagic.key(in, field)) {
            if (!ForeignFields.equal(key, copy)) {
                throw StateReader.malformed(field, "is not the subkey's copy");
            }
        }
    }

    private static void expect32Bits(long number, String field) throws GSSException {
        if (number >>> Integer.SIZE != 0) {
            throw StateReader.malformed(field, "has more bits than rc4-hmac gives it");
        }
    }

    /** The library puts the session key where there is no subkey: it is one key then, not two. */
    private static ContextKeys keys(EncryptionKey sessionKey, EncryptionKey first, EncryptionKey second) {
        if (ForeignFields.equal(sessionKey, first)) {
            first.close();
            return new ContextKeys(sessionKey, null, second);
        }
        return new ContextKeys(sessionKey, first, second);
    }

    private static int flags(Agreement agreement) throws GSSException {
        int flags = ForeignFields.flags(agreement);
        return agreement.initiator() && agreement.grants(ContextFlag.MUTUAL) ? flags : flags | PROTECTION_READY;
    }

    private record Times(Instant auth, Instant start, Instant end, Instant renewTill) {}

    private static void encodeTimes(TicketFacts ticket, StateWriter out) throws GSSException {
        encodeTime(ticket.authTime(), "time of authentication", out);
        encodeTime(ticket.startTime(), "ticket's beginning", out);
        encodeTime(ticket.endTime(), "ticket's end", out);
        encodeTime(ticket.renewTill(), "time until which the ticket can be renewed", out);
    }

    private static void encodeTime(Instant time, String field, StateWriter out) throws GSSException {
        if (time == null) {
            out.int32(0);
        } else {
            out.int32(ForeignFields.seconds(time, LAST_TIME, field));
        }
    }

    private static Times times(StateReader in) throws GSSException {
        Instant auth = time(in, "authtime");
        Instant start = time(in, "starttime");
        Instant end = Instant.ofEpochSecond(Integer.toUnsignedLong(in.int32("endtime")));
        Instant renewTill = time(in, "renew_till");
        if (auth == null && start != null) {
            throw StateReader.malformed("starttime", "is known, and authtime is not");
        }
        return new Times(auth, start == null ? auth : start, end, renewTill);
    }

    private static Instant time(StateReader in, String field) throws GSSException {
        long seconds = Integer.toUnsignedLong(in.int32(field));
        return seconds == 0 ? null : Instant.ofEpochSecond(seconds);
    }
}
