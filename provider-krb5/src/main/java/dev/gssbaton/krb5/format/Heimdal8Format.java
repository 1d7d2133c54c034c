package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.PlatformName;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.spi.SequenceWindow;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import org.ietf.jgss.GSSException;

/**
 * The format {@code heimdal-8}: the interprocess token of a krb5 context in Heimdal's git master of August 2021 and later, of
 * which there is no release. All numbers but the first octet, and all lengths, are those of {@link HeimdalPacked}.
 *
 * <pre>{@code
 * octets  field                 meaning
 * 1       version and flags     03 version: 0 | 04 its first token came in part: refused | 08 there is a mechanism's context
 * 1 + 9   2a864886f712010202    krb5; or 1 + 6 2b0601050502, SPNEGO, see Heimdal8Spnego: read, never written
 *         length                of all that follows
 *         present               1 local address | 2 remote address | 4 session key | 8 our subkey | 10 the peer's subkey
 *                               | 20 source name | 40 target name | 80 window | 100 authenticator
 *         authentication flags  45, and 20 more for an acceptor; others are read and left out
 *         local address         if present: type, length + n octets; never written
 *         remote address        the same
 *         two ports             0; others are read and left out
 *         session key           encryption type, length + n octets; must be present
 *         our subkey            if present
 *         the peer's subkey     if present
 *         local number          number of the next message to send
 *         remote number         the peer's first number; another is read and left out
 *         authenticator         if present: time and its microseconds; never written
 *         key type              an acceptor's subkey's if the session key is of another type, or 0; others are
 *                               read and left out
 *         checksum type         0; read and left out
 *         source name           the initiator's: number of components, realm, components, each length + n octets; must be
 *                               present
 *         target name           the acceptor's; must be present
 *         flags                 of RFC 2744; bit 100 (can be exported again) is always written
 *         more flags            01 initiator | 02 established | 08 | 10 acceptor's subkey | 80 tokens of RFC 4121, and
 *                               without of rc4-hmac; 04, 20 (was tried twice) and 40 (a cache to close) are read and left out
 *         state                 3 for an initiator, 6 for an acceptor; others are half established
 *         endtime               seconds since 1970, below 2^31
 *         window                see Heimdal8Window; must be present
 * }</pre>
 *
 * <p>Of the ticket the end alone is there. What is not is not known after an import: times, flags, authorization data.
 * Heimdal has no clock skew, so that an acceptor's context ends with its ticket.
 */
final class Heimdal8Format {
    private static final int VERSION_MASK = 0x03;
    private static final int MECHANISM_CONTEXT = 0x08;
    private static final int FLAGS_MASK = 0x0c;

    private static final int SOURCE_NAME = 0x020;
    private static final int TARGET_NAME = 0x040;
    private static final int WINDOW = 0x080;
    private static final int AUTHENTICATOR = 0x100;
    private static final int REQUIRED = HeimdalFlags.SESSION_KEY | SOURCE_NAME | TARGET_NAME | WINDOW;
    private static final int PRESENT = REQUIRED
            | HeimdalFlags.LOCAL_ADDRESS
            | HeimdalFlags.REMOTE_ADDRESS
            | HeimdalFlags.LOCAL_SUBKEY
            | HeimdalFlags.REMOTE_SUBKEY
            | AUTHENTICATOR;

    private static final int INITIATOR_READY = 3;
    private static final int ACCEPTOR_READY = 6;

    private Heimdal8Format() {}

    /** Tells whether a token begins as this format's, of whatever version, in SPNEGO's outer form or without. */
    static boolean recognises(byte[] token) {
        StateReader in = new StateReader(token, 0, token.length);
        try {
            int flags = in.uint8("version and flags");
            if ((flags & ~(VERSION_MASK | FLAGS_MASK)) != 0 || (flags & MECHANISM_CONTEXT) == 0) {
                return false;
            }
            mechanism(in);
            return true;
        } catch (GSSException e) {
            return false;
        }
    }

    /** Reads the mechanism's identifier, and tells whether it is SPNEGO's and not krb5's. */
    private static boolean mechanism(StateReader in) throws GSSException {
        int length = in.uint8("mechanism");
        boolean spnego = length == ForeignFields.SPNEGO.length();
        ForeignFields.expect(spnego ? ForeignFields.SPNEGO : ForeignFields.KRB5, length, in);
        return spnego;
    }

    static void encode(ContextState state, StateWriter out) throws GSSException {
        try (StateWriter body = new StateWriter(0, 512)) {
            encodeBody(state, body);
            out.uint8(MECHANISM_CONTEXT);
            HeimdalPacked.encode(ForeignFields.KRB5.toBytes(), out);
            byte[] octets = Arrays.copyOf(body.array(), body.position());
            try {
                HeimdalPacked.encode(octets, out);
            } finally {
                Arrays.fill(octets, (byte) 0);
            }
        }
    }

    private static void encodeBody(ContextState state, StateWriter out) throws GSSException {
        Agreement agreement = state.agreement();
        boolean initiator = agreement.initiator();
        SequenceWindow window = state.protection().window();
        HeimdalPacked.encode(HeimdalFlags.presentKeys(state) | REQUIRED, out);
        HeimdalPacked.encode(HeimdalFlags.authentication(initiator), out);
        HeimdalPacked.encode(0, out);
        HeimdalPacked.encode(0, out);
        encode(state.keys().sessionKey(), out);
        encode(HeimdalFlags.ours(state), out);
        encode(HeimdalFlags.theirs(state), out);
        HeimdalPacked.encode(HeimdalWindow.number(state.protection().sendNumber(), "number of the next message"), out);
        HeimdalPacked.encode(HeimdalWindow.number(window.base(), "peer's first number"), out);
        int keyType = HeimdalFlags.keyType(state);
        HeimdalPacked.encode(keyType == state.keys().sessionKey().type().number() ? 0 : keyType, out);
        HeimdalPacked.encode(0, out);
        encode(agreement.source(), out);
        encode(agreement.target(), out);
        HeimdalPacked.encode(ForeignFields.flags(agreement), out);
        HeimdalPacked.encode(HeimdalFlags.more(state), out);
        HeimdalPacked.encode(initiator ? INITIATOR_READY : ACCEPTOR_READY, out);
        HeimdalPacked.encode(
                ForeignFields.seconds(agreement.ticket().endTime(), Integer.MAX_VALUE, "ticket's end"), out);
        Heimdal8Window.encode(window, out);
    }

    static ContextState decode(StateReader in, SecureRandom random) throws GSSException {
        if (header(in)) {
            return Heimdal8Spnego.decode(in, random);
        }
        return expectEnd(body(in, random), in);
    }

    /** Reads what stands before a mechanism's context, and tells whether that is SPNEGO's. */
    static boolean header(StateReader in) throws GSSException {
        int flags = in.uint8("version and flags");
        if ((flags & VERSION_MASK) != 0) {
            throw TransferFault.VERSION_UNKNOWN.exception(
                    "version " + (flags & VERSION_MASK) + " of Heimdal's token is not known here");
        }
        if (flags != MECHANISM_CONTEXT) {
            throw (flags & ~FLAGS_MASK) == 0
                    ? HeimdalFlags.halfEstablished()
                    : StateReader.malformed("version and flags", "have unknown bits");
        }
        return mechanism(in);
    }

    private static ContextState expectEnd(ContextState state, StateReader in) throws GSSException {
        boolean done = false;
        try {
            in.expectEnd();
            done = true;
            return state;
        } finally {
            if (!done) {
                state.close();
            }
        }
    }

    /** Reads a krb5 context behind its identifier. The caller closes it. */
    static ContextState body(StateReader in, SecureRandom random) throws GSSException {
        int length = HeimdalPacked.length(in, "context");
        int behind = in.remaining() - length;
        int present = HeimdalPacked.int32(in, "present");
        if ((present & ~PRESENT) != 0 || (present & REQUIRED) != REQUIRED) {
            throw StateReader.malformed("present", "has unknown bits, or lacks a session key, a name or the window");
        }
        HeimdalPacked.int32(in, "authentication flags");
        skipAddresses(present, in);
        HeimdalPacked.uint16(in, "local port");
        HeimdalPacked.uint16(in, "remote port");
        EncryptionKey sessionKey = null;
        EncryptionKey ours = null;
        EncryptionKey theirs = null;
        boolean done = false;
        try {
            sessionKey = key(in, "session key");
            ours = (present & HeimdalFlags.LOCAL_SUBKEY) != 0 ? key(in, "our subkey") : null;
            theirs = (present & HeimdalFlags.REMOTE_SUBKEY) != 0 ? key(in, "the peer's subkey") : null;
            long sendNumber = HeimdalPacked.uint32(in, "local number");
            HeimdalPacked.int32(in, "remote number");
            if ((present & AUTHENTICATOR) != 0) {
                HeimdalPacked.decode(Long.BYTES, in, "authenticator's time");
                HeimdalPacked.int32(in, "authenticator's time");
            }
            HeimdalPacked.int32(in, "key type");
            HeimdalPacked.int32(in, "checksum type");
            PlatformName source = name(in, "source name");
            PlatformName target = name(in, "target name");
            int flags = HeimdalPacked.int32(in, "flags");
            int more = HeimdalPacked.int32(in, "more flags");
            boolean initiator = HeimdalFlags.isInitiator(more);
            int services = ForeignFields.services(flags, initiator);
            ContextKeys keys = new ContextKeys(sessionKey, initiator ? ours : theirs, initiator ? theirs : ours);
            HeimdalFlags.check(more, services, keys);
            if (HeimdalPacked.int32(in, "state") != (initiator ? INITIATOR_READY : ACCEPTOR_READY)) {
                throw HeimdalFlags.halfEstablished();
            }
            Instant end = ForeignFields.end(HeimdalPacked.int32(in, "endtime"));
            SequenceWindow window = Heimdal8Window.decode(services, in);
            if (in.remaining() != behind) {
                throw StateReader.malformed("context", "has another length than it says");
            }
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
                HeimdalPacked.uint16(in, "address");
                HeimdalPacked.octets(in, "address");
            }
        }
    }

    private static void encode(EncryptionKey key, StateWriter out) {
        if (key != null) {
            HeimdalPacked.encode(key.type().number(), out);
            HeimdalPacked.encode(key.type().keySize(), out);
            key.secret().lend(octets -> {
                out.octets(octets);
                return null;
            });
        }
    }

    private static EncryptionKey key(StateReader in, String field) throws GSSException {
        int number = HeimdalPacked.uint16(in, field);
        return ForeignFields.key(number, HeimdalPacked.int32(in, field), in, field);
    }

    /** A name that a GSSName can hold has no quoted character, so that the separators part its text. */
    private static void encode(PlatformName name, StateWriter out) {
        String text = name.toString();
        int at = text.indexOf('@');
        String[] components = text.substring(0, at).split("/", -1);
        HeimdalPacked.encode(components.length, out);
        encode(text.substring(at + 1), out);
        for (String component : components) {
            encode(component, out);
        }
    }

    private static void encode(String part, StateWriter out) {
        HeimdalPacked.encode(part.getBytes(StandardCharsets.UTF_8), out);
    }

    private static PlatformName name(StateReader in, String field) throws GSSException {
        int components = HeimdalPacked.int32(in, field);
        if (components < 1 || components > PrincipalName.MAX_COMPONENTS) {
            throw StateReader.malformed(field, "has no component, or more than a name has");
        }
        byte[] realm = part(in, field);
        ByteArrayOutputStream text = new ByteArrayOutputStream(64);
        for (int i = 0; i < components; i++) {
            if (i > 0) {
                text.write('/');
            }
            text.writeBytes(part(in, field));
        }
        text.write('@');
        text.writeBytes(realm);
        return ForeignFields.principal(text.toByteArray(), field);
    }

    private static byte[] part(StateReader in, String field) throws GSSException {
        byte[] part = HeimdalPacked.octets(in, field);
        for (byte octet : part) {
            if (octet == '/' || octet == '@') {
                throw StateReader.malformed(field, "has a separator in one of its parts");
            }
        }
        return part;
    }
}
