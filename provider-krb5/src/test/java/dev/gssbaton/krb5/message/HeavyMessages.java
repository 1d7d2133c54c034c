package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Messages that cost their reader as much as they can: as many elements as possible, each as small as possible. */
final class HeavyMessages {
    private static final int MANY = 4000;

    private HeavyMessages() {}

    static byte[] of(MessageDecoder decoder) {
        Ticket ticket = new Ticket(
                new Principal(new PrincipalName(0, Collections.nCopies(PrincipalName.MAX_COMPONENTS, "c")), "r"),
                new EncryptedData(17, OptionalLong.of(1), Samples.octets(1, 1)));
        return switch (decoder) {
            case TICKET -> ticket.encode();
            case AP_REQ ->
                new ApReq(
                                KerberosFlags.NONE,
                                ticket,
                                new EncryptedData(17, OptionalLong.empty(), Samples.octets(50_000, 1)))
                        .encode();
            case AP_REP -> new ApRep(new EncryptedData(17, OptionalLong.empty(), Samples.octets(50_000, 1))).encode();
            case KRB_ERROR ->
                new KrbError(
                                Samples.TIME,
                                OptionalInt.of(1),
                                Samples.TIME,
                                1,
                                1,
                                "r",
                                ticket.service().name(),
                                ticket.service(),
                                Samples.octets(20_000, 1),
                                Samples.octets(20_000, 1))
                        .encode();
            case KRB_CRED ->
                new KrbCred(
                                Collections.nCopies(KrbCred.MAX_TICKETS, ticket),
                                new EncryptedData(17, OptionalLong.empty(), Samples.octets(1, 1)))
                        .encode();
            case AUTHORIZATION_DATA -> many().encode();
            case ENC_TICKET_PART -> encTicketPart();
            case AUTHENTICATOR -> authenticator();
            case ENC_AP_REP_PART -> Samples.of(decoder).get(1);
            case ENC_KRB_CRED_PART -> encKrbCredPart();
            case AUTHENTICATOR_CHECKSUM ->
                new AuthenticatorChecksum(
                                Samples.octets(16, 1), 1, Samples.octets(0xFFFF, 1), Samples.octets(50_000, 1))
                        .encode()
                        .checksum()
                        .toBytes();
            case CONTEXT_TOKEN -> GssFraming.encode(TokenId.AP_REQ, of(MessageDecoder.AP_REQ));
        };
    }

    private static AuthorizationData many() {
        List<AuthorizationData.Element> elements = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            elements.add(new AuthorizationData.Element(i % 100 + 2, Samples.octets(1, i)));
        }
        return new AuthorizationData(elements);
    }

    private static List<HostAddress> addresses() {
        List<HostAddress> addresses = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            addresses.add(new HostAddress(2, Samples.octets(1, i)));
        }
        return addresses;
    }

    private static byte[] encTicketPart() {
        try (EncTicketPart part = new EncTicketPart(
                KerberosFlags.NONE,
                Samples.key(EncryptionType.AES128_CTS_HMAC_SHA1_96),
                Samples.ALICE,
                new TransitedEncoding(1, Samples.octets(0, 0)),
                Samples.TIME,
                null,
                Samples.TIME,
                null,
                addresses(),
                many())) {
            return part.encode();
        }
    }

    private static byte[] authenticator() {
        try (Authenticator authenticator = new Authenticator(
                Samples.ALICE,
                null,
                Samples.TIME,
                1,
                Samples.key(EncryptionType.AES128_CTS_HMAC_SHA1_96),
                OptionalLong.of(1),
                many())) {
            return authenticator.encode();
        }
    }

    private static byte[] encKrbCredPart() {
        List<KrbCredInfo> infos = new ArrayList<>();
        for (int i = 0; i < KrbCred.MAX_TICKETS; i++) {
            infos.add(new KrbCredInfo(
                    Samples.key(EncryptionType.AES128_CTS_HMAC_SHA1_96),
                    "r",
                    Samples.ALICE.name(),
                    KerberosFlags.NONE,
                    Samples.TIME,
                    Samples.TIME,
                    Samples.TIME,
                    Samples.TIME,
                    "r",
                    Samples.SERVICE.name(),
                    i == 0 ? addresses() : List.of()));
        }
        try (EncKrbCredPart part =
                new EncKrbCredPart(infos, OptionalLong.empty(), null, OptionalInt.empty(), null, null)) {
            return part.encode();
        }
    }
}
