package dev.gssbaton.krb5.credential;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.crypto.EncryptionType;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Principal;
import dev.gssbaton.krb5.message.PrincipalName;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.message.TransitedEncoding;
import dev.gssbaton.spi.SecretBytes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalLong;

/** Makes tickets as a KDC does, for the keys that {@link KeytabWriter} writes. */
final class Tickets {
    static final Principal ALICE = Principal.parse("alice@BATON.TEST", PrincipalName.NT_PRINCIPAL);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private Tickets() {}

    /** Encrypts with the key of a version, whatever version the ticket names. */
    static Ticket ticket(String service, int kvno, int etype, OptionalLong named) {
        return ticket(service, KeytabWriter.key(kvno, etype), etype, named);
    }

    static Ticket ticket(String service, byte[] key, int etype, OptionalLong named) {
        EncryptionType type = EncryptionType.of(etype).orElseThrow();
        try (EncryptionKey serviceKey = new EncryptionKey(type, SecretBytes.copyOf(key));
                EncTicketPart part = new EncTicketPart(
                        KerberosFlags.NONE,
                        EncryptionKey.generate(type, RANDOM),
                        ALICE,
                        new TransitedEncoding(1, Octets.of(new byte[0])),
                        TIME,
                        null,
                        TIME.plusSeconds(60),
                        null,
                        null,
                        AuthorizationData.NONE)) {
            EncryptedData sealed = EncryptedData.seal(serviceKey, Ticket.KEY_USAGE, part.encode(), RANDOM);
            return new Ticket(
                    Principal.parse(service, PrincipalName.NT_SRV_HST),
                    new EncryptedData(sealed.etype(), named, sealed.cipher()));
        }
    }
}
