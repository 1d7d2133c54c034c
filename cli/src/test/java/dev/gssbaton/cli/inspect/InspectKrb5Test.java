package dev.gssbaton.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.jgss.InquireType;
import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.Run;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.spi.SequenceNumbers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of a Kerberos context. */
final class InspectKrb5Test {
    private static final EmbeddedKdc KDC = EmbeddedKdc.shared();
    private static final Account SERVICE = KDC.account("host/localhost");
    private static final Account ALICE = KDC.account("alice");

    @TempDir
    private Path folder;

    @Test
    void theStateIsShownWithoutItsKeys() throws Exception {
        Stores stores = new Stores(folder.resolve("home"), "krb5");
        stores.prepare();
        BatonManager manager = stores.manager().build();
        Subject alice = Login.initiator(ALICE);
        GSSContext jdk = Login.as(alice, () -> GSSManager.getInstance()
                .createContext(SERVICE.gssName(), new Oid("1.2.840.113554.1.2.2"), null, 3600));
        jdk.requestMutualAuth(true);
        BatonContext context = manager.createContext(Krb5Credential.fromKeytab(SERVICE.keytab(), SERVICE.principal()));
        PeerContext.establish(PeerContext.of(jdk, alice), PeerContext.of(context, null));
        SequenceNumbers before = context.details(SequenceNumbers.class).orElseThrow();
        for (int i = 0; i < 3; i++) {
            byte[] token = jdk.wrap(new byte[5], 0, 5, new MessageProp(true));
            context.unwrap(token, 0, token.length, new MessageProp(true));
        }
        context.wrap(new byte[5], 0, 5, new MessageProp(true));
        SecretKey key = (SecretKey) context.inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX);
        Path file = Files.write(folder.resolve("token"), context.export());

        Run run = Run.of(
                "inspect",
                file.toString(),
                "--purpose",
                "krb5",
                "--directory",
                stores.directory().toString());
        assertEquals(0, run.exitCode(), run.err());
        assertShows(run, "mechanism", "krb5 (1.2.840.113554.1.2.2)");
        assertShows(run, "role", "acceptor");
        assertShows(run, "initiator", ALICE.principal());
        assertShows(run, "acceptor", SERVICE.principal());
        assertShows(run, "enctype", "aes256-cts-hmac-sha1-96 (18)");
        assertShows(
                run, "messages", new SequenceNumbers(before.nextToSend() + 1, before.nextToReceive() + 3).toString());
        for (String flag : new String[] {"MUTUAL", "REPLAY", "SEQUENCE", "CONF", "INTEG"}) {
            assertTrue(run.out().contains(flag), run.out());
        }
        assertTrue(run.out().contains("context ends") && run.out().contains("ticket until"), run.out());
        assertFalse(run.out().contains(HexFormat.of().formatHex(key.getEncoded())), "the session key is shown");
    }

    private static void assertShows(Run run, String what, String value) {
        assertTrue(
                run.lines().contains("%-14s %s".formatted(what, value)), () -> what + " " + value + "\n" + run.out());
    }
}
