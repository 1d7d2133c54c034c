package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.TicketFacts;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.ietf.jgss.GSSException;

/**
 * The format {@code heimdal-7}: the interprocess token of a krb5 context in Heimdal 1.5 to 7.8, which share it. Numbers are
 * big-endian.
 *
 * <pre>{@code
 * octets  field                 meaning
 * 2 + 9   2a864886f712010202    krb5; or 2 + 6 2b0601050502, SPNEGO, and then a whole token of krb5: read, never written
 * 4       present               1 local address | 2 remote address | 4 session key | 8 our subkey | 10 the peer's subkey
 * 4       authentication flags  45, and 20 more for an acceptor; others are read and left out
 *         local address         if present: 2 type, 4 + n octets; never written
 *         remote address        the same
 * 2 + 2   ports                 0; others are read and left out
 *         session key           2 encryption type, 4 + n octets; must be present
 *         our subkey            if present
 *         the peer's subkey     if present
 * 4       local number          number of the next message to send
 * 4       remote number         the peer's first number; another is read and left out
 * 4       key type              the session key's for an acceptor, 0 for an initiator; read and left out
 * 4       checksum type         0; read and left out
 * 4 + n   source name           the initiator's exported name: 0401, 2 + 11 OID in DER, 4 + n text
 * 4 + n   target name           the acceptor's
 * 4       flags                 of RFC 2744; bit 100 (can be exported again) is always written
 * 4       more flags            01 initiator | 02 established | 08 | 10 acceptor's subkey | 80 tokens of RFC 4121;
 *                               04, 20 (was tried twice) and 40 (a cache to close) are read and left out
 * 4       endtime               seconds since 1970, below 2^31
 *         window                see HeimdalWindow
 * }</pre>
 *
 * <p>Of the ticket the end alone is there. What is not is not known after an import: times, flags, authorization data.
 * Heimdal has no clock skew, so that an acceptor's context ends with its ticket.
 */
final class Heimdal7Format {
    private static final int LOCAL_ADDRESS = 0x01;
    private static final int REMOTE_ADDRESS = 0x02;
    private static final int SESSION_KEY = 0x04;
    private static final int LOCAL_SUBKEY = 0x08;
    private static final int REMOTE_SUBKEY = 0x10;
    private static final int PRESENT = LOCAL_ADDRESS | REMOTE_ADDRESS | SESSION_KEY | LOCAL_SUBKEY | REMOTE_SUBKEY;

    private static final int INITIATOR_AUTH_FLAGS = 0x45;
    private static final int ACCEPTOR_AUTH_FLAGS = 0x65;

    private static final int LOCAL = 0x01;
    private static final int OPEN = 0x02;
    private static final int COMPATIBILITY_KNOWN = 0x08;
    private static final int ACCEPTOR_SUBKEY = 0x10;
    private static final int CFX = 0x80;
    /** With those that say how the context was established: 04, 20 and 40. */
    private static final int MORE_FLAGS = 0xff;

    private static final int EXPORTED_NAME = 0x0401;
    private static final Octets OID_IN_DER = ForeignFields.inDer(ForeignFields.KRB5);

    /** The library reads the end as a number with a sign. */
    private static final long LAST_TIME = Integer.MAX_VALUE;

    private static final Octets NONE = Octets.of(new byte[0]);

    private Heimdal7Format() {}

    /** Tells whether a token begins as this format's, in SPNEGO's outer form or without. */
    static boolean recognises(byte[] token) {
        StateReader in = new StateReader(token, 0, token.length);
        try {
            header(in);
            return (in.int32("present") & ~PRESENT) == 0;
        } catch (GSSException e) {
            return false;
        }
    }

    private static void header(StateReader in) throws GSSException {
        int length = in.uint16("mechanism");
        if (length == ForeignFields.SPNEGO.length()) {
            ForeignFields.expect(ForeignFields.SPNEGO, length, in);
            length = in.uint16("mechanism");
        }
        ForeignFields.expect(ForeignFields.KRB5, length, in);
    }

    static void encode(ContextState state, StateWriter out) throws GSSException {
        ForeignFields.expectRfc4121(state);
        Agreement agreement = state.agreement();
        boolean initiator = agreement.initiator();
        ContextKeys keys = state.keys();
        expectKnown(keys.baseKey().type());
        EncryptionKey ours = initiator ? keys.initiatorSubkey() : keys.acceptorSubkey();
        EncryptionKey theirs = initiator ? keys.acceptorSubkey() : keys.initiatorSubkey();
        SequenceWindow window = state.protection().window();
        out.counted(ForeignFields.KRB5.toBytes());
        out.int32(SESSION_KEY | (ours != null ? LOCAL_SUBKEY : 0) | (theirs != null ? REMOTE_SUBKEY : 0));
        out.int32(initiator ? INITIATOR_AUTH_FLAGS : ACCEPTOR_AUTH_FLAGS);
        out.uint16(0);
        out.uint16(0);
        encode(keys.sessionKey(), out);
        encode(ours, out);
        encode(theirs, out);
        out.int32(HeimdalWindow.number(state.protection().sendNumber(), "number of the next message"));
        out.int32(HeimdalWindow.number(window.base(), "peer's first number"));
        out.int32(initiator ? 0 : keys.sessionKey().type().number());
        out.int32(0);
        encode(agreement.source(), out);
        encode(agreement.target(), out);
        out.int32(ForeignFields.flags(agreement));
        out.int32((initiator ? LOCAL : 0)
                | OPEN
                | COMPATIBILITY_KNOWN
                | (keys.acceptorSubkey() != null ? ACCEPTOR_SUBKEY : 0)
                | CFX);
        ForeignFields.encodeTime(agreement.ticket().endTime(), LAST_TIME, "ticket's end", out);
        HeimdalWindow.encode(window, out);
    }

    static ContextState decode(StateReader in, SecureRandom random) throws GSSException {
        header(in);
        int present = in.int32("present");
        if ((present & ~PRESENT) != 0 || (present & SESSION_KEY) == 0) {
            throw StateReader.malformed("present", "has unknown bits, or has no session key");
        }
        in.int32("authentication flags");
        skipAddresses(present, in);
        in.uint16("local port");
        in.uint16("remote port");
        EncryptionKey sessionKey = null;
        EncryptionKey ours = null;
        EncryptionKey theirs = null;
        boolean done = false;
        try {
            sessionKey = key(in, "session key");
            ours = (present & LOCAL_SUBKEY) != 0 ? key(in, "our subkey") : null;
            theirs = (present & REMOTE_SUBKEY) != 0 ? key(in, "the peer's subkey") : null;
            long sendNumber = Integer.toUnsignedLong(in.int32("local number"));
            in.int32("remote number");
            in.int32("key type");
            in.int32("checksum type");
            PlatformName source = name(in, "source name");
            PlatformName target = name(in, "target name");
            int flags = in.int32("flags");
            int moreFlags = in.int32("more flags");
            boolean initiator = (moreFlags & LOCAL) != 0;
            EncryptionKey acceptorSubkey = initiator ? theirs : ours;
            int services = ForeignFields.services(flags, initiator);
            check(moreFlags, services, acceptorSubkey);
            ContextKeys keys = new ContextKeys(sessionKey, initiator ? ours : theirs, acceptorSubkey);
            ForeignFields.expectRfc4121(keys.baseKey(), "subkey");
            Instant end = end(in);
            SequenceWindow window = HeimdalWindow.decode(services, in);
            in.expectEnd();
            TicketFacts ticket = new TicketFacts(KerberosFlags.NONE, null, null, end, null, NONE, NONE, false);
            done = true;
            return new ContextState(
                    new Agreement(initiator, services, source, target, ticket, Duration.ZERO),
                    keys,
                    sendNumber,
                    sendNumber,
                    window,
                    null,
                    random);
        } finally {
            if (!done) {
                ForeignFields.erase(sessionKey, ours, theirs);
            }
        }
    }

    /** Refuses what Heimdal would refuse when the context is gone from here. */
    private static void expectKnown(EncryptionType type) throws GSSException {
        if (type == EncryptionType.CAMELLIA128_CTS_CMAC || type == EncryptionType.CAMELLIA256_CTS_CMAC) {
            throw ForeignFields.cannotCarry("encryption type " + type.rfcName() + " is none of Heimdal's");
        }
    }

    private static void check(int moreFlags, int services, EncryptionKey acceptorSubkey) throws GSSException {
        if ((moreFlags & OPEN) == 0) {
            throw StateReader.malformed("context", "is half established, and cannot be moved");
        }
        if ((moreFlags & ~MORE_FLAGS) != 0 || (moreFlags & CFX) == 0) {
            throw StateReader.malformed("more flags", "have unknown bits, or are not of RFC 4121");
        }
        if (((moreFlags & ACCEPTOR_SUBKEY) != 0) != (acceptorSubkey != null)) {
            throw StateReader.malformed("more flags", "do not agree with the subkeys that are present");
        }
        if (acceptorSubkey != null && (services & ContextFlag.MUTUAL.bit()) == 0) {
            throw StateReader.malformed("flags", "have an acceptor's subkey and no mutual authentication");
        }
    }

    private static void skipAddresses(int present, StateReader in) throws GSSException {
        for (int address = LOCAL_ADDRESS; address <= REMOTE_ADDRESS; address <<= 1) {
            if ((present & address) != 0) {
                in.uint16("address");
                in.large(in.remaining(), "address");
            }
        }
    }

    private static void encode(EncryptionKey key, StateWriter out) {
        if (key != null) {
            out.uint16(key.type().number());
            ForeignFields.encodeKey(key, out);
        }
    }

    private static EncryptionKey key(StateReader in, String field) throws GSSException {
        return ForeignFields.key(in.uint16(field), in, field);
    }

    private static void encode(PlatformName name, StateWriter out) {
        byte[] text = name.text();
        out.int32(2 + 2 + OID_IN_DER.length() + 4 + text.length);
        out.uint16(EXPORTED_NAME);
        out.counted(OID_IN_DER.toBytes());
        out.large(text);
    }

    private static PlatformName name(StateReader in, String field) throws GSSException {
        int length = in.int32(field);
        int before = in.remaining();
        if (in.uint16(field) != EXPORTED_NAME) {
            throw StateReader.malformed(field, "is no exported name");
        }
        ForeignFields.expect(OID_IN_DER, in.uint16(field), in);
        byte[] text = in.large(in.remaining(), field);
        if (before - in.remaining() != length) {
            throw StateReader.malformed(field, "has another length than it says");
        }
        return ForeignFields.principal(text, field);
    }

    private static Instant end(StateReader in) throws GSSException {
        int seconds = in.int32("endtime");
        if (seconds <= 0) {
            throw StateReader.malformed("endtime", "is none, or beyond 2038");
        }
        return Instant.ofEpochSecond(seconds);
    }
}
