package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.jgss.InquireType;
import dev.gssbaton.krb5.credential.Krb5Details;
import dev.gssbaton.krb5.crypto.EncryptionKey;
import dev.gssbaton.krb5.message.AuthorizationData;
import dev.gssbaton.krb5.message.EncKrbCredPart;
import dev.gssbaton.krb5.message.EncryptedData;
import dev.gssbaton.krb5.message.HostAddress;
import dev.gssbaton.krb5.message.KerberosFlags;
import dev.gssbaton.krb5.message.KrbCred;
import dev.gssbaton.krb5.message.KrbCredInfo;
import dev.gssbaton.krb5.message.TicketFlag;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.spi.MechanismContext;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/**
 * What a client, or a KDC, may write inside the encryption, where every octet verifies: it is refused with a GSSException,
 * or established, and then everything can be asked for.
 */
class EncryptedFieldsTest {
    private static final int CHANGES = Scale.times(400, 20_000);

    private final TestRealm realm = TestRealm.aes256();
    private final Random random = new Random(4120);

    @Test
    void a_changed_ticket_is_refused_or_its_context_answers() throws Exception {
        check(change -> realm.ticket()
                .client("alice@A.FAR.TEST")
                .transited(1, "FAR.TEST,TEST")
                .flag(TicketFlag.RENEWABLE)
                .renewTill(realm.now())
                .addresses(HostAddress.of(InetAddress.getLoopbackAddress()))
                .plaintext(change)
                .request()
                .token());
    }

    @Test
    void a_changed_pac_is_refused_or_its_context_answers() throws Exception {
        byte[] pac = new ForgedPac(realm.ticket()).sign();
        check(change -> realm.ticket()
                .authorizationData(AcceptorCheckTest.ifRelevant(
                        AcceptorCheckTest.element(AuthorizationData.AD_WIN2K_PAC, change.apply(pac))))
                .request()
                .token());
    }

    @Test
    void a_changed_authenticator_is_refused_or_its_context_answers() throws Exception {
        AuthorizationData data = AcceptorCheckTest.ifRelevant(AcceptorCheckTest.element(143, new byte[4]));
        check(change ->
                realm.request().authorizationData(data).plaintext(change).token());
    }

    @Test
    void a_changed_delegation_is_refused_or_its_context_answers() throws Exception {
        check(change -> {
            ForgedTicket ticket = realm.ticket();
            return ticket.request()
                    .rawChecksum(AcceptorCheckTest.delegation(delegation(ticket, change, UnaryOperator.identity())))
                    .token();
        });
        check(change -> {
            ForgedTicket ticket = realm.ticket();
            return ticket.request()
                    .rawChecksum(AcceptorCheckTest.delegation(delegation(ticket, UnaryOperator.identity(), change)))
                    .token();
        });
    }

    private byte[] delegation(ForgedTicket ticket, UnaryOperator<byte[]> inside, UnaryOperator<byte[]> outside) {
        KrbCredInfo info = new KrbCredInfo(
                EncryptionKey.generate(realm.type, realm.random),
                TestRealm.ALICE.realm(),
                TestRealm.ALICE.name(),
                KerberosFlags.NONE.with(TicketFlag.FORWARDED).with(TicketFlag.RENEWABLE),
                realm.now(),
                realm.now(),
                realm.now().plus(Duration.ofHours(1)),
                realm.now().plus(Duration.ofHours(2)),
                null,
                null,
                List.of(HostAddress.of(InetAddress.getLoopbackAddress())));
        byte[] part = new EncKrbCredPart(List.of(info), OptionalLong.of(1), realm.now(), OptionalInt.of(2), null, null)
                .encode();
        EncryptedData sealed =
                EncryptedData.seal(ticket.sessionKey(), KrbCred.KEY_USAGE, inside.apply(part), realm.random);
        KrbCred message = new KrbCred(
                List.of(realm.ticket()
                        .service("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST")
                        .seal()),
                sealed);
        return outside.apply(message.encode());
    }

    /** Makes a token in which something is changed. */
    private interface Forge {
        byte[] token(UnaryOperator<byte[]> change) throws Exception;
    }

    private void check(Forge forge) throws Exception {
        ask(realm.accept(forge.token(UnaryOperator.identity())));
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < CHANGES; i++) {
            byte[] token = forge.token(octets -> FuzzCorpus.mutate(octets, random));
            MechanismContext acceptor = realm.acceptor();
            try {
                acceptor.step(token, 0, token.length);
            } catch (GSSException e) {
                assertFalse(acceptor.isEstablished());
                refused++;
                continue;
            }
            ask(acceptor);
            acceptor.erase();
            accepted++;
        }
        assertTrue(accepted > 0 && refused + accepted == CHANGES, accepted + " accepted, " + refused + " refused");
    }

    private static void ask(MechanismContext acceptor) throws GSSException {
        assertTrue(acceptor.isEstablished());
        assertTrue(acceptor.expiry().isAfter(Instant.EPOCH));
        assertNotEquals(acceptor.sourceName(), acceptor.targetName());
        assertTrue(acceptor.details(Krb5Details.class).isPresent());
        for (InquireType type : List.of(
                InquireType.KRB5_GET_AUTHZ_DATA,
                InquireType.KRB5_GET_TKT_FLAGS,
                InquireType.KRB5_GET_AUTHTIME,
                InquireType.KRB5_GET_SESSION_KEY_EX)) {
            assertNotNull(acceptor.inquire(type));
        }
        GSSCredential delegated = acceptor.delegatedCredential();
        if (delegated != null) {
            assertEquals(acceptor.sourceName(), delegated.getName());
            delegated.dispose();
        }
    }
}
