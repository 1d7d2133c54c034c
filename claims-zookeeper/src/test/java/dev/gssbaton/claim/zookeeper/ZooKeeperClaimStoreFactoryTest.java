package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.spi.TransferFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperClaimStoreFactoryTest {
    @TempDir
    private Path folder;

    private Path zookeeper;
    private Path baton;

    @BeforeEach
    void name() throws Exception {
        zookeeper = folder.resolve("zookeeper.properties");
        baton = Files.writeString(
                folder.resolve("baton.properties"),
                "claims = zookeeper:" + zookeeper + "\nkeys = account:" + folder.resolve("keys"));
    }

    private void write(String... lines) throws Exception {
        Files.writeString(
                zookeeper,
                "connectString = " + TestEnsemble.shared().connectString() + "\npath = " + TestEnsemble.newPath() + "\n"
                        + String.join("\n", lines));
        Files.setPosixFilePermissions(zookeeper, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void two_managers_with_one_file_take_a_token_once() throws Exception {
        write("digest.user = web", "digest.password = throw-away", "timeLimit = PT20S");
        BatonManager one = BatonManager.fromProperties(baton);
        BatonManager two = BatonManager.fromProperties(baton);
        byte[] token = MockContexts.exported(one);
        assertTrue(two.createContext(token).isEstablished());
        GSSException again = assertThrows(GSSException.class, () -> one.createContext(token));
        assertEquals(Optional.of(TransferFault.ALREADY_TAKEN), TransferFault.of(again));
    }

    @Test
    void identities_and_the_clients_settings_arrive() throws Exception {
        write(
                "claimant.1 = digest:nobody:0123456789012345678901234567",
                "claimant.2 = ip:127.0.0.1",
                "sweeper.1 = ip:127.0.0.1",
                "sessionTimeout = PT10S",
                "connectionTimeout = PT10S",
                "zookeeper.client.portUnification = true");
        BatonManager manager = BatonManager.fromProperties(baton);
        assertTrue(manager.createContext(MockContexts.exported(manager)).isEstablished());
    }

    @Test
    void a_file_with_a_password_that_others_may_read_is_refused() throws Exception {
        write("digest.user = web", "digest.password = throw-away");
        Files.setPosixFilePermissions(zookeeper, PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("claims", "chmod 600 " + zookeeper);
        write("openToAnyone = true", "zookeeper.ssl.keyStore.password = throw-away");
        Files.setPosixFilePermissions(zookeeper, PosixFilePermissions.fromString("rw----r--"));
        assertRefused("chmod 600 " + zookeeper);
    }

    @Test
    void what_is_wrong_is_said_by_file_and_name() throws Exception {
        assertRefused(zookeeper + " cannot be read (NoSuchFileException)");
        write();
        assertRefused(zookeeper.toString(), "nobody may claim");
        write("openToAnyone = yes");
        assertRefused(zookeeper + ": openToAnyone", "true");
        write("openToAnyone = true", "conectString = zk1:2181");
        assertRefused(zookeeper + ": conectString", "connectString");
        write("openToAnyone = true", "timeLimit = soon");
        assertRefused(zookeeper + ": timeLimit");
        write("claimant.1 = somebody");
        assertRefused(zookeeper + ": claimant.1", "scheme:identity");
        write("digest.user = web");
        assertRefused(zookeeper + ": digest.user", "digest.password");
        write("digest.password = throw-away");
        assertRefused(zookeeper + ": digest.password", "digest.user");
    }

    private void assertRefused(String... words) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> BatonManager.fromProperties(baton));
        for (String word : words) {
            assertTrue(refused.getMessage().contains(word), refused::getMessage);
        }
        assertTrue(!refused.getMessage().contains("throw-away"), refused::getMessage);
    }
}
