package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ZooKeeper server and its client, which authenticate by SASL, on either mechanism. */
class ZooKeeperTest {
    private static final String PROVIDER = "zookeeper.authProvider.sasl";
    private static final byte[] DATA = {1, 2, 3};

    @TempDir
    private Path folder;

    private final Account user = EmbeddedKdc.shared().account("alice");
    private final Account service = EmbeddedKdc.shared().account("zookeeper/localhost");

    @ParameterizedTest
    @EnumSource(Side.class)
    void authenticates(Side side) throws Exception {
        authenticates(side, folder);
    }

    void authenticates(Side side, Path folder) throws Exception {
        Set<Path> before = Replays.known();
        serve(side, folder, this::use);
        assertEquals(Registration.actual(side) == Side.BATON, Replays.areMoreThan(before));
    }

    @Test
    void badTokensGetTheJdksAnswersAndTheServerGoesOn() throws Exception {
        badTokensGetTheJdksAnswersAndTheServerGoesOn(folder);
    }

    void badTokensGetTheJdksAnswersAndTheServerGoesOn(Path folder) throws Exception {
        Map<Side, Map<String, String>> answers = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            serve(side, folder.resolve(side.name()), port -> answers.put(side, answersToBadTokens(port)));
        }
        assertEquals(answers.get(Side.JDK), answers.get(Side.BATON));
    }

    private Map<String, String> answersToBadTokens(int port) throws Exception {
        Map<String, String> answers = new LinkedHashMap<>();
        Subject alice = Login.initiator(user);
        byte[] good = SaslPair.firstToken(alice, "zookeeper");
        assertEquals(ZooKeeperPeer.GOES_ON, ZooKeeperPeer.answer(port, good));
        answers.put("sent again", ZooKeeperPeer.answer(port, good));
        for (Map.Entry<String, byte[]> bad :
                BadTokens.of(SaslPair.firstToken(alice, "zookeeper")).entrySet()) {
            answers.put(bad.getKey(), ZooKeeperPeer.answer(port, bad.getValue()));
        }
        assertFalse(answers.containsValue(ZooKeeperPeer.GOES_ON), answers.toString());
        use(port);
        return answers;
    }

    @FunctionalInterface
    private interface Client {
        void use(int port) throws Exception;
    }

    /** Lets a client use a server while it runs. */
    @SuppressWarnings("try") // registration and entries are closed, and that is all
    private void serve(Side side, Path folder, Client client) throws Exception {
        System.setProperty(PROVIDER, "org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
        try (AutoCloseable registered = Registration.until(side);
                JaasEntries entries = new JaasEntries("Client", user, "Server", service)) {
            File data = folder.toFile();
            ZooKeeperServer server = new ZooKeeperServer(data, data, 2000);
            ServerCnxnFactory connections =
                    ServerCnxnFactory.createFactory(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            try {
                connections.startup(server);
                client.use(connections.getLocalPort());
            } finally {
                connections.shutdown();
                server.shutdown();
            }
        } finally {
            System.clearProperty(PROVIDER);
        }
    }

    @SuppressWarnings("try") // what waits here is interrupted with the whole test
    private void use(int port) throws Exception {
        try (ZooKeeper client = connect(port, true)) {
            client.create("/hers", DATA, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            assertEquals(
                    List.of("sasl:" + user.principal()),
                    client.getACL("/hers", new Stat()).stream()
                            .map(acl ->
                                    acl.getId().getScheme() + ":" + acl.getId().getId())
                            .toList());
            assertArrayEquals(DATA, client.getData("/hers", false, null));
        }
        try (ZooKeeper stranger = connect(port, false)) {
            assertThrows(KeeperException.NoAuthException.class, () -> stranger.getData("/hers", false, null));
        }
    }

    private ZooKeeper connect(int port, boolean sasl) throws Exception {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, Boolean.toString(sasl));
        config.setProperty("zookeeper.server.principal", service.principal());
        CountDownLatch ready = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(
                "127.0.0.1:" + port,
                30_000,
                event -> {
                    if (event.getState() == (sasl ? KeeperState.SaslAuthenticated : KeeperState.SyncConnected)) {
                        ready.countDown();
                    }
                },
                config);
        assertTrue(ready.await(30, TimeUnit.SECONDS), "the client is not let in");
        return client;
    }
}
