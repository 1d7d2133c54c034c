package dev.gssbaton.krb5.format;

import dev.gssbaton.krb5.Agreement;
import dev.gssbaton.krb5.ContextKeys;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData.Element;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.ietf.jgss.GSSException;

/**
 * The authentication context in MIT krb5's interprocess token: what the exchange of AP-REQ and AP-REP left behind. The session
 * key, the first number sent and the client's own authorization data are kept of it; the subkeys stand elsewhere too.
 *
 * <pre>{@code
 * octets  field                 written
 * 4       970ea729
 * 4       flags                 4: sequence numbers; and 20: subkeys, for an acceptor that asserted one
 * 4       first number received 0 for an initiator without mutual authentication
 * 4       first number sent     0 for an acceptor without mutual authentication
 * 4       request's checksum    8003 for an initiator, 0 for an acceptor
 * 4       safe checksum         0
 * 4 + n   cipher state          none
 * 4       000e8284 | address    if present: the peer's                    never
 * 4       000e8285 | address    if present: its port                      never
 * 4       000e8286 | address    if present: ours                          never
 * 4       000e8287 | address    if present: its port                      never
 * 4       000e8288 | keyblock   session key
 * 4       000e8289 | keyblock   if present: subkey to send with           the acceptor's, or else the initiator's
 * 4       000e828a | keyblock   if present: subkey to receive with        the same
 *         authenticator         if present, see below                     only with authorization data
 * 4       970ea729
 *
 * 4       970ea70e
 * 4       ctime                 0
 * 4       cusec                 0
 * 4       first number of the initiator
 *         principal             if present: the client                    the initiator
 *         checksum              if present                                never
 *         keyblock              if present: the initiator's subkey        never
 * 4       number of elements
 *         authdata              so many
 * 4       970ea70e
 * }</pre>
 */
final class MitAuthContext {
    private static final int DO_SEQUENCE = 0x04;
    private static final int USE_SUBKEY = 0x20;
    private static final int GSS_CHECKSUM = 0x8003;

    private static final int FIRST_ADDRESS = 0x000e8284;
    private static final int LAST_ADDRESS = 0x000e8287;
    private static final int SESSION_KEY = 0x000e8288;
    private static final int SEND_SUBKEY = 0x000e8289;
    private static final int RECEIVE_SUBKEY = 0x000e828a;

    private final EncryptionKey sessionKey;
    private final long firstSendNumber;
    private final List<Element> authenticatorData;

    private MitAuthContext(EncryptionKey sessionKey, long firstSendNumber, List<Element> authenticatorData) {
        this.sessionKey = sessionKey;
        this.firstSendNumber = firstSendNumber;
        this.authenticatorData = authenticatorData;
    }

    static void encode(ContextState state, List<Element> authenticatorData, StateWriter out) {
        Agreement agreement = state.agreement();
        ContextKeys keys = state.keys();
        boolean initiator = agreement.initiator();
        boolean mutual = agreement.grants(ContextFlag.MUTUAL);
        int received = (int) state.protection().window().base();
        int sent = (int) state.firstSendNumber();
        MitMagic.AUTH_CONTEXT.encode(out);
        out.int32(!initiator && keys.acceptorSubkey() != null ? DO_SEQUENCE | USE_SUBKEY : DO_SEQUENCE);
        out.int32(initiator && !mutual ? 0 : received);
        out.int32(!initiator && !mutual ? 0 : sent);
        out.int32(initiator ? GSS_CHECKSUM : 0);
        out.int32(0);
        out.int32(0);
        out.int32(SESSION_KEY);
        MitMagic.encode(keys.sessionKey(), out);
        EncryptionKey subkey = keys.acceptorSubkey() != null ? keys.acceptorSubkey() : keys.initiatorSubkey();
        if (subkey != null) {
            out.int32(SEND_SUBKEY);
            MitMagic.encode(subkey, out);
            out.int32(RECEIVE_SUBKEY);
            MitMagic.encode(subkey, out);
        }
        if (!authenticatorData.isEmpty()) {
            MitMagic.AUTHENTICATOR.encode(out);
            out.int32(0);
            out.int32(0);
            out.int32(received);
            MitMagic.encode(agreement.source(), out);
            encode(authenticatorData, out);
            MitMagic.AUTHENTICATOR.encode(out);
        }
        MitMagic.AUTH_CONTEXT.encode(out);
    }

    /** Reads an authentication context, whose session key the caller closes. */
    static MitAuthContext decode(StateReader in) throws GSSException {
        MitMagic.AUTH_CONTEXT.decode(in, "authentication context");
        in.int32("authentication context's flags");
        in.int32("first number received");
        long firstSendNumber = Integer.toUnsignedLong(in.int32("first number sent"));
        in.int32("request's checksum");
        in.int32("safe checksum");
        MitMagic.counted(in, "cipher state");
        for (int address = FIRST_ADDRESS; address <= LAST_ADDRESS; address++) {
            if (in.nextIs(address)) {
                in.int32("address");
                MitMagic.ADDRESS.skip(in, "address");
            }
        }
        if (in.int32("session key") != SESSION_KEY) {
            throw StateReader.malformed("session key", "is missing");
        }
        EncryptionKey sessionKey = MitMagic.key(in, "session key");
        boolean done = false;
        try {
            for (int subkey = SEND_SUBKEY; subkey <= RECEIVE_SUBKEY; subkey++) {
                if (in.nextIs(subkey)) {
                    in.int32("subkey");
                    MitMagic.key(in, "subkey").close();
                }
            }
            List<Element> data = MitMagic.AUTHENTICATOR.isNext(in) ? authenticator(in) : List.of();
            MitMagic.AUTH_CONTEXT.decode(in, "authentication context");
            done = true;
            return new MitAuthContext(sessionKey, firstSendNumber, data);
        } finally {
            if (!done) {
                sessionKey.close();
            }
        }
    }

    private static List<Element> authenticator(StateReader in) throws GSSException {
        MitMagic.AUTHENTICATOR.decode(in, "authenticator");
        in.int32("ctime");
        in.int32("cusec");
        in.int32("authenticator's sequence number");
        if (MitMagic.PRINCIPAL.isNext(in)) {
            MitMagic.principal(in, "authenticator's client");
        }
        if (MitMagic.CHECKSUM.isNext(in)) {
            MitMagic.CHECKSUM.skip(in, "authenticator's checksum");
        }
        if (MitMagic.KEYBLOCK.isNext(in)) {
            MitMagic.key(in, "authenticator's subkey").close();
        }
        List<Element> data = elements(in, "authenticator's authorization data");
        MitMagic.AUTHENTICATOR.decode(in, "authenticator");
        return data;
    }

    static void encode(List<Element> elements, StateWriter out) {
        out.int32(elements.size());
        elements.forEach(element -> MitMagic.encode(element, out));
    }

    static List<Element> elements(StateReader in, String field) throws GSSException {
        List<Element> elements = new ArrayList<>();
        for (int left = in.int32(field); left != 0; left--) {
            // Ends with the token at the latest, however many it claims.
            elements.add(MitMagic.element(in, field));
        }
        return elements;
    }

    /** Gives the session key, which is the caller's. */
    EncryptionKey sessionKey() {
        return sessionKey;
    }

    /** Gives the number of the first message sent; without mutual authentication an acceptor's is not there. */
    long firstSendNumber() {
        return firstSendNumber;
    }

    /** Gives what the client says of itself. */
    List<Element> authenticatorData() {
        return authenticatorData;
    }
}
