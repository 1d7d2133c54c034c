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
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four processes import the same tokens, each in an order of its own, while servers of the ensemble are killed and stopped. Each
 * server is a process, and is killed by SIGKILL.
 */
class EnsembleFailureTest {
    private static final int TOKENS = Scale.times(200, 10_000);
    private static final int PROCESSES = 4;

    private static final SecureRandom RANDOM = new SecureRandom();

    private static ProcessEnsemble ensemble;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        ensemble = new ProcessEnsemble(folder);
    }

    @AfterAll
    static void end() {
        ensemble.close();
    }

    @AfterEach
    void restore() {
        ensemble.restore();
    }

    /** Imports all tokens; waits for a word after each quarter but the last; tells which it got. */
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
                    if (i > 0 && i % (order.size() / 4) == 0) {
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
    void every_token_is_taken_once_though_servers_are_killed_and_stopped(@TempDir Path home) throws Exception {
        String path = TestEnsemble.newPath();
        List<byte[]> tokens = tokens(path, home);
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
            killDuring(racers, ensemble.follower());
            killDuring(racers, ensemble.leader());
            stopLeaderDuring(racers, path);
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
        }
    }

    /** One waits at a quarter until the server is dead, while the others claim. */
    private static void killDuring(List<ForkedJvm> racers, ServerProcess server) {
        letAllButOneGoOn(racers);
        server.kill();
        racers.get(0).write(new byte[0]);
        server.start();
    }

    private static void letAllButOneGoOn(List<ForkedJvm> racers) {
        racers.get(0).read();
        for (ForkedJvm racer : racers.subList(1, PROCESSES)) {
            racer.read();
            racer.write(new byte[0]);
        }
    }

    /**
     * The leader stands still for longer than any session lasts, with a claim on its way to it that another claimant makes
     * meanwhile. One racer waits until it goes on, and claims while it learns that it leads no more.
     */
    private static void stopLeaderDuring(List<ForkedJvm> racers, String path) throws Exception {
        ensemble.restore();
        ServerProcess leader = ensemble.leader();
        ClaimId id = ClaimId.of(new byte[ClaimId.MIN_SIZE]);
        PublicId waiting = PublicId.draw(RANDOM);
        PublicId another = PublicId.draw(RANDOM);
        try (ZooKeeperClaims atLeader = ensemble.open(path)
                        .connectString(leader.address())
                        .timeLimit(Duration.ofMillis(500))
                        .build();
                ZooKeeperClaims elsewhere = ensemble.open(path).build()) {
            patiently(atLeader::id);
            letAllButOneGoOn(racers);
            leader.stop();
            try {
                long stopped = System.nanoTime();
                assertFault(TransferFault.CLAIM_UNKNOWN, () -> claim(atLeader, id, waiting));
                assertEquals(ClaimOutcome.WON, patiently(() -> claim(elsewhere, id, another)));
                long end =
                        stopped + ProcessEnsemble.LONGEST_SESSION.plusSeconds(1).toNanos();
                TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
            } finally {
                leader.goOn();
            }
            racers.get(0).write(new byte[0]);
            assertEquals(ClaimOutcome.LOST, patiently(() -> claim(atLeader, id, waiting)));
        }
    }

    private static ClaimOutcome claim(ZooKeeperClaims store, ClaimId id, PublicId claimant) throws GSSException {
        return store.claim(id, claimant, Instant.now().plus(Duration.ofHours(1)));
    }

    private interface Call<T> {
        T call() throws GSSException;
    }

    /** Calls until it is settled. */
    private static <T> T patiently(Call<T> call) throws GSSException {
        while (true) {
            try {
                return call.call();
            } catch (GSSException e) {
                assertEquals(TransferFault.CLAIM_UNKNOWN, TransferFault.of(e).orElseThrow(), e.toString());
            }
        }
    }

    private static void assertFault(TransferFault fault, Executable executable) {
        GSSException refused = assertThrows(GSSException.class, executable);
        assertEquals(fault, TransferFault.of(refused).orElseThrow(), refused.toString());
    }

    private static List<byte[]> tokens(String path, Path home) throws Exception {
        List<byte[]> tokens = new ArrayList<>();
        try (AccountKeys keys = AccountKeys.in(home);
                ZooKeeperClaims claims =
                        ensemble.open(path).timeLimit(Duration.ofMinutes(2)).build()) {
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
        String path = TestEnsemble.newPath();
        try (AccountKeys keys = AccountKeys.in(home);
                ZooKeeperClaims patient =
                        ensemble.open(path).timeLimit(Duration.ofMinutes(2)).build();
                ZooKeeperClaims impatient =
                        ensemble.open(path).timeLimit(Duration.ofMillis(500)).build()) {
            BatonManager exporter =
                    BatonManager.builder().keys(keys).claims(patient).build();
            byte[] token = MockContexts.exported(exporter);
            BatonManager importer =
                    BatonManager.builder().keys(keys).claims(impatient).build();
            patiently(impatient::id);
            BatonContext staying = MockContexts.established(importer);
            ensemble.follower().kill();
            ensemble.leader().kill();
            for (int i = 0; i < 2; i++) {
                assertFault(TransferFault.CLAIM_UNKNOWN, () -> importer.createContext(token));
            }
            // What was seen of the store is more than a second old by now.
            assertFault(TransferFault.EXPORT_FAILED, () -> MockContexts.export(staying));
            assertTrue(staying.isEstablished());
            ensemble.restore();
            assertTrue(Racer.takes(importer, token));
            patiently(impatient::id);
            assertTrue(Racer.takes(importer, MockContexts.export(staying)));
            assertFault(TransferFault.ALREADY_TAKEN, () -> exporter.createContext(token));
        }
    }
}
