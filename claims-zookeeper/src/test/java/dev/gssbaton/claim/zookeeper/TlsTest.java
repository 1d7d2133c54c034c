package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.client.ZKClientConfig;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A server that speaks TLS alone, and knows its clients by their certificates. */
class TlsTest {
    private static final String CLAIMANT = "CN=web.example,O=Example";
    private static final String SWEEPER = "CN=sweeper.example,O=Example";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Tells at length of handshakes that fail, which is what is wanted here. */
    private static final Logger NETTY = Logger.getLogger("io.netty");

    private static TestAuthority authority;
    private static ServerProcess server;
    private static Path claiming;
    private static Path sweeping;
    private static Path stranger;
    private static Path forged;
    private static Path trust;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        NETTY.setLevel(Level.OFF);
        authority = new TestAuthority(folder.resolve("authority"));
        claiming = authority.issue("claiming", CLAIMANT);
        sweeping = authority.issue("sweeping", SWEEPER);
        // Of the same authority, and nobody's who may claim.
        stranger = authority.issue("server", "CN=zk1.example");
        forged = authority.selfSigned("forged", CLAIMANT);
        trust = authority.trust();
        int port = Loopback.freePorts(1).get(0);
        Map<String, String> settings = new HashMap<>();
        settings.put("secureClientPort", String.valueOf(port));
        settings.put("secureClientPortAddress", Loopback.ADDRESS);
        settings.put("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
        settings.put("authProvider.x509", "org.apache.zookeeper.server.auth.X509AuthenticationProvider");
        settings.put("ssl.keyStore.location", stranger.toString());
        settings.put("ssl.keyStore.passwordPath", authority.password().toString());
        settings.put("ssl.trustStore.location", trust.toString());
        settings.put("ssl.trustStore.passwordPath", authority.password().toString());
        server = new ServerProcess(folder.resolve("server"), 1, port, settings);
        server.start();
        try (ZooKeeperClaims store = settings(secure(claiming, trust))
                .timeLimit(Duration.ofMinutes(2))
                .build()) {
            store.id(); // It serves then.
        }
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static ZKClientConfig secure(Path keys, Path trusted) {
        ZKClientConfig config = trusting(trusted);
        config.setProperty("zookeeper.ssl.keyStore.location", keys.toString());
        config.setProperty(
                "zookeeper.ssl.keyStore.passwordPath", authority.password().toString());
        return config;
    }

    private static ZKClientConfig trusting(Path trusted) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty("zookeeper.client.secure", "true");
        config.setProperty("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
        config.setProperty("zookeeper.ssl.trustStore.location", trusted.toString());
        config.setProperty(
                "zookeeper.ssl.trustStore.passwordPath", authority.password().toString());
        return config;
    }

    private static ZooKeeperClaimsBuilder settings(ZKClientConfig config) {
        return ZooKeeperClaims.builder()
                .connectString(server.address())
                .clientConfig(config)
                .claimants("x509:" + CLAIMANT)
                .sweepers("x509:" + SWEEPER);
    }

    @Test
    void claimants_claim_and_sweepers_sweep() throws Exception {
        try (ZooKeeperClaims claimant = settings(secure(claiming, trust)).build();
                ZooKeeperClaims sweeper = settings(secure(sweeping, trust)).build()) {
            ClaimId id = newId();
            Instant until = claimant.now();
            assertEquals(ClaimOutcome.WON, claimant.claim(id, PublicId.draw(RANDOM), until));
            assertEquals(ClaimOutcome.LOST, sweeper.claim(id, PublicId.draw(RANDOM), until));
            while (!sweeper.now().isAfter(until)) {
                Thread.onSpinWait();
            }
            assertThrows(KeeperException.NoAuthException.class, () -> claimant.sweep(Duration.ZERO));
            assertEquals(1, TestEnsemble.sweep(sweeper));
        }
    }

    @Test
    void another_certificate_neither_claims_nor_deletes() throws Exception {
        try (ZooKeeperClaims claimant = settings(secure(claiming, trust)).build();
                ZooKeeperClaims refused = settings(secure(stranger, trust)).build();
                CuratorFramework asStranger = client(secure(stranger, trust));
                CuratorFramework asClaimant = client(secure(claiming, trust))) {
            ClaimId id = newId();
            claim(claimant, id);
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "does not let this process in", () -> claim(refused, newId()));
            String hex = id.toHex();
            String record = "/baton/store/" + hex.substring(0, 2) + "/" + hex.substring(2);
            assertNoAuth(() -> asStranger.getData().forPath(record));
            assertNoAuth(() -> asStranger.create().forPath("/baton/store/00/11"));
            for (CuratorFramework client : List.of(asStranger, asClaimant)) {
                assertNoAuth(() -> client.delete().forPath(record));
                assertNoAuth(() -> client.setData().forPath(record, new byte[StoreNodes.RECORD_SIZE]));
                assertNoAuth(() -> client.setACL().withACL(Ids.OPEN_ACL_UNSAFE).forPath(record));
            }
            assertEquals(ClaimOutcome.LOST, claim(claimant, id));
        }
    }

    @Test
    void without_a_certificate_of_the_authority_nobody_gets_an_answer() throws Exception {
        assertNoAnswer(trusting(trust));
        assertNoAnswer(secure(forged, trust));
        assertNoAnswer(new ZKClientConfig());
    }

    @Test
    void a_server_that_is_not_trusted_is_not_asked() throws Exception {
        assertNoAnswer(secure(claiming, authority.trust("forged")));
    }

    private void assertNoAnswer(ZKClientConfig config) throws Exception {
        try (ZooKeeperClaims store =
                settings(config).timeLimit(Duration.ofMillis(500)).build()) {
            assertRefused(TransferFault.CLAIM_UNKNOWN, "did not answer", () -> claim(store, newId()));
        }
    }

    private static CuratorFramework client(ZKClientConfig config) {
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(server.address())
                .retryPolicy(new RetryForever(100))
                .zkClientConfig(config)
                .build();
        client.start();
        return client;
    }

    private static void assertNoAuth(Executable executable) {
        assertThrows(KeeperException.NoAuthException.class, executable);
    }

    private static void assertRefused(TransferFault fault, String why, Executable executable) {
        GSSException refused = assertThrows(GSSException.class, executable);
        assertEquals(fault, TransferFault.of(refused).orElseThrow(), refused.toString());
        assertTrue(refused.getMinorString().contains(why), refused.getMinorString());
    }

    private static ClaimOutcome claim(ZooKeeperClaims store, ClaimId id) throws GSSException {
        return store.claim(id, PublicId.draw(RANDOM), Instant.now().plusSeconds(3600));
    }

    private static ClaimId newId() {
        byte[] octets = new byte[24];
        RANDOM.nextBytes(octets);
        return ClaimId.of(octets);
    }
}
