package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.security.SecureRandom;
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
 * 4       key type              the acceptor's subkey's for an acceptor, 0 without; others are read and left out
 * 4       checksum type         0; read and left out
 * 4 + n   source name           the initiator's exported name: 0401, 2 + 11 OID in DER, 4 + n text
 * 4 + n   target name           the acceptor's
 * 4       flags                 of RFC 2744; bit 100 (can be exported again) is always written
 * 4       more flags            01 initiator | 02 established | 08 | 10 acceptor's subkey | 80 tokens of RFC 4121, and
 *                               without of rc4-hmac; 04, 20 (was tried twice) and 40 (a cache to close) are read and left out
 * 4       endtime               seconds since 1970, below 2^31
 *         window                see HeimdalWindow
 * }</pre>
 *
 * <p>Of the ticket the end alone is there. What is not is not known after an import: times, flags, authorization data.
 * Heimdal has no clock skew, so that an acceptor's context ends with its ticket.
 */
final class Heimdal7Format {
    private static final int PRESENT = HeimdalFlags.LOCAL_ADDRESS
            | HeimdalFlags.REMOTE_ADDRESS
            | HeimdalFlags.SESSION_KEY
            | HeimdalFlags.LOCAL_SUBKEY
            | HeimdalFlags.REMOTE_SUBKEY;

    private static final int EXPORTED_NAME = 0x0401;
    private static final Octets OID_IN_DER = ForeignFields.inDer(ForeignFields.KRB5);

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
        Agreement agreement = state.agreement();
        boolean initiator = agreement.initiator();
        SequenceWindow window = state.protection().window();
        out.counted(ForeignFields.KRB5.toBytes());
        out.int32(HeimdalFlags.presentKeys(state));
        out.int32(HeimdalFlags.authentication(initiator));
        out.uint16(0);
        out.uint16(0);
        encode(state.keys().sessionKey(), out);
        encode(HeimdalFlags.ours(state), out);
        encode(HeimdalFlags.theirs(state), out);
        out.int32(HeimdalWindow.number(state.protection().sendNumber(), "number of the next message"));
        out.int32(HeimdalWindow.number(window.base(), "peer's first number"));
        out.int32(HeimdalFlags.keyType(state));
        out.int32(0);
        encode(agreement.source(), out);
        encode(agreement.target(), out);
        out.int32(ForeignFields.flags(agreement));
        out.int32(HeimdalFlags.more(state));
        out.int32(ForeignFields.seconds(agreement.ticket().endTime(), Integer.MAX_VALUE, "ticket's end"));
        HeimdalWindow.encode(window, out);
    }

    static ContextState decode(StateReader in, SecureRandom random) throws GSSException {
        header(in);
        int present = in.int32("present");
        if ((present & ~PRESENT) != 0 || (present & HeimdalFlags.SESSION_KEY) == 0) {
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
            ours = (present & HeimdalFlags.LOCAL_SUBKEY) != 0 ? key(in, "our subkey") : null;
            theirs = (present & HeimdalFlags.REMOTE_SUBKEY) != 0 ? key(in, "the peer's subkey") : null;
            long sendNumber = Integer.toUnsignedLong(in.int32("local number"));
            in.int32("remote number");
            in.int32("key type");
            in.int32("checksum type");
            PlatformName source = name(in, "source name");
            PlatformName target = name(in, "target name");
            int flags = in.int32("flags");
            int moreFlags = in.int32("more flags");
            boolean initiator = HeimdalFlags.isInitiator(moreFlags);
            int services = ForeignFields.services(flags, initiator);
            ContextKeys keys = new ContextKeys(sessionKey, initiator ? ours : theirs, initiator ? theirs : ours);
            HeimdalFlags.check(moreFlags, services, keys);
            Instant end = ForeignFields.end(in.int32("endtime"));
            SequenceWindow window = HeimdalWindow.decode(services, in);
            in.expectEnd();
            Agreement agreement = HeimdalFlags.agreement(initiator, services, source, target, end, keys);
            done = true;
            return new ContextState(agreement, keys, sendNumber, sendNumber, window, null, random);
        } finally {
            if (!done) {
                ForeignFields.erase(sessionKey, ours, theirs);
            }
        }
    }

    private static void skipAddresses(int present, StateReader in) throws GSSException {
        for (int address = HeimdalFlags.LOCAL_ADDRESS; address <= HeimdalFlags.REMOTE_ADDRESS; address <<= 1) {
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
}
