package dev.gssbaton.krb5.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;

/** Whatever value is written, is read as the same value, and is DER to Bouncy Castle too. */
class MessagePropertyTest {
    private static final int TRIES = 200;

    @Property(tries = TRIES)
    void tickets(@ForAll("anyTicket") Ticket ticket) throws Exception {
        byte[] written = der(ticket.encode());
        assertEquals(ticket, Ticket.decode(written, 0, written.length));
    }

    @Property(tries = TRIES)
    void requests(
            @ForAll("anyFlags") KerberosFlags options,
            @ForAll("anyTicket") Ticket ticket,
            @ForAll("anyEncryptedData") EncryptedData authenticator)
            throws Exception {
        ApReq request = new ApReq(options, ticket, authenticator);
        byte[] written = der(request.encode());
        assertEquals(request, ApReq.decode(written, 0, written.length));
    }

    @Property(tries = TRIES)
    void answers(@ForAll("anyEncryptedData") EncryptedData encPart) throws Exception {
        ApRep answer = new ApRep(encPart);
        byte[] written = der(answer.encode());
        assertEquals(answer, ApRep.decode(written, 0, written.length));
    }

    @Property(tries = TRIES)
    void credentials(@ForAll("someTickets") List<Ticket> tickets, @ForAll("anyEncryptedData") EncryptedData encPart)
            throws Exception {
        KrbCred credentials = new KrbCred(tickets, encPart);
        byte[] written = der(credentials.encode());
        assertEquals(credentials, KrbCred.decode(written, 0, written.length));
    }

    @Property(tries = TRIES)
    void errors(@ForAll("anyError") KrbError error) throws Exception {
        byte[] written = der(error.encode());
        assertEquals(error, KrbError.decode(written, 0, written.length));
    }

    @Property(tries = TRIES)
    void authenticators(
            @ForAll("anyTicket") Ticket name,
            @ForAll("anyTime") Instant ctime,
            @ForAll("anyMicroseconds") int cusec,
            @ForAll("anyKey") EncryptionKey subkey,
            @ForAll("anyUint32") OptionalLong seqNumber,
            @ForAll("anyAuthorizationData") AuthorizationData authorizationData)
            throws Exception {
        Principal client = name.service();
        Checksum checksum =
                cusec % 2 == 0 ? null : new Checksum(cusec, name.encPart().cipher());
        byte[] written;
        try (Authenticator authenticator = new Authenticator(
                client, checksum, ctime, cusec, cusec % 3 == 0 ? null : subkey.copy(), seqNumber, authorizationData)) {
            written = der(authenticator.encode());
        }
        try (Authenticator read = Authenticator.decode(written, 0, written.length)) {
            assertEquals(client, read.client());
            assertEquals(checksum, read.checksum());
            assertEquals(ctime, read.ctime());
            assertEquals(cusec, read.cusec());
            assertEquals(seqNumber.orElse(0) & 0xFFFF_FFFFL, read.initialSequenceNumber());
            assertEquals(authorizationData, read.authorizationData());
            assertSame(cusec % 3 == 0 ? null : subkey, read.subkey());
            assertArrayEquals(written, read.encode());
        }
    }

    @Property(tries = TRIES)
    void proofs(
            @ForAll("anyTime") Instant ctime,
            @ForAll("anyMicroseconds") int cusec,
            @ForAll("anyKey") EncryptionKey subkey,
            @ForAll("anyUint32") OptionalLong seqNumber)
            throws Exception {
        byte[] written;
        try (EncApRepPart part = new EncApRepPart(ctime, cusec, cusec % 3 == 0 ? null : subkey.copy(), seqNumber)) {
            written = der(part.encode());
        }
        try (EncApRepPart read = EncApRepPart.decode(written, 0, written.length)) {
            assertEquals(ctime, read.ctime());
            assertEquals(cusec, read.cusec());
            assertEquals(seqNumber.orElse(0) & 0xFFFF_FFFFL, read.initialSequenceNumber());
            assertSame(cusec % 3 == 0 ? null : subkey, read.subkey());
        }
    }

    @Property(tries = TRIES)
    void insides(
            @ForAll("anyFlags") KerberosFlags flags,
            @ForAll("anyKey") EncryptionKey key,
            @ForAll("anyTicket") Ticket name,
            @ForAll("anyTime") Instant time,
            @ForAll("anyTime") Instant other,
            @ForAll("anyAddresses") List<HostAddress> addresses,
            @ForAll("anyAuthorizationData") AuthorizationData authorizationData,
            @ForAll boolean all)
            throws Exception {
        TransitedEncoding transited =
                new TransitedEncoding(flags.size(), name.encPart().cipher());
        byte[] written;
        try (EncTicketPart part = new EncTicketPart(
                flags,
                key.copy(),
                name.service(),
                transited,
                time,
                all ? other : null,
                other,
                all ? time : null,
                all ? addresses : null,
                authorizationData)) {
            written = der(part.encode());
        }
        try (EncTicketPart read = EncTicketPart.decode(written, 0, written.length)) {
            assertEquals(flags, read.flags());
            assertSame(key, read.key());
            assertEquals(name.service(), read.client());
            assertEquals(transited, read.transited());
            assertEquals(time, read.authTime());
            assertEquals(all ? other : time, read.startTime());
            assertEquals(other, read.endTime());
            assertEquals(all ? time : null, read.renewTill());
            assertEquals(all ? addresses : List.of(), read.addresses());
            assertEquals(authorizationData, read.authorizationData());
            assertArrayEquals(written, read.encode());
        }
    }

    @Property(tries = TRIES)
    void authorizationData(@ForAll("anyAuthorizationData") AuthorizationData data) throws Exception {
        byte[] written = der(data.encode());
        assertEquals(data, AuthorizationData.decode(written, 0, written.length));
    }

    @Property(tries = TRIES)
    void framesOfAnyLength(@ForAll("anyLength") int length) throws Exception {
        byte[] message = new byte[length];
        byte[] token = GssFraming.encode(TokenId.AP_REQ, message);
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        assertEquals(length, frame.length());
        assertEquals(token.length, frame.offset() + length);
    }

    private static byte[] der(byte[] written) throws Exception {
        assertArrayEquals(written, ASN1Primitive.fromByteArray(written).getEncoded(ASN1Encoding.DER));
        return written;
    }

    private static void assertSame(EncryptionKey expected, EncryptionKey actual) {
        if (expected == null || actual == null) {
            assertEquals(expected, actual);
            return;
        }
        assertEquals(expected.type(), actual.type());
        assertArrayEquals(expected.secret().lend(byte[]::clone), actual.secret().lend(byte[]::clone));
    }

    @Provide
    Arbitrary<Ticket> anyTicket() {
        return MessageArbitraries.tickets();
    }

    @Provide
    Arbitrary<List<Ticket>> someTickets() {
        return MessageArbitraries.tickets().list().ofMaxSize(3);
    }

    @Provide
    Arbitrary<EncryptedData> anyEncryptedData() {
        return MessageArbitraries.encryptedData();
    }

    @Provide
    Arbitrary<KerberosFlags> anyFlags() {
        return MessageArbitraries.flags();
    }

    @Provide
    Arbitrary<Instant> anyTime() {
        return MessageArbitraries.times();
    }

    @Provide
    Arbitrary<Integer> anyMicroseconds() {
        return MessageArbitraries.microseconds();
    }

    @Provide
    Arbitrary<OptionalLong> anyUint32() {
        return MessageArbitraries.uint32();
    }

    @Provide
    Arbitrary<EncryptionKey> anyKey() {
        return MessageArbitraries.keys();
    }

    @Provide
    Arbitrary<List<HostAddress>> anyAddresses() {
        return MessageArbitraries.addresses();
    }

    @Provide
    Arbitrary<AuthorizationData> anyAuthorizationData() {
        return MessageArbitraries.authorizationData();
    }

    @Provide
    Arbitrary<Integer> anyLength() {
        return Arbitraries.integers().between(0, 70_000);
    }

    @Provide
    Arbitrary<KrbError> anyError() {
        Arbitrary<OptionalInt> cusec = MessageArbitraries.optionalMicroseconds();
        return Combinators.combine(
                        MessageArbitraries.times().injectNull(0.3),
                        cusec,
                        MessageArbitraries.times(),
                        MessageArbitraries.microseconds(),
                        MessageArbitraries.strings().injectNull(0.3),
                        MessageArbitraries.names().injectNull(0.3),
                        MessageArbitraries.octets().injectNull(0.3),
                        MessageArbitraries.tickets())
                .as((ctime, usec, stime, susec, crealm, cname, octets, ticket) -> new KrbError(
                        ctime,
                        usec,
                        stime,
                        susec,
                        ticket.encPart().etype(),
                        crealm,
                        cname,
                        ticket.service(),
                        octets,
                        octets));
    }
}
