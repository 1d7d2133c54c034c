package dev.gssbaton.krb5.message;

import java.util.Locale;
import org.ietf.jgss.GSSException;

/** Every decoder of this package, each as a function that reads octets and writes what it read. */
enum MessageDecoder {
    TICKET((in, at, length) -> Ticket.decode(in, at, length).encode()),
    AP_REQ((in, at, length) -> ApReq.decode(in, at, length).encode()),
    AP_REP((in, at, length) -> ApRep.decode(in, at, length).encode()),
    KRB_ERROR((in, at, length) -> {
        KrbError error = KrbError.decode(in, at, length);
        expectPrintable(error.describe());
        return error.encode();
    }),
    KRB_CRED((in, at, length) -> KrbCred.decode(in, at, length).encode()),
    AUTHORIZATION_DATA((in, at, length) -> {
        AuthorizationData data = AuthorizationData.decode(in, at, length);
        flatten(data);
        return data.encode();
    }),
    ENC_TICKET_PART((in, at, length) -> {
        try (EncTicketPart part = EncTicketPart.decode(in, at, length)) {
            return part.encode();
        }
    }),
    AUTHENTICATOR((in, at, length) -> {
        try (Authenticator authenticator = Authenticator.decode(in, at, length)) {
            return authenticator.encode();
        }
    }),
    ENC_AP_REP_PART((in, at, length) -> {
        try (EncApRepPart part = EncApRepPart.decode(in, at, length)) {
            return part.encode();
        }
    }),
    ENC_KRB_CRED_PART((in, at, length) -> {
        try (EncKrbCredPart part = EncKrbCredPart.decode(in, at, length)) {
            return part.encode();
        }
    }),
    AUTHENTICATOR_CHECKSUM((in, at, length) -> AuthenticatorChecksum.decode(
                    new Checksum(AuthenticatorChecksum.TYPE, Octets.of(in, at, length)))
            .encode()
            .checksum()
            .toBytes()),
    CONTEXT_TOKEN((in, at, length) -> {
        GssFraming frame = GssFraming.decode(in, at, length);
        byte[] message = Octets.of(in, frame.offset(), frame.length()).toBytes();
        return GssFraming.encode(frame.tokenId(), message);
    });

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
    private final RoundTrip roundTrip;

    MessageDecoder(RoundTrip roundTrip) {
        this.roundTrip = roundTrip;
    }

    /** Names the folder of its seeds. */
    String folder() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Tells whether what it reads is DER from the first octet to the last. */
    boolean isDer() {
        return this != AUTHENTICATOR_CHECKSUM && this != CONTEXT_TOKEN;
    }

    byte[] roundTrip(byte[] in) throws GSSException {
        return roundTrip(in, 0, in.length);
    }

    byte[] roundTrip(byte[] in, int offset, int length) throws GSSException {
        return roundTrip.apply(in, offset, length);
    }

    private interface RoundTrip {
        byte[] apply(byte[] in, int offset, int length) throws GSSException;
    }

    /** The view into AD-IF-RELEVANT may refuse what the decoder takes, which keeps it as it came. */
    private static void flatten(AuthorizationData data) {
        try {
            for (AuthorizationData.Element element : data.flattened()) {
                if (element.type() == AuthorizationData.AD_IF_RELEVANT) {
                    throw new AssertionError("an AD-IF-RELEVANT is left in the flattened list");
                }
            }
        } catch (MalformedMessageException e) {
            // Refused by name, as it should be.
        }
    }

    private static void expectPrintable(String text) {
        if (!text.chars().allMatch(c -> c >= ' ' && (c <= '~' || c == '…'))) {
            throw new AssertionError("a peer's text is not made printable");
        }
    }
}
