package dev.gssbaton.krb5.message;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.spi.SecretBytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One small and one full message of each type, the same at each call. Their keys are patterns. */
final class Samples {
    static final Principal ALICE = new Principal(PrincipalName.of(PrincipalName.NT_PRINCIPAL, "alice"), "BATON.TEST");
    static final Principal SERVICE =
            new Principal(PrincipalName.of(PrincipalName.NT_SRV_HST, "host", "www.baton.test"), "BATON.TEST");
    static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
    static final AuthorizationData AUTHORIZATION = new AuthorizationData(List.of(
            new AuthorizationData.Element(
                    AuthorizationData.AD_IF_RELEVANT,
                    Octets.of(new AuthorizationData(List.of(
                                    new AuthorizationData.Element(AuthorizationData.AD_WIN2K_PAC, octets(96, 7)),
                                    new AuthorizationData.Element(141, octets(3, 8))))
                            .encode())),
            new AuthorizationData.Element(-65, octets(0, 0))));

    private Samples() {}

    /** An acceptor's error with the fields that every one has, and a text; null for none. */
    static KrbError error(ErrorCode code, Octets text) {
        return new KrbError(null, OptionalInt.empty(), TIME, 0, code.number(), null, null, SERVICE, text, null);
    }

    static List<byte[]> of(MessageDecoder decoder) {
        return switch (decoder) {
            case TICKET -> List.of(small().encode(), full().encode());
            case AP_REQ ->
                List.of(
                        new ApReq(KerberosFlags.NONE, small(), data(17, 40, OptionalLong.empty())).encode(),
                        new ApReq(
                                        KerberosFlags.NONE.with(ApOption.MUTUAL_REQUIRED),
                                        full(),
                                        data(20, 300, OptionalLong.empty()))
                                .encode());
            case AP_REP ->
                List.of(
                        new ApRep(data(18, 60, OptionalLong.empty())).encode(),
                        new ApRep(data(18, 200, OptionalLong.of(1))).encode());
            case KRB_ERROR ->
                List.of(
                        error(ErrorCode.KRB_AP_ERR_SKEW, octets(5, 'c')).encode(),
                        new KrbError(
                                        TIME,
                                        OptionalInt.of(999_999),
                                        TIME,
                                        0,
                                        -1,
                                        "BATON.TEST",
                                        ALICE.name(),
                                        SERVICE,
                                        octets(300, 0xE9),
                                        octets(5, 1))
                                .encode());
            case KRB_CRED ->
                List.of(
                        new KrbCred(List.of(small()), data(18, 200, OptionalLong.empty())).encode(),
                        new KrbCred(List.of(full(), small()), data(0, 30, OptionalLong.empty())).encode());
            case AUTHORIZATION_DATA ->
                List.of(
                        new AuthorizationData(List.of(new AuthorizationData.Element(1, octets(0, 0)))).encode(),
                        AUTHORIZATION.encode());
            case ENC_TICKET_PART -> List.of(encTicketPart(Extent.SMALL), encTicketPart(Extent.FULL));
            case AUTHENTICATOR -> List.of(authenticator(Extent.SMALL), authenticator(Extent.FULL));
            case ENC_AP_REP_PART -> List.of(encApRepPart(Extent.SMALL), encApRepPart(Extent.FULL));
            case ENC_KRB_CRED_PART -> List.of(encKrbCredPart(Extent.SMALL), encKrbCredPart(Extent.FULL));
            case AUTHENTICATOR_CHECKSUM ->
                List.of(
                        checksum(new AuthenticatorChecksum(octets(16, 0), 0x3E, null, octets(0, 0))),
                        checksum(new AuthenticatorChecksum(octets(16, 9), 0x3F, octets(400, 2), octets(6, 3))),
                        checksum(new AuthenticatorChecksum(octets(16, 9), 2, null, octets(6, 3))));
            case CONTEXT_TOKEN ->
                List.of(
                        GssFraming.encode(
                                TokenId.AP_REQ, of(MessageDecoder.AP_REQ).get(1)),
                        GssFraming.encode(TokenId.KRB_ERROR, new byte[0]));
        };
    }

    static Octets octets(int length, int value) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) value);
        return Octets.of(octets);
    }

    static EncryptionKey key(EncryptionType type) {
        byte[] octets = new byte[type.keySize()];
        Arrays.fill(octets, (byte) type.number());
        return new EncryptionKey(type, SecretBytes.take(octets));
    }

    private enum Extent {
        SMALL,
        FULL
    }

    private static EncryptedData data(int etype, int length, OptionalLong kvno) {
        return new EncryptedData(etype, kvno, octets(length, 0x5A));
    }

    private static Ticket small() {
        return new Ticket(new Principal(PrincipalName.of(0, "s"), "R"), data(17, 33, OptionalLong.empty()));
    }

    private static Ticket full() {
        return new Ticket(SERVICE, data(18, 1200, OptionalLong.of(0xFFFF_FFFFL)));
    }

    private static byte[] checksum(AuthenticatorChecksum checksum) {
        return checksum.encode().checksum().toBytes();
    }

    private static byte[] encTicketPart(Extent extent) {
        try (EncTicketPart part = extent == Extent.SMALL
                ? new EncTicketPart(
                        KerberosFlags.NONE,
                        key(EncryptionType.AES128_CTS_HMAC_SHA1_96),
                        ALICE,
                        new TransitedEncoding(0, octets(0, 0)),
                        TIME,
                        null,
                        TIME,
                        null,
                        null,
                        AuthorizationData.NONE)
                : new EncTicketPart(
                        KerberosFlags.of(0x50E1_0000),
                        key(EncryptionType.AES256_CTS_HMAC_SHA384_192),
                        ALICE,
                        new TransitedEncoding(TransitedEncoding.DOMAIN_X500_COMPRESS, octets(9, 'A')),
                        TIME,
                        TIME.plusSeconds(1),
                        TIME.plusSeconds(86_400),
                        TIME.plusSeconds(604_800),
                        addresses(),
                        AUTHORIZATION)) {
            return part.encode();
        }
    }

    private static byte[] authenticator(Extent extent) {
        try (Authenticator authenticator = extent == Extent.SMALL
                ? new Authenticator(ALICE, null, TIME, 0, null, OptionalLong.empty(), AuthorizationData.NONE)
                : new Authenticator(
                        ALICE,
                        new AuthenticatorChecksum(octets(16, 0), 0x3E, null, octets(0, 0)).encode(),
                        TIME,
                        123_456,
                        key(EncryptionType.AES256_CTS_HMAC_SHA1_96),
                        OptionalLong.of(-2),
                        AUTHORIZATION)) {
            return authenticator.encode();
        }
    }

    private static byte[] encApRepPart(Extent extent) {
        try (EncApRepPart part = extent == Extent.SMALL
                ? new EncApRepPart(TIME, 5, null, OptionalLong.empty())
                : new EncApRepPart(
                        TIME, 999_999, key(EncryptionType.AES128_CTS_HMAC_SHA256_128), OptionalLong.of(0x8000_0000L))) {
            return part.encode();
        }
    }

    private static byte[] encKrbCredPart(Extent extent) {
        List<KrbCredInfo> infos = new ArrayList<>();
        infos.add(new KrbCredInfo(
                key(EncryptionType.AES128_CTS_HMAC_SHA1_96),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of()));
        if (extent == Extent.FULL) {
            infos.add(new KrbCredInfo(
                    key(EncryptionType.AES256_CTS_HMAC_SHA1_96),
                    "BATON.TEST",
                    ALICE.name(),
                    KerberosFlags.of(0x6000_0000),
                    TIME,
                    TIME,
                    TIME.plusSeconds(60),
                    TIME.plusSeconds(120),
                    "BATON.TEST",
                    PrincipalName.of(PrincipalName.NT_SRV_INST, "krbtgt", "BATON.TEST"),
                    addresses()));
        }
        try (EncKrbCredPart part = extent == Extent.SMALL
                ? new EncKrbCredPart(infos, OptionalLong.empty(), null, OptionalInt.empty(), null, null)
                : new EncKrbCredPart(
                        infos,
                        OptionalLong.of(77),
                        TIME,
                        OptionalInt.of(4),
                        addresses().get(0),
                        addresses().get(1))) {
            return part.encode();
        }
    }

    private static List<HostAddress> addresses() {
        return List.of(
                new HostAddress(HostAddress.IPV4, octets(4, 127)), new HostAddress(HostAddress.IPV6, octets(16, 1)));
    }
}
