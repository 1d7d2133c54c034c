package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.ApOption;
import dev.gssbaton.krb5.message.ApRep;
import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.ChannelBindings;
import dev.gssbaton.krb5.message.EncApRepPart;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncTicketPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.message.Ticket;
import dev.gssbaton.krb5.message.TokenId;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.DelegatedTicket;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ContextRequest;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Enctype;
import dev.gssbaton.peers.JgssPeer;
import dev.gssbaton.peers.Kdc;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Requires;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** What the JDK, MIT and Heimdal send is read, and written again to the same octets, down to what is encrypted. */
class PeerMessagesTest {
    private static final String BINDINGS = "any application data";

    @Test
    void the_jdk_with_kerby() throws Exception {
        Kdc kdc = EmbeddedKdc.shared();
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            exchange(peer, kdc.account("alice"), kdc.account("peer/localhost"), ContextRequest.full());
            exchange(peer, kdc.account("alice"), kdc.account("peer/localhost"), ContextRequest.of());
        }
    }

    @Test
    @Requires(NativePeer.MIT)
    void the_jdk_with_mits_kdc() throws Exception {
        exchangeInEachEnctype(JgssPeer.sharedJdk(MitKdc.shared()));
    }

    @Test
    @Requires(NativePeer.MIT)
    void mit() throws Exception {
        exchangeInEachEnctype(JgssPeer.shared(NativePeer.MIT, MitKdc.shared()));
    }

    @Test
    @Requires({NativePeer.MIT, NativePeer.HEIMDAL})
    void heimdal() throws Exception {
        exchangeInEachEnctype(JgssPeer.shared(NativePeer.HEIMDAL, MitKdc.shared()));
    }

    private static void exchangeInEachEnctype(JgssPeer peer) throws Exception {
        Kdc kdc = MitKdc.shared();
        for (Enctype enctype : EnumSet.range(Enctype.AES128_CTS_HMAC_SHA1_96, Enctype.AES256_CTS_HMAC_SHA384_192)) {
            Account service = kdc.account("peer" + enctype.number() + "/localhost", enctype);
            exchange(peer, kdc.account("alice"), service, ContextRequest.full().withBindings(BINDINGS));
            exchange(peer, kdc.account("alice"), service, ContextRequest.of(ContextRequest.Flag.INTEGRITY));
            exchange(
                    peer,
                    kdc.account("alice"),
                    service,
                    ContextRequest.of(ContextRequest.Flag.MUTUAL, ContextRequest.Flag.DELEGATION));
        }
    }

    private static void exchange(JgssPeer peer, Account client, Account service, ContextRequest request)
            throws Exception {
        boolean mutual = request.flags().contains(ContextRequest.Flag.MUTUAL);
        Krb5Credential credential = Krb5Credential.fromKeytab(service.keytab(), service.principal());
        try (PeerContext initiator = peer.initiator(client, service, request);
                PeerContext acceptor = peer.acceptor(service, request.bindings())) {
            byte[] first = initiator.step(new byte[0]);
            byte[] answer = acceptor.step(first);
            ApReq apReq = apReq(first);
            assertEquals(mutual, apReq.apOptions().has(ApOption.MUTUAL_REQUIRED));
            try (OpenedTicket opened = credential.unwrap(AcceptorKeys.class).open(apReq.ticket())) {
                assertEquals(service.principal(), opened.acceptor().toString());
                assertEquals(client.principal(), opened.encPart().client().toString());
                rewrites(apReq.ticket().encPart(), opened.serviceKey(), Ticket.KEY_USAGE, (in, at, length) -> {
                    try (EncTicketPart part = EncTicketPart.decode(in, at, length)) {
                        return part.encode();
                    }
                });
                authenticator(apReq, opened, request);
                if (mutual) {
                    apRep(answer, opened.encPart().key());
                } else {
                    assertEquals(0, answer.length);
                }
            }
        } finally {
            credential.dispose();
        }
    }

    private static ApReq apReq(byte[] token) throws GSSException {
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        assertEquals(TokenId.AP_REQ, frame.tokenId());
        ApReq message = ApReq.decode(token, frame.offset(), frame.length());
        assertArrayEquals(token, GssFraming.encode(TokenId.AP_REQ, message.encode()));
        return message;
    }

    private static void authenticator(ApReq apReq, OpenedTicket opened, ContextRequest request) throws Exception {
        EncryptionKey sessionKey = opened.encPart().key();
        rewrites(apReq.authenticator(), sessionKey, Authenticator.KEY_USAGE, (in, at, length) -> {
            try (Authenticator part = Authenticator.decode(in, at, length)) {
                return part.encode();
            }
        });
        try (Authenticator authenticator =
                apReq.authenticator().open(sessionKey, Authenticator.KEY_USAGE, Authenticator::decode)) {
            assertTrue(authenticator.client().matches(opened.encPart().client()));
            assertEquals(AuthenticatorChecksum.TYPE, authenticator.checksum().type());
            AuthenticatorChecksum checksum = AuthenticatorChecksum.decode(authenticator.checksum());
            assertEquals(authenticator.checksum(), checksum.encode());
            if (request.bindings().isEmpty()) {
                assertTrue(ChannelBindings.isNone(checksum.bindings()));
            } else {
                ChannelBinding ours = new ChannelBinding(request.bindings().getBytes(StandardCharsets.UTF_8));
                assertTrue(ChannelBindings.matches(ours, checksum.bindings()));
                ChannelBinding others = new ChannelBinding(new byte[] {1});
                assertFalse(ChannelBindings.matches(others, checksum.bindings()));
            }
            boolean delegated = request.flags().contains(ContextRequest.Flag.DELEGATION);
            assertEquals(delegated, checksum.delegation() != null);
            if (delegated) {
                delegation(checksum.delegation(), sessionKey, authenticator);
            }
        }
    }

    private static void delegation(Octets delegation, EncryptionKey sessionKey, Authenticator authenticator)
            throws Exception {
        byte[] encoded = delegation.toBytes();
        KrbCred message = KrbCred.decode(encoded, 0, encoded.length);
        assertArrayEquals(encoded, message.encode());
        EncryptedData.Decoder<byte[]> rewriter = (in, at, length) -> {
            try (EncKrbCredPart part = EncKrbCredPart.decode(in, at, length)) {
                return part.encode();
            }
        };
        boolean inClear = message.encPart().etype() == 0;
        if (inClear) {
            byte[] clear = message.encPart().cipher().toBytes();
            assertArrayEquals(clear, rewriter.decode(clear, 0, clear.length));
        } else {
            rewrites(message.encPart(), sessionKey, KrbCred.KEY_USAGE, rewriter);
        }
        Optional<DelegatedTicket> taken =
                DelegatedTicket.receive(delegation, sessionKey, authenticator.subkey(), authenticator.client());
        assertEquals(inClear, taken.isEmpty()); // Heimdal 7 leaves the encryption to the authenticator
        taken.ifPresent(DelegatedTicket::close);
    }

    private static void apRep(byte[] token, EncryptionKey sessionKey) throws Exception {
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        assertEquals(TokenId.AP_REP, frame.tokenId());
        ApRep message = ApRep.decode(token, frame.offset(), frame.length());
        assertArrayEquals(token, GssFraming.encode(TokenId.AP_REP, message.encode()));
        rewrites(message.encPart(), sessionKey, EncApRepPart.KEY_USAGE, (in, at, length) -> {
            try (EncApRepPart part = EncApRepPart.decode(in, at, length)) {
                return part.encode();
            }
        });
    }

    /** Compares the plaintext with what is written of its value. */
    private static void rewrites(
            EncryptedData data, EncryptionKey key, int usage, EncryptedData.Decoder<byte[]> rewriter) throws Exception {
        byte[] plaintext = data.open(
                key, usage, (in, at, length) -> Octets.of(in, at, length).toBytes());
        assertArrayEquals(plaintext, data.open(key, usage, rewriter));
    }
}
