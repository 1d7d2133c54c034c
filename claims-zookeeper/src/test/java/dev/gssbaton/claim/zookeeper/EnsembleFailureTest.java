package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Frames;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.curator.test.InstanceSpec;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes import the same tokens, each in an order of its own, while servers of the ensemble are killed. */
class EnsembleFailureTest {
    private static final int TOKENS = Scale.times(200, 10_000);
    private static final int PROCESSES = 4;

    /** Imports all tokens; waits for a word after a quarter of them and after a half; tells which it got. */
    static final class Racer {
        private Racer() {}

        public static void main(String[] arguments) throws IOException {
            Frames parent = Frames.toParent();
            List<byte[]> tokens = new ArrayList<>();
            for (byte[] token = parent.read(); token.length > 0; token = parent.read()) {
                tokens.add(token);
            }
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, tokens.size()).boxed().toList());
            Collections.shuffle(order, new Random(Long.parseLong(arguments[0])));
            BitSet taken = new BitSet();
            try (AccountKeys keys = AccountKeys.in(Path.of(arguments[1]));
                    ZooKeeperClaims claims = ZooKeeperClaims.builder()
                            .connectString(arguments[2])
                            .path(arguments[3])
                            .openToAnyone()
                            .build()) {
                BatonManager manager =
                        BatonManager.builder().keys(keys).claims(claims).build();
                for (int i = 0; i < order.size(); i++) {
                    if (i == order.size() / 4 || i == order.size() / 2) {
                        parent.write(new byte[0]);
                        parent.read();
                    }
                    taken.set(order.get(i), takes(manager, tokens.get(order.get(i))));
                }
            }
            parent.write(taken.toByteArray());
            parent.read();
        }

        private static boolean takes(BatonManager manager, byte[] token) {
            while (true) {
                try {
                    return manager.createContext(token).isEstablished();
                } catch (GSSException e) {
                    TransferFault fault = TransferFault.of(e).orElseThrow(() -> new IllegalStateException(e));
                    switch (fault) {
                        case ALREADY_TAKEN -> {
                            return false;
                        }
                        case CLAIM_UNKNOWN -> {} // Tried again.
                        default -> throw new IllegalStateException(e);
                    }
                }
            }
        }
    }

    @Test
    void every_token_is_taken_once_though_a_follower_and_then_the_leader_are_killed(@TempDir Path home)
            throws Exception {
        TestEnsemble ensemble = TestEnsemble.shared();
        String path = TestEnsemble.newPath();
        List<byte[]> tokens = tokens(ensemble, path, home);
        List<ForkedJvm> racers = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                ForkedJvm racer = ForkedJvm.running(Racer.class)
                        .arguments(String.valueOf(i), home.toString(), ensemble.connectString(), path)
                        .timeLimit(Duration.ofMinutes(20))
                        .start();
                racers.add(racer);
            }
            for (ForkedJvm racer : racers) {
                tokens.forEach(racer::write);
                racer.write(new byte[0]);
            }
            // One waits at each quarter until the server is dead, while the others claim.
            InstanceSpec follower = ensemble.follower();
            killDuring(racers, ensemble, follower);
            ensemble.restart(follower);
            killDuring(racers, ensemble, ensemble.leader());
            BitSet all = new BitSet();
            int wins = 0;
            for (ForkedJvm racer : racers) {
                BitSet taken = BitSet.valueOf(racer.read());
                wins += taken.cardinality();
                all.or(taken);
                racer.write(new byte[0]);
            }
            assertEquals(TOKENS, wins, "no token is taken twice");
            assertEquals(TOKENS, all.cardinality(), "and each is taken");
        } finally {
            racers.forEach(ForkedJvm::close);
            ensemble.restore();
        }
    }

    private static void killDuring(List<ForkedJvm> racers, TestEnsemble ensemble, InstanceSpec server)
            throws Exception {
        racers.get(0).read();
        for (ForkedJvm racer : racers.subList(1, PROCESSES)) {
            racer.read();
            racer.write(new byte[0]);
        }
        ensemble.kill(server);
        racers.get(0).write(new byte[0]);
    }

    private static List<byte[]> tokens(TestEnsemble ensemble, String path, Path home) throws Exception {
        List<byte[]> tokens = new ArrayList<>();
        try (AccountKeys keys = AccountKeys.in(home);
                ZooKeeperClaims claims = ensemble.open(path).build()) {
            BatonManager manager =
                    BatonManager.builder().keys(keys).claims(claims).build();
            for (int i = 0; i < TOKENS; i++) {
                tokens.add(MockContexts.exported(manager));
            }
        }
        return tokens;
    }

    @Test
    void with_two_servers_down_all_is_refused_and_nothing_lost_when_they_return(@TempDir Path home) throws Exception {
        TestEnsemble ensemble = TestEnsemble.shared();
        String path = TestEnsemble.newPath();
        try (AccountKeys keys = AccountKeys.in(home);
                ZooKeeperClaims patient = ensemble.open(path).build();
                ZooKeeperClaims impatient =
                        ensemble.open(path).timeLimit(Duration.ofMillis(500)).build()) {
            BatonManager exporter =
                    BatonManager.builder().keys(keys).claims(patient).build();
            byte[] token = MockContexts.exported(exporter);
            BatonManager importer =
                    BatonManager.builder().keys(keys).claims(impatient).build();
            BatonContext staying = MockContexts.established(importer);
            ensemble.kill(ensemble.follower());
            ensemble.kill(ensemble.leader());
            for (int i = 0; i < 2; i++) {
                GSSException refused = assertThrows(GSSException.class, () -> importer.createContext(token));
                assertEquals(
                        TransferFault.CLAIM_UNKNOWN, TransferFault.of(refused).orElseThrow(), refused.toString());
            }
            // What was seen of the store is more than a second old by now.
            GSSException refused = assertThrows(GSSException.class, () -> MockContexts.export(staying));
            assertEquals(TransferFault.EXPORT_FAILED, TransferFault.of(refused).orElseThrow(), refused.toString());
            assertTrue(staying.isEstablished());
            ensemble.restore();
            assertTrue(Racer.takes(importer, token));
            assertTrue(Racer.takes(importer, MockContexts.export(staying)));
            GSSException taken = assertThrows(GSSException.class, () -> exporter.createContext(token));
            assertEquals(TransferFault.ALREADY_TAKEN, TransferFault.of(taken).orElseThrow());
        } finally {
            ensemble.restore();
        }
    }
}
