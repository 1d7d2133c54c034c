package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.MalformedMessageException;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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
 * 4       signalg               ffffffff; of rc4-hmac 11
 * 4       cksum_size            0; 8
 * 4       sealalg               ffffffff; 10
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
 * 4       970ea738
 * 4       do_replay             little-endian, as all to the next 970ea738
 * 4       do_sequence
 * 8       mask                  ffffffffffffffff; of rc4-hmac ffffffff, read also where RFC 4537 chose another type then
 * 8       base                  the peer's first number again
 * 8       next                  how many numbers, from base on, have gone by
 * 8       recvmap               bit n is set if base + next - 1 - n was seen
 * 4       970ea738
 *         library context       see MitLibraryContext
 *         authentication context   see MitAuthContext
 * 4       proto                 1: tokens of RFC 4121; 0: those of RFC 1964 and RFC 4757
 * 4       cksumtype             the mandatory checksum of the first subkey's encryption type
 *         keyblock              if have_acceptor_subkey: the acceptor's subkey
 * 4       its cksumtype         0 without
 * 4       cred_rcache           0; another is read and left out
 * 4       number of elements    an acceptor's authorization data, the ticket's before the authenticator's
 *         authdata              so many
 *         authorization context if present, see below; an acceptor's
 * 4       025ea108
 *
 * 4       970ea73c
 * 4       2
 * 4 + 5   mspac
 * 4 + n   PAC                   empty without one
 * 4       verified              1 if it was
 * 4 + 25  authentication-indicators
 * 4       number of texts       0; others are read and left out
 * 4 + n   so many
 * 4       970ea73c
 * }</pre>
 *
 * <p>Principals and the other structures are those of {@link MitMagic}. Of the flags, bit 100 (can be exported again) is always
 * written, and bit 80 (protection ready) but for an initiator with mutual authentication, as the library does.
 */
final class MitFormat {
    private static final int PROTECTION_READY = 0x80;
    private static final int SEED_SIZE = 16;
    private static final int WINDOW_SIZE = 40;
    private static final int WINDOW_SIZE_BEFORE_1_13 = 192;

    /** The last second of 32 bits without sign. */
    private static final long LAST_TIME = 0xFFFF_FFFFL;

    private static final byte[] MSPAC = "mspac".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INDICATORS = "authentication-indicators".getBytes(StandardCharsets.US_ASCII);
    private static final Octets NONE = Octets.of(new byte[0]);

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
        Algorithms noted = Algorithms.of(first);
        Algorithms used = Algorithms.of(keys.baseKey());
        if (used == Algorithms.RC4 && second != null && !ForeignFields.equal(first, second)) {
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
        out.int32(noted.signalg);
        out.int32(noted.checksumSize);
        out.int32(noted.sealalg);
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
        if (noted == Algorithms.RC4) {
            MitMagic.encode(first, out);
            MitMagic.encode(first, out);
        }
        encode(state.protection().window(), used, out);
        MitLibraryContext.encode(agreement, out);
        List<Element> authenticatorData = ForeignFields.elements(ticket.authenticatorData());
        MitAuthContext.encode(state, authenticatorData, out);
        out.int32(used.proto);
        out.int32(first.type().checksumType());
        if (second != null) {
            MitMagic.encode(second, out);
        }
        out.int32(second != null ? second.type().checksumType() : 0);
        out.int32(0);
        List<Element> data = new ArrayList<>(ForeignFields.elements(ticket.authorizationData()));
        byte[] pac = pac(data);
        data.addAll(authenticatorData);
        MitAuthContext.encode(data, out);
        if (!agreement.initiator()) {
            encodeAuthorizationContext(pac, ticket.pacVerified(), out);
        }
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
        Algorithms noted = Algorithms.decode(in);
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
            if (noted != Algorithms.of(first)) {
                throw StateReader.malformed("signalg", "is not that of the subkey's encryption type");
            }
            if (noted == Algorithms.RC4) {
                expectCopy(first, in, "enc");
                expectCopy(first, in, "seq");
            }
            SequenceWindow window = window(services, firstReceived, noted, in);
            Duration clockSkew = MitLibraryContext.decode(initiator, in);
            authContext = MitAuthContext.decode(in);
            int proto = in.int32("proto");
            if (in.int32("cksumtype") != first.type().checksumType()) {
                throw StateReader.malformed("cksumtype", "is not that of the subkey's encryption type");
            }
            second = hasAcceptorSubkey ? MitMagic.key(in, "acceptor's subkey") : null;
            Algorithms used = Algorithms.of(second == null ? first : second);
            if (proto != used.proto) {
                throw StateReader.malformed("proto", "is not that of the encryption type in use");
            }
            if (used == Algorithms.RC4) {
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
            Authorization authorization = Authorization.decode(initiator, authContext.authenticatorData(), in);
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
                            authorization.ticketData,
                            authorization.authenticatorData,
                            authorization.pacVerified),
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

    /**
     * What the library notes of the tokens that protect messages. It notes it of the first subkey, and uses what belongs to the
     * second one if there is one: of another type, if RFC 4537 made it so.
     */
    private enum Algorithms {
        RFC_4121(-1, 0, -1, 1, -1),
        RC4(0x0011, 8, 0x0010, 0, 0xFFFF_FFFFL);

        private final int signalg;
        private final int checksumSize;
        private final int sealalg;
        private final int proto;
        private final long mask;

        Algorithms(int signalg, int checksumSize, int sealalg, int proto, long mask) {
            this.signalg = signalg;
            this.checksumSize = checksumSize;
            this.sealalg = sealalg;
            this.proto = proto;
            this.mask = mask;
        }

        static Algorithms of(EncryptionKey key) {
            return key.type().isOfRfc4121() ? RFC_4121 : RC4;
        }

        static Algorithms decode(StateReader in) throws GSSException {
            int signalg = in.int32("signalg");
            int checksumSize = in.int32("cksum_size");
            int sealalg = in.int32("sealalg");
            for (Algorithms each : values()) {
                if (each.signalg == signalg && each.checksumSize == checksumSize && each.sealalg == sealalg) {
                    return each;
                }
            }
            throw StateReader.malformed("signalg, cksum_size or sealalg", "is of no encryption type known here");
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

    /** Ours is the library's: a map of the 64 numbers below the next one expected. */
    private static void encode(SequenceWindow window, Algorithms algorithms, StateWriter out) throws GSSException {
        if ((window.gone() & ~algorithms.mask) != 0) {
            throw ForeignFields.cannotCarry("count of the numbers gone by has more than 32 bits");
        }
        ByteBuffer memory = ByteBuffer.allocate(WINDOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        memory.putInt(window.flags().contains(ContextFlag.REPLAY) ? 1 : 0);
        memory.putInt(window.flags().contains(ContextFlag.SEQUENCE) ? 1 : 0);
        memory.putLong(algorithms.mask);
        memory.putLong(window.base());
        memory.putLong(window.gone());
        memory.putLong(window.seen());
        MitMagic.GSS_QUEUE.encode(out);
        out.octets(memory.array());
        MitMagic.GSS_QUEUE.encode(out);
    }

    private static SequenceWindow window(int services, long firstReceived, Algorithms noted, StateReader in)
            throws GSSException {
        MitMagic.GSS_QUEUE.decode(in, "window");
        ByteBuffer memory = ByteBuffer.wrap(in.octets(WINDOW_SIZE, "window")).order(ByteOrder.LITTLE_ENDIAN);
        if (!MitMagic.GSS_QUEUE.isNext(in)) {
            throw otherWindow(in);
        }
        MitMagic.GSS_QUEUE.decode(in, "window");
        int replay = memory.getInt();
        int sequence = memory.getInt();
        long mask = memory.getLong();
        long base = memory.getLong();
        if (Long.reverseBytes(base) == firstReceived && base != firstReceived) {
            throw StateReader.malformed("window", "was written on a big-endian machine, which is not supported");
        }
        if (base != firstReceived || (mask != noted.mask && mask != Algorithms.RFC_4121.mask)) {
            throw StateReader.malformed("window", "does not begin with seq_recv, or has not the bits of its numbers");
        }
        int reported = (replay != 0 ? ContextFlag.REPLAY.bit() : 0) | (sequence != 0 ? ContextFlag.SEQUENCE.bit() : 0);
        if ((replay | sequence) >>> 1 != 0 || reported != (services & ForeignFields.REPLAY_AND_SEQUENCE)) {
            throw StateReader.malformed("window", "reports something else than the flags say");
        }
        long gone = memory.getLong();
        if ((gone & ~mask) != 0) {
            throw StateReader.malformed("window", "has more numbers gone by than its bits can count");
        }
        return SequenceWindow.of(ContextFlag.of(reported), base, gone, memory.getLong());
    }

    /** Looks for where the window of an earlier layout ends. */
    private static GSSException otherWindow(StateReader in) throws GSSException {
        in.octets(WINDOW_SIZE_BEFORE_1_13 - WINDOW_SIZE, "window");
        return MitMagic.GSS_QUEUE.isNext(in)
                ? MitLibraryContext.earlier("1.12 or one before it")
                : StateReader.malformed("window", "is of no known layout");
    }

    /** Finds the PAC, if there is one that can be found. */
    private static byte[] pac(List<Element> ticketData) {
        try {
            for (Element element : new AuthorizationData(ticketData).flattened()) {
                if (element.type() == AuthorizationData.AD_WIN2K_PAC) {
                    return element.data().toBytes();
                }
            }
        } catch (MalformedMessageException e) {
            return new byte[0]; // nobody finds it there
        }
        return new byte[0];
    }

    private static void encodeAuthorizationContext(byte[] pac, boolean verified, StateWriter out) {
        MitMagic.AUTHDATA_CONTEXT.encode(out);
        out.int32(2);
        out.large(MSPAC);
        out.large(pac);
        out.int32(verified ? 1 : 0);
        out.large(INDICATORS);
        out.int32(0);
        MitMagic.AUTHDATA_CONTEXT.encode(out);
    }

    /** Authorization data as a context keeps them: the ticket's and the authenticator's apart, in DER. */
    private record Authorization(Octets ticketData, Octets authenticatorData, boolean pacVerified) {
        static Authorization decode(boolean initiator, List<Element> authenticatorData, StateReader in)
                throws GSSException {
            List<Element> data = MitAuthContext.elements(in, "authorization data");
            if (initiator) {
                // What an initiator asserted, the acceptor keeps.
                if (!data.isEmpty() || MitMagic.AUTHDATA_CONTEXT.isNext(in)) {
                    throw StateReader.malformed("authorization data", "are an acceptor's, and this is an initiator");
                }
                return new Authorization(NONE, NONE, false);
            }
            int own = data.size() - authenticatorData.size();
            if (own < 0 || !data.subList(own, data.size()).equals(authenticatorData)) {
                throw StateReader.malformed("authorization data", "do not end with the authenticator's");
            }
            List<Element> ticketData = data.subList(0, own);
            boolean verified = MitMagic.AUTHDATA_CONTEXT.isNext(in) && isVerified(pac(ticketData), in);
            return new Authorization(encoded(ticketData), encoded(authenticatorData), verified);
        }

        private static Octets encoded(List<Element> elements) {
            return elements.isEmpty() ? NONE : Octets.of(new AuthorizationData(elements).encode());
        }

        private static boolean isVerified(byte[] pac, StateReader in) throws GSSException {
            boolean verified = false;
            boolean hasPac = false;
            boolean hasIndicators = false;
            MitMagic.AUTHDATA_CONTEXT.decode(in, "authorization context");
            for (int left = in.int32("authorization context"); left != 0; left--) {
                byte[] module = MitMagic.counted(in, "authorization context's module");
                if (!hasPac && Arrays.equals(module, MSPAC)) {
                    hasPac = true;
                    if (!Arrays.equals(MitMagic.counted(in, "PAC"), pac)) {
                        throw StateReader.malformed("PAC", "is not the one in the ticket's authorization data");
                    }
                    verified = ForeignFields.flag(in, "PAC's verification");
                } else if (!hasIndicators && Arrays.equals(module, INDICATORS)) {
                    hasIndicators = true;
                    for (int texts = in.int32("authentication indicators"); texts != 0; texts--) {
                        MitMagic.counted(in, "authentication indicators");
                    }
                } else {
                    throw StateReader.malformed(
                            "authorization context", "has a module twice, or one that is not known here");
                }
            }
            MitMagic.AUTHDATA_CONTEXT.decode(in, "authorization context");
            if (verified && pac.length == 0) {
                throw StateReader.malformed("PAC", "is verified, and there is none");
            }
            return verified;
        }
    }
}
