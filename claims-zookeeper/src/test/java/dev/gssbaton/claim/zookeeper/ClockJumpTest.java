package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.peers.Scale;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clocks of claimants, sweepers and the leader jump by hours. */
class ClockJumpTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration JUMP = Duration.ofHours(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TOKENS = Scale.times(40, 400);
    private static final int CLAIMANTS = 3;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static TestEnsemble ensemble;
    private static CuttingProxy proxy;
    private static CuratorFramework client;

    private String path;

    @BeforeAll
    static void connect() throws Exception {
        ensemble = TestEnsemble.shared();
        proxy = new CuttingProxy(ensemble.ports());
        client = CuratorFrameworkFactory.newClient(ensemble.connectString(), new RetryForever(100));
        client.start();
    }

    @AfterAll
    static void disconnect() throws Exception {
        client.close();
        proxy.close();
    }

    @BeforeEach
    void choosePath() {
        path = TestEnsemble.newPath();
    }

    @AfterEach
    void setLeaderRight() {
        proxy.setLeaderAhead(Duration.ZERO);
    }

    /** A clock that is right, until it is told to jump. */
    private static final class JumpingClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void jump() {
            ahead = JUMP.multipliedBy(ThreadLocalRandom.current().nextInt(-1, 2));
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    /** A store that sees the leader's clock as the proxy shows it. */
    private ZooKeeperClaims store(Clock own) {
        return ZooKeeperClaims.builder()
                .connectString(proxy.connectString())
                .path(path)
                .timeLimit(PATIENCE)
                .openToAnyone()
                .clock(own)
                .build();
    }

    @Test
    void the_floor_never_falls_though_all_clocks_jump_back() throws Exception {
        Instant ahead = Instant.now().plus(JUMP).truncatedTo(ChronoUnit.MILLIS);
        ClaimId id = newId();
        try (ZooKeeperClaims wrong = store(Clock.fixed(ahead, ZoneOffset.UTC))) {
            wrong.claim(id, newClaimant(), Instant.now().plus(HOUR));
            proxy.setLeaderAhead(JUMP.multipliedBy(2));
            assertEquals(1, TestEnsemble.sweep(wrong), "both clocks say that its time is over");
            assertEquals(ahead, floor());
        }
        proxy.setLeaderAhead(JUMP.negated());
        try (ZooKeeperClaims behind = store(Clock.offset(Clock.systemUTC(), JUMP.negated()));
                ZooKeeperClaims right = store(Clock.systemUTC())) {
            int version = floorVersion();
            while (floorVersion() == version) {
                behind.sweep(Duration.ZERO);
            }
            assertEquals(ahead, floor());
            assertPast(right, id, Instant.now().plus(HOUR));
            assertEquals(ahead, right.now(), "all tokens until then are over");
        }
    }

    @Test
    void only_what_is_before_the_floor_is_swept() throws Exception {
        Instant floor = Instant.now().plus(HOUR).truncatedTo(ChronoUnit.MILLIS);
        proxy.setLeaderAhead(JUMP);
        try (ZooKeeperClaims sweeper = store(Clock.fixed(floor, ZoneOffset.UTC));
                ZooKeeperClaims claimant = store(Clock.systemUTC())) {
            ClaimId before = newId();
            ClaimId at = newId();
            claimant.claim(before, newClaimant(), floor.minusMillis(1));
            claimant.claim(at, newClaimant(), floor);
            assertEquals(1, TestEnsemble.sweep(sweeper));
            assertEquals(ClaimOutcome.LOST, claimant.claim(at, newClaimant(), floor));
            assertPast(claimant, before, floor.minusMillis(1));
        }
    }

    @Test
    void a_claimant_that_stood_still_while_the_record_was_swept_is_told_that_it_is_late() throws Exception {
        Instant end = Instant.now().plus(HOUR).truncatedTo(ChronoUnit.MILLIS);
        ClaimId id = newId();
        try (ZooKeeperClaims late = store(Clock.offset(Clock.systemUTC(), JUMP.negated()));
                ZooKeeperClaims other = ensemble.open(path).timeLimit(PATIENCE).build()) {
            assertTrue(late.now().isBefore(end));
            other.claim(id, newClaimant(), end);
            CuttingProxy.Pause pause = proxy.pauseNext();
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<ClaimOutcome> claim = thread.submit(() -> late.claim(id, newClaimant(), end.plus(JUMP)));
                pause.awaitTransaction();
                proxy.setLeaderAhead(JUMP);
                try (ZooKeeperClaims sweeper = store(Clock.fixed(end.plusMillis(1), ZoneOffset.UTC))) {
                    assertEquals(1, TestEnsemble.sweep(sweeper));
                }
                pause.end();
                assertEquals(ClaimOutcome.WON, claim.get(), "swept, so free");
                assertTrue(late.now().isAfter(end), "and over, whatever its clock shows");
            } finally {
                pause.end();
                thread.shutdownNow();
            }
        }
    }

    private enum Wrong {
        OWN,
        LEADER
    }

    /** What is claimed, how often it was taken, and how often it was won and given up. */
    private record Token(ClaimId id, Instant end, AtomicInteger taken, AtomicInteger late) {}

    @ParameterizedTest
    @EnumSource
    void no_token_is_taken_twice_and_what_lives_is_taken_while_clocks_jump(Wrong wrong) throws Exception {
        List<Token> living = tokens(HOUR);
        List<Token> dying = tokens(Duration.ofMillis(500));
        List<JumpingClock> clocks = new ArrayList<>();
        List<ZooKeeperClaims> stores = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i <= CLAIMANTS; i++) {
                clocks.add(new JumpingClock());
                stores.add(store(clocks.get(i)));
                if (wrong == Wrong.LEADER) {
                    proxy.setLeaderAhead(JUMP.multipliedBy(i - 1)); // behind, right, ahead
                }
                stores.get(i).now();
            }
            ZooKeeperClaims sweeper = stores.remove(CLAIMANTS);
            try (sweeper) {
                Runnable jump = wrong == Wrong.OWN
                        ? () -> clocks.forEach(JumpingClock::jump)
                        : () -> proxy.setLeaderAhead(
                                JUMP.multipliedBy(ThreadLocalRandom.current().nextInt(-1, 2)));
                Future<Void> jumping = threads.submit(() -> jumpAgainAndAgain(jump));
                claimAll(threads, stores, living, dying);
                Future<Void> sweeping =
                        threads.submit(() -> sweepPast(sweeper, dying.get(0).end()));
                while (!sweeping.isDone()) {
                    claimAll(threads, stores, living, dying);
                }
                sweeping.get();
                claimAll(threads, stores, living, dying);
                jumping.cancel(true);
            }
        } finally {
            threads.shutdownNow();
            assertTrue(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            stores.forEach(ZooKeeperClaims::close);
        }
        living.forEach(token -> assertEquals(1, token.taken().get()));
        dying.forEach(token -> assertTrue(token.taken().get() <= 1, token.toString()));
        assertTrue(dying.stream().anyMatch(token -> token.late().get() > 0), "some were swept, and won again");
    }

    private static List<Token> tokens(Duration life) {
        List<Token> tokens = new ArrayList<>();
        Instant end = Instant.now().plus(life);
        for (int i = 0; i < TOKENS; i++) {
            tokens.add(new Token(newId(), end, new AtomicInteger(), new AtomicInteger()));
        }
        return tokens;
    }

    private static Void jumpAgainAndAgain(Runnable jump) throws InterruptedException {
        while (true) {
            jump.run();
            Thread.sleep(ThreadLocalRandom.current().nextInt(20));
        }
    }

    private Void sweepPast(ZooKeeperClaims sweeper, Instant end) throws Exception {
        while (!floor().isAfter(end)) {
            sweeper.sweep(Duration.ZERO);
        }
        return null;
    }

    private static void claimAll(
            ExecutorService threads, List<ZooKeeperClaims> stores, List<Token> living, List<Token> dying)
            throws Exception {
        List<Callable<Void>> claimants = new ArrayList<>();
        for (ZooKeeperClaims store : stores) {
            claimants.add(() -> {
                List<Token> order = new ArrayList<>(living);
                order.addAll(dying);
                Collections.shuffle(order);
                for (Token token : order) {
                    tryToTake(store, token);
                }
                return null;
            });
        }
        for (Future<Void> claimant : threads.invokeAll(claimants)) {
            claimant.get();
        }
    }

    /** Claims as an import does, but for the time for which a record is kept beyond the token's end. */
    private static void tryToTake(ZooKeeperClaims store, Token token) throws GSSException {
        Duration beyond = HOUR.multipliedBy(ThreadLocalRandom.current().nextInt(2));
        try {
            ClaimOutcome outcome =
                    store.claim(token.id(), newClaimant(), token.end().plus(beyond));
            if (outcome == ClaimOutcome.WON) {
                boolean late = store.now().isAfter(token.end());
                (late ? token.late() : token.taken()).incrementAndGet();
            }
        } catch (GSSException e) {
            requirePast(e);
        }
    }

    private static void assertPast(ZooKeeperClaims store, ClaimId id, Instant keepUntil) {
        requirePast(assertThrows(GSSException.class, () -> store.claim(id, newClaimant(), keepUntil)));
    }

    private static void requirePast(GSSException refused) {
        assertEquals(TransferFault.CLAIM_UNKNOWN, TransferFault.of(refused).orElseThrow(), refused.toString());
        assertTrue(refused.getMinorString().contains("past its time"), refused.getMinorString());
    }

    private Instant floor() throws Exception {
        return Instant.ofEpochMilli(StoreNodes.decodeFloor(client.getData().forPath(floorNode())));
    }

    private int floorVersion() throws Exception {
        return client.checkExists().forPath(floorNode()).getVersion();
    }

    private String floorNode() throws Exception {
        client.sync().forPath(path);
        return client.getChildren().forPath(path + "/store").stream()
                .filter(node -> node.startsWith("floor-"))
                .map(node -> path + "/store/" + node)
                .findFirst()
                .orElseThrow();
    }

    private static ClaimId newId() {
        byte[] octets = new byte[24];
        RANDOM.nextBytes(octets);
        return ClaimId.of(octets);
    }

    private static PublicId newClaimant() {
        return PublicId.draw(RANDOM);
    }
}
