package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ZooKeeperClaimsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static TestEnsemble ensemble;
    /** A client without any credentials. */
    private static CuratorFramework stranger;

    private final SecureRandom random = new SecureRandom();
    private String path;

    @BeforeAll
    static void connect() throws Exception {
        ensemble = TestEnsemble.shared();
        stranger = client();
    }

    private static CuratorFramework client() {
        CuratorFramework client = CuratorFrameworkFactory.newClient(ensemble.connectString(), new RetryForever(100));
        client.start();
        return client;
    }

    @AfterAll
    static void disconnect() {
        stranger.close();
    }

    @BeforeEach
    void choosePath() {
        path = TestEnsemble.newPath();
    }

    @Test
    void nodes_are_as_documented() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build()) {
            ClaimId id = newId();
            PublicId claimant = newClaimant();
            Instant until = Instant.ofEpochMilli(0x0123_4567_89ABL);
            store.claim(id, claimant, until);
            String hex = id.toHex();
            byte[] record = stranger.getData().forPath(path + "/store/" + hex.substring(0, 2) + "/" + hex.substring(2));
            assertEquals(claimant + "00000123456789ab", HexFormat.of().formatHex(record));
            byte[] data = stranger.getData().forPath(path + "/store");
            assertEquals(36, data.length);
            assertEquals("baton claim store 1\0", new String(data, 0, 20, StandardCharsets.US_ASCII));
            String random = HexFormat.of().formatHex(data, 20, 36);
            List<String> children = stranger.getChildren().forPath(path + "/store");
            assertEquals(256 + 3, children.size());
            assertTrue(children.containsAll(List.of("floor-" + random, "clock", "sweeper", "00", "ff")));
            assertEquals(8, stranger.getData().forPath(path + "/store/floor-" + random).length);
        }
    }

    @Test
    void a_store_that_was_removed_is_another_one() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build()) {
            PublicId before = store.id();
            Instant since = store.since();
            ClaimId id = newId();
            claim(store, id);
            remove();
            GSSException refused = assertThrows(GSSException.class, () -> claim(store, newId()));
            assertEquals(
                    TransferFault.CLAIMS_UNUSABLE, TransferFault.of(refused).orElseThrow());
            assertTrue(refused.getMinorString().contains("removed"), refused.getMinorString());
            assertNotEquals(before, store.id());
            assertFalse(store.since().isBefore(since));
            assertEquals(ClaimOutcome.WON, claim(store, id), "in another store");
        }
    }

    /** In the documented order. */
    private void remove() throws Exception {
        for (String node : stranger.getChildren().forPath(path + "/store")) {
            if (node.startsWith("floor-")) {
                stranger.delete().forPath(path + "/store/" + node);
            }
        }
        stranger.delete().deletingChildrenIfNeeded().forPath(path + "/store");
    }

    @Test
    void a_store_without_its_floor_is_refused() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build();
                ZooKeeperClaims later = ensemble.open(path).build()) {
            claim(store, newId());
            String floor = stranger.getChildren().forPath(path + "/store").stream()
                    .filter(node -> node.startsWith("floor-"))
                    .findFirst()
                    .orElseThrow();
            stranger.delete().forPath(path + "/store/" + floor);
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "removed", () -> claim(store, newId()));
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "remove the rest", later::id);
        }
    }

    @Test
    void nodes_that_were_copied_are_another_store() throws Exception {
        String copy = TestEnsemble.newPath();
        try (ZooKeeperClaims store = ensemble.open(path).build();
                ZooKeeperClaims copied = ensemble.open(copy).build()) {
            store.id();
            stranger.create().forPath(copy);
            copy(path + "/store", copy + "/store");
            for (String node : stranger.getChildren().forPath(path + "/store")) {
                copy(path + "/store/" + node, copy + "/store/" + node);
            }
            assertNotEquals(store.id(), copied.id());
        }
    }

    private static void copy(String from, String to) throws Exception {
        stranger.create()
                .withACL(stranger.getACL().forPath(from))
                .forPath(to, stranger.getData().forPath(from));
    }

    @Test
    void a_damaged_record_settles_nothing() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build()) {
            store.id();
            ClaimId id = newId();
            String hex = id.toHex();
            stranger.create()
                    .forPath(path + "/store/" + hex.substring(0, 2) + "/" + hex.substring(2), new byte[] {1, 2, 3});
            assertRefused(TransferFault.CLAIM_UNKNOWN, "damaged", () -> claim(store, id));
        }
    }

    @Test
    void what_is_swept_cannot_be_claimed_again_in_its_time() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build();
                ZooKeeperClaims again = ensemble.open(path).build()) {
            ClaimId kept = newId();
            PublicId keeper = newClaimant();
            store.claim(kept, keeper, store.now().plus(HOUR));
            ClaimId old = newId();
            Instant until = store.now();
            store.claim(old, newClaimant(), until);
            again.now();
            passes(store, until);
            assertEquals(1, TestEnsemble.sweep(store));
            for (ZooKeeperClaims each : List.of(store, again)) {
                assertEquals(ClaimOutcome.LOST, claim(each, kept));
                assertEquals(
                        ClaimOutcome.WON, each.claim(kept, keeper, store.now().plus(HOUR)));
                assertRefused(
                        TransferFault.CLAIM_UNKNOWN, "past its time", () -> each.claim(old, newClaimant(), until));
            }
            assertEquals(ClaimOutcome.WON, again.claim(old, newClaimant(), until.plus(HOUR)), "swept, so free");
            assertTrue(again.now().isAfter(until), "whoever wants it longer is told that it is late");
        }
    }

    /** Waits until the store's clock shows more than a time that it has shown. */
    private static void passes(ZooKeeperClaims store, Instant time) throws GSSException {
        while (!store.now().isAfter(time)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_claimant_whose_clock_is_behind_does_not_see_a_time_before_the_floor() throws Exception {
        Clock slow = Clock.offset(Clock.systemUTC(), HOUR.negated());
        try (ZooKeeperClaims store = ensemble.open(path).build();
                ZooKeeperClaims behind = ensemble.open(path).clock(slow).build()) {
            ClaimId old = newId();
            Instant until = store.now();
            store.claim(old, newClaimant(), until);
            assertTrue(behind.now().isBefore(until), "its clock is behind");
            passes(store, until);
            assertEquals(0, behind.sweep(Duration.ZERO), "by its clock nothing is over");
            assertEquals(1, TestEnsemble.sweep(store));
            assertEquals(ClaimOutcome.WON, behind.claim(old, newClaimant(), until.plus(HOUR)));
            assertTrue(behind.now().isAfter(until), "it knows that it is late");
        }
    }

    @Test
    void what_was_won_above_a_floor_is_late_though_the_store_is_removed_then() throws Exception {
        Clock slow = Clock.offset(Clock.systemUTC(), HOUR.negated());
        try (ZooKeeperClaims store = ensemble.open(path).build();
                ZooKeeperClaims behind = ensemble.open(path).clock(slow).build()) {
            ClaimId old = newId();
            Instant until = store.now();
            store.claim(old, newClaimant(), until);
            passes(store, until);
            assertEquals(1, TestEnsemble.sweep(store));
            assertEquals(ClaimOutcome.WON, behind.claim(old, newClaimant(), until.plus(HOUR)));
            remove();
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "removed", () -> claim(behind, newId()));
            assertTrue(behind.now().isAfter(until));
        }
    }

    @Test
    void a_claimant_whose_clock_is_ahead_goes_by_the_leaders() throws Exception {
        Clock fast = Clock.offset(Clock.systemUTC(), HOUR);
        try (ZooKeeperClaims ahead = ensemble.open(path).clock(fast).build()) {
            ClaimId id = newId();
            PublicId claimant = newClaimant();
            Instant until = Instant.now().plus(HOUR.dividedBy(2));
            ahead.claim(id, claimant, until);
            assertTrue(ahead.now().isBefore(until));
            assertEquals(0, ahead.sweep(Duration.ZERO));
            assertEquals(ClaimOutcome.LOST, claim(ahead, id));
        }
    }

    @Test
    void the_time_never_goes_back() throws Exception {
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        StoreClock clock = new StoreClock(Clock.fixed(noon.plus(HOUR), ZoneOffset.UTC));
        long second = 1_000_000_000L;
        clock.stamp(noon.toEpochMilli(), 0, second);
        assertEquals(noon, Instant.ofEpochMilli(clock.now(second)));
        assertEquals(noon.plusSeconds(5), Instant.ofEpochMilli(clock.now(6 * second)), "carried on");
        // The answer took a second, so the leader's clock shows noon and five seconds to noon and six.
        clock.stamp(noon.plusSeconds(4).toEpochMilli(), 5 * second, 6 * second);
        assertEquals(noon.plusSeconds(5), Instant.ofEpochMilli(clock.now(6 * second)), "not contradicted");
        clock.stamp(noon.minusSeconds(100).toEpochMilli(), 6 * second, 6 * second);
        assertEquals(noon.plusSeconds(5), Instant.ofEpochMilli(clock.now(7 * second)), "another leader");
        assertEquals(noon.minusSeconds(99).toEpochMilli(), clock.earlier(7 * second), "nothing is forgotten for it");
        clock.raise(noon.plusSeconds(9).toEpochMilli());
        clock.raise(noon.toEpochMilli());
        assertEquals(noon.plusSeconds(9), Instant.ofEpochMilli(clock.now(7 * second)), "not before the floor");
        clock.stamp(noon.plus(HOUR).plus(HOUR).toEpochMilli(), 7 * second, 7 * second);
        assertEquals(noon.plus(HOUR), Instant.ofEpochMilli(clock.now(7 * second)), "no later than the own clock");
        assertTrue(clock.isKnown(66 * second));
        assertFalse(clock.isKnown(67 * second));
    }

    @Test
    void one_sweep_in_a_pause_is_enough() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build();
                ZooKeeperClaims again = ensemble.open(path).build()) {
            Instant until = store.now();
            store.claim(newId(), newClaimant(), until);
            passes(store, until);
            assertEquals(0, store.sweep(HOUR), "the store is young");
            assertEquals(1, TestEnsemble.sweep(again));
            assertEquals(0, store.sweep(HOUR));
        }
    }

    @Test
    void a_claimant_can_neither_change_nor_forget() throws Exception {
        ZooKeeperClaimsBuilder settings = ZooKeeperClaims.builder()
                .connectString(ensemble.connectString())
                .path(path)
                .claimants(digestId("claimant", "one"))
                .sweepers(digestId("sweeper", "two"));
        try (ZooKeeperClaims claimant = settings.digest("claimant", "one").build();
                ZooKeeperClaims sweeper = settings.digest("sweeper", "two").build();
                CuratorFramework client = CuratorFrameworkFactory.builder()
                        .connectString(ensemble.connectString())
                        .retryPolicy(new RetryForever(100))
                        .authorization("digest", "claimant:one".getBytes(StandardCharsets.US_ASCII))
                        .build()) {
            client.start();
            Instant until = claimant.now();
            ClaimId id = newId();
            claimant.claim(id, newClaimant(), until);
            String record = path + "/store/" + id.toHex().substring(0, 2) + "/"
                    + id.toHex().substring(2);
            assertEquals(24, client.getData().forPath(record).length);
            assertNoAuth(() -> client.delete().forPath(record));
            assertNoAuth(() -> client.setData().forPath(record, new byte[24]));
            assertNoAuth(() -> client.setACL().withACL(Ids.OPEN_ACL_UNSAFE).forPath(record));
            assertNoAuth(() -> client.delete().forPath(path + "/store/00"));
            assertNoAuth(() -> stranger.getData().forPath(record));
            assertNoAuth(() -> stranger.create().forPath(path + "/store/00/11"));
            assertNoAuth(() -> claimant.sweep(Duration.ZERO));
            passes(claimant, until);
            assertEquals(1, TestEnsemble.sweep(sweeper));
        }
    }

    @Test
    void what_a_claimant_puts_there_keeps_nothing_else_from_being_swept() throws Exception {
        try (ZooKeeperClaims store = guarded(path, "me").build();
                CuratorFramework client = CuratorFrameworkFactory.builder()
                        .connectString(ensemble.connectString())
                        .retryPolicy(new RetryForever(100))
                        .authorization("digest", "me:secret".getBytes(StandardCharsets.US_ASCII))
                        .build()) {
            client.start();
            ClaimId id = newId();
            Instant until = store.now();
            store.claim(id, newClaimant(), until);
            String bucket = path + "/store/" + id.toHex().substring(0, 2);
            List<ACL> another = List.of(new ACL(
                    Perms.ALL, new Id("digest", digestId("another", "one").substring(7))));
            client.create().withACL(another).forPath(bucket + "/unreadable", new byte[StoreNodes.RECORD_SIZE]);
            client.create()
                    .withACL(Ids.OPEN_ACL_UNSAFE)
                    .forPath(bucket + "/with-a-child", new byte[StoreNodes.RECORD_SIZE]);
            client.create().forPath(bucket + "/with-a-child/child");
            passes(store, until);
            assertEquals(1, TestEnsemble.sweep(store));
            assertEquals(2, client.getChildren().forPath(bucket).size());
        }
    }

    @Test
    void lists_that_say_something_else_are_refused() throws Exception {
        String guarded = TestEnsemble.newPath();
        try (ZooKeeperClaims open = ensemble.open(path).build();
                ZooKeeperClaims closedToOpen = guarded(path, "me").build();
                ZooKeeperClaims mine = guarded(guarded, "me").build();
                ZooKeeperClaims theirs = guarded(guarded, "you").build();
                ZooKeeperClaims later = ensemble.open(path).build()) {
            open.id();
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "world:anyone:cdra", closedToOpen::id);
            mine.id();
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "does not let this process in", theirs::id);
            stranger.setACL().withACL(Ids.READ_ACL_UNSAFE).forPath(path + "/store/7f");
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "/store/7f", later::id);
        }
    }

    @Test
    void a_given_connection_stays_open() throws Exception {
        try (CuratorFramework client = client()) {
            ZooKeeperClaims store = ZooKeeperClaims.builder()
                    .curator(client.usingNamespace("unused"))
                    .path(path)
                    .openToAnyone()
                    .build();
            ClaimId id = newId();
            assertEquals(ClaimOutcome.WON, claim(store, id));
            store.close();
            assertEquals(CuratorFrameworkState.STARTED, client.getState());
            try (ZooKeeperClaims own = ensemble.open(path).build()) {
                assertEquals(ClaimOutcome.LOST, claim(own, id), "the same path");
            }
        }
    }

    @Test
    void a_closed_store_is_refused() throws Exception {
        ZooKeeperClaims store = ensemble.open(path).build();
        store.id();
        store.close();
        store.close();
        assertRefused(TransferFault.CLAIMS_UNUSABLE, "closed", () -> claim(store, newId()));
        assertRefused(TransferFault.CLAIMS_UNUSABLE, "closed", store::now);
    }

    @Test
    void an_interrupted_claim_is_unknown_and_can_be_repeated() throws Exception {
        try (ZooKeeperClaims store = ensemble.open(path).build()) {
            store.id();
            ClaimId id = newId();
            PublicId claimant = newClaimant();
            Instant until = store.now().plus(HOUR);
            Thread.currentThread().interrupt();
            assertRefused(TransferFault.CLAIM_UNKNOWN, "interrupted", () -> store.claim(id, claimant, until));
            assertTrue(Thread.interrupted());
            assertEquals(ClaimOutcome.WON, store.claim(id, claimant, until));
        }
    }

    @Test
    void a_path_in_the_connect_string_that_is_not_there_is_named() throws Exception {
        try (ZooKeeperClaims store = ZooKeeperClaims.builder()
                .connectString(ensemble.connectString() + path)
                .openToAnyone()
                .build()) {
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "must be there", store::id);
            stranger.create().forPath(path);
            assertTrue(store.scope().endsWith(path + "/baton"), store.scope());
            try (ZooKeeperClaims whole = ensemble.open(path + "/baton").build()) {
                assertEquals(whole.id(), store.id(), "however the path is said");
            }
        }
    }

    @Test
    void what_is_no_store_is_refused() throws Exception {
        stranger.create().creatingParentsIfNeeded().forPath(path + "/store", new byte[36]);
        try (ZooKeeperClaims store = ensemble.open(path).build()) {
            assertRefused(TransferFault.CLAIMS_UNUSABLE, "no store of this version", store::id);
        }
    }

    @Test
    void settings_that_do_not_fit_are_refused() {
        assertThrows(IllegalStateException.class, ZooKeeperClaims.builder().connectString("a:1")::build, "who?");
        assertThrows(IllegalStateException.class, ZooKeeperClaims.builder().openToAnyone()::build, "where?");
        assertThrows(
                IllegalStateException.class,
                ZooKeeperClaims.builder()
                        .connectString("a:1")
                        .claimants("sasl:a")
                        .openToAnyone()::build);
        assertThrows(
                IllegalStateException.class,
                ZooKeeperClaims.builder().curator(stranger).digest("a", "b")::build);
        assertThrows(
                IllegalStateException.class,
                ZooKeeperClaims.builder().curator(stranger).connectString("a:1").openToAnyone()::build);
        CuratorFramework latent = CuratorFrameworkFactory.newClient("a:1", new RetryForever(100));
        assertThrows(
                IllegalStateException.class,
                ZooKeeperClaims.builder().curator(latent).openToAnyone()::build);
        for (String nobody : List.of("sasl", "sasl:", ":a", "world:anyone", "auth:")) {
            assertThrows(IllegalArgumentException.class, () -> ZooKeeperClaims.builder()
                    .claimants(nobody));
        }
        for (String wrong : List.of("", "/", "a", "/a/", "/a//b")) {
            assertThrows(IllegalArgumentException.class, () -> ZooKeeperClaims.builder()
                    .path(wrong));
        }
        assertThrows(
                IllegalArgumentException.class, () -> ZooKeeperClaims.builder().timeLimit(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class, () -> ZooKeeperClaims.builder().digest("a:b", "c"));
    }

    /** The settings of a store of one name with a password. */
    private static ZooKeeperClaimsBuilder guarded(String path, String name) {
        return ZooKeeperClaims.builder()
                .connectString(ensemble.connectString())
                .path(path)
                .digest(name, "secret");
    }

    private static void assertNoAuth(Executable executable) {
        assertThrows(KeeperException.NoAuthException.class, executable);
    }

    private static String digestId(String name, String password) throws Exception {
        return "digest:" + DigestAuthenticationProvider.generateDigest(name + ":" + password);
    }

    private static ClaimOutcome claim(ClaimStore store, ClaimId id) throws GSSException {
        return store.claim(id, PublicId.draw(new SecureRandom()), Instant.now().plus(HOUR));
    }

    private static void assertRefused(TransferFault fault, String why, Executable executable) {
        GSSException refused = assertThrows(GSSException.class, executable);
        assertEquals(fault, TransferFault.of(refused).orElseThrow(), refused.toString());
        assertTrue(refused.getMinorString().contains(why), refused.getMinorString());
    }

    private ClaimId newId() {
        byte[] octets = new byte[24];
        random.nextBytes(octets);
        return ClaimId.of(octets);
    }

    private PublicId newClaimant() {
        return PublicId.draw(random);
    }
}
