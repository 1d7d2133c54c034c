package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.seal.AccountKeys;
import java.nio.file.Path;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acceptors on two hosts, which share a key, share a replay cache. */
class ClusterReplayTest {
    @Test
    void a_request_that_one_acceptor_took_is_refused_by_the_other(@TempDir Path home) throws Exception {
        Account service = EmbeddedKdc.shared().account("host/localhost");
        Subject alice = Login.initiator(EmbeddedKdc.shared().account("alice"));
        String path = TestEnsemble.newPath();
        try (AccountKeys keys = AccountKeys.in(home);
                ZooKeeperClaims one = TestEnsemble.shared().open(path).build();
                ZooKeeperClaims other = TestEnsemble.shared().open(path).build()) {
            BatonManager here = BatonManager.builder().keys(keys).claims(one).build();
            BatonManager there = BatonManager.builder().keys(keys).claims(other).build();
            byte[] request = request(alice, service);
            assertTrue(accept(here, service, request).isEstablished());
            GSSException replay = assertThrows(GSSException.class, () -> accept(there, service, request));
            assertEquals(GSSException.DUPLICATE_TOKEN, replay.getMajor(), replay.toString());
            assertTrue(replay.getMinorString().contains(other.scope()), replay.getMinorString());
            assertTrue(accept(there, service, request(alice, service)).isEstablished());
        }
    }

    private static byte[] request(Subject client, Account service) throws Exception {
        return Login.as(client, () -> {
            GSSContext context = GSSManager.getInstance()
                    .createContext(
                            service.gssName(), new Oid("1.2.840.113554.1.2.2"), null, GSSContext.DEFAULT_LIFETIME);
            return context.initSecContext(new byte[0], 0, 0);
        });
    }

    private static BatonContext accept(BatonManager manager, Account service, byte[] request) throws GSSException {
        BatonContext context = manager.createContext(Krb5Credential.fromKeytab(service.keytab(), service.principal()));
        context.acceptSecContext(request, 0, request.length);
        return context;
    }
}
