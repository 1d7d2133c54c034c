package dev.gssbaton.krb5.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.message.ApReq;
import dev.gssbaton.krb5.message.Authenticator;
import dev.gssbaton.krb5.message.AuthenticatorChecksum;
import dev.gssbaton.krb5.message.ChannelBindings;
import dev.gssbaton.krb5.message.GssFraming;
import dev.gssbaton.krb5.message.Octets;
import dev.gssbaton.krb5.ticket.AcceptorKeys;
import dev.gssbaton.krb5.ticket.OpenedTicket;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import org.ietf.jgss.ChannelBinding;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSManager;
import org.junit.jupiter.api.Test;

/** The JDK's hash of channel bindings and ours. */
class JdkChannelBindingsTest {
    @Test
    void rfc4121_4_1_1_2_addresses_and_data_give_the_jdks_hash() throws Exception {
        InetAddress v4 = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        InetAddress v6 = InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        byte[] data = octets("data");
        for (ChannelBinding bindings : Stream.of(
                        new ChannelBinding(v4, v6, data),
                        new ChannelBinding(v6, v4, null),
                        new ChannelBinding(null, v4, data),
                        new ChannelBinding(null, null, data),
                        new ChannelBinding(null))
                .toList()) {
            Octets hash = sentByTheJdk(bindings);
            assertEquals(hash, ChannelBindings.hash(bindings));
            assertTrue(ChannelBindings.matches(bindings, hash));
        }
        assertTrue(ChannelBindings.isNone(sentByTheJdk(null)));
    }

    @Test
    void tls_bindings_of_the_jdk_are_taken() throws Exception {
        ChannelBinding bindings = new ChannelBinding(octets("tls-server-end-point:hash of a certificate"));
        assertTrue(ChannelBindings.matches(bindings, sentByTheJdk(bindings)));
    }

    private static Octets sentByTheJdk(ChannelBinding bindings) throws Exception {
        Account service = EmbeddedKdc.shared().account("bindings/localhost");
        Subject subject = Login.initiator(EmbeddedKdc.shared().account("alice"));
        byte[] token = Login.as(subject, () -> {
            GSSContext context = GSSManager.getInstance().createContext(service.gssName(), GssFraming.KRB5, null, 0);
            context.setChannelBinding(bindings);
            return context.initSecContext(new byte[0], 0, 0);
        });
        GssFraming frame = GssFraming.decode(token, 0, token.length);
        ApReq request = ApReq.decode(token, frame.offset(), frame.length());
        AcceptorKeys keys =
                Krb5Credential.fromKeytab(service.keytab(), service.principal()).unwrap(AcceptorKeys.class);
        try (OpenedTicket ticket = keys.open(request.ticket());
                Authenticator authenticator = request.authenticator()
                        .open(ticket.encPart().key(), Authenticator.KEY_USAGE, Authenticator::decode)) {
            return AuthenticatorChecksum.decode(authenticator.checksum()).bindings();
        }
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
