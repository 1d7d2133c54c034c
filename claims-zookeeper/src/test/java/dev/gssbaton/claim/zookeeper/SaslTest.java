package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.client.ZKClientConfig;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that knows its clients by Kerberos. */
class SaslTest {
    private static final ClaimId ID = ClaimId.of(new byte[ClaimId.MIN_SIZE]);

    private final SecureRandom random = new SecureRandom();

    @AfterEach
    void forgetLogins() {
        Configuration.setConfiguration(null);
    }

    @Test
    void claimants_and_sweepers_are_kerberos_principals() throws Exception {
        EmbeddedKdc kdc = EmbeddedKdc.shared();
        Account server = kdc.account("zookeeper/localhost");
        Account web = kdc.account("web");
        Account sweeping = kdc.account("sweeping");
        Account stranger = kdc.account("stranger");
        Configuration.setConfiguration(
                new Logins(Map.of("Server", server, "web", web, "sweeping", sweeping, "stranger", stranger)));
        InstanceSpec loopback = new InstanceSpec(
                null, -1, -1, -1, true, -1, 500, 10, Map.of("clientPortAddress", "127.0.0.1"), "127.0.0.1");
        try (TestingServer zooKeeper = new TestingServer(loopback, true);
                ZooKeeperClaims claimant = store(zooKeeper, server, "web", web, sweeping);
                ZooKeeperClaims sweeper = store(zooKeeper, server, "sweeping", web, sweeping);
                ZooKeeperClaims refused = store(zooKeeper, server, "stranger", web, sweeping)) {
            assertEquals(ClaimOutcome.WON, claim(claimant));
            assertEquals(ClaimOutcome.LOST, claim(sweeper));
            GSSException foreign = assertThrows(GSSException.class, () -> claim(refused));
            assertEquals(
                    TransferFault.CLAIMS_UNUSABLE, TransferFault.of(foreign).orElseThrow());
            assertTrue(foreign.getMinorString().contains("does not let this process in"), foreign.getMinorString());
            assertThrows(KeeperException.NoAuthException.class, () -> claimant.sweep(Duration.ZERO));
            assertEquals(0, sweeper.sweep(Duration.ZERO), "it may, and nothing has had its time");
        }
    }

    private static ZooKeeperClaims store(
            TestingServer zooKeeper, Account server, String login, Account claimant, Account sweeper) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, login);
        config.setProperty(ZKClientConfig.ZOOKEEPER_SERVER_PRINCIPAL, server.principal());
        return ZooKeeperClaims.builder()
                .connectString(zooKeeper.getConnectString())
                .clientConfig(config)
                .claimants("sasl:" + claimant.principal())
                .sweepers("sasl:" + sweeper.principal())
                .build();
    }

    private ClaimOutcome claim(ZooKeeperClaims store) throws GSSException {
        return store.claim(ID, PublicId.draw(random), Instant.now().plusSeconds(3600));
    }

    /** Who logs in under which name. */
    private static final class Logins extends Configuration {
        private final Map<String, Account> accounts;

        Logins(Map<String, Account> accounts) {
            this.accounts = accounts;
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            Account account = accounts.get(name);
            return account == null
                    ? null
                    : new AppConfigurationEntry[] {
                        new AppConfigurationEntry(
                                "com.sun.security.auth.module.Krb5LoginModule",
                                LoginModuleControlFlag.REQUIRED,
                                Map.of(
                                        "useKeyTab", "true",
                                        "keyTab", account.keytab().toString(),
                                        "principal", account.principal(),
                                        "storeKey", "true",
                                        "useTicketCache", "false",
                                        "doNotPrompt", "true"))
                    };
        }
    }
}
