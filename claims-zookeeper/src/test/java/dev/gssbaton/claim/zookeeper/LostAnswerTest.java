package dev.gssbaton.claim.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.KeeperException;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection is cut at each place of a claim. */
class LostAnswerTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static String path;
    private static CuttingProxy proxy;
    private static ZooKeeperClaims cut;
    private static ZooKeeperClaims impatient;
    private static ZooKeeperClaims other;

    @BeforeAll
    static void open() throws Exception {
        TestEnsemble ensemble = TestEnsemble.shared();
        path = TestEnsemble.newPath();
        proxy = new CuttingProxy(ensemble.ports());
        other = ensemble.open(path).build();
        cut = through(path, Duration.ofSeconds(60));
        impatient = through(path, Duration.ofMillis(500));
        for (ZooKeeperClaims store : List.of(other, cut, impatient)) {
            // However busy the machine is, they are connected then and know the time.
            patiently(store, newId(), newClaimant());
            patiently(store::now);
        }
    }

    private static ZooKeeperClaims through(String path, Duration timeLimit) {
        return ZooKeeperClaims.builder()
                .connectString(proxy.connectString())
                .path(path)
                .timeLimit(timeLimit)
                .openToAnyone()
                .build();
    }

    @AfterAll
    static void close() throws Exception {
        cut.close();
        impatient.close();
        other.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource
    void the_claimant_wins_though_the_connection_is_cut(CuttingProxy.Cut where) throws Exception {
        ClaimId id = newId();
        int cuts = proxy.cuts();
        proxy.cutNext(where);
        assertEquals(ClaimOutcome.WON, claim(cut, id, newClaimant()));
        assertEquals(cuts + 1, proxy.cuts());
        proxy.letPass(where);
        assertEquals(ClaimOutcome.LOST, claim(other, id, newClaimant()));
        assertEquals(ClaimOutcome.LOST, claim(cut, id, newClaimant()));
    }

    @ParameterizedTest
    @EnumSource
    void another_claimant_loses_though_the_connection_is_cut(CuttingProxy.Cut where) throws Exception {
        ClaimId id = newId();
        PublicId winner = newClaimant();
        claim(other, id, winner);
        int cuts = proxy.cuts();
        proxy.cutNext(where);
        assertEquals(ClaimOutcome.LOST, claim(cut, id, newClaimant()));
        assertEquals(cuts + 1, proxy.cuts());
        proxy.letPass(where);
        assertEquals(ClaimOutcome.WON, claim(other, id, winner));
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_REQUEST", "BEFORE_ANSWER"})
    void what_cannot_be_settled_is_unknown_until_it_can(CuttingProxy.Cut where) throws Exception {
        ClaimId id = newId();
        PublicId claimant = newClaimant();
        proxy.cutNextForGood(where);
        GSSException unknown = assertThrows(GSSException.class, () -> claim(impatient, id, claimant));
        assertEquals(TransferFault.CLAIM_UNKNOWN, TransferFault.of(unknown).orElseThrow());
        boolean recorded = where == CuttingProxy.Cut.BEFORE_ANSWER;
        assertEquals(
                recorded ? ClaimOutcome.LOST : ClaimOutcome.WON,
                claim(other, id, newClaimant()),
                "the server knows whether it was carried out");
        proxy.heal();
        assertEquals(recorded ? ClaimOutcome.WON : ClaimOutcome.LOST, patiently(impatient, id, claimant));
    }

    @Test
    void a_sweeper_whose_place_was_taken_removes_nothing() throws Exception {
        ClaimId id = newId();
        Instant until = other.now();
        other.claim(id, newClaimant(), until);
        while (!cut.now().isAfter(until)) {
            Thread.onSpinWait();
        }
        CuttingProxy.Pause pause = proxy.pauseNext();
        CompletableFuture<Integer> stopped = new CompletableFuture<>();
        Thread sweeper = new Thread(() -> {
            try {
                stopped.complete(TestEnsemble.sweep(cut));
            } catch (Exception e) {
                stopped.completeExceptionally(e);
            }
        });
        sweeper.start();
        pause.awaitTransaction();
        takeLock();
        assertEquals(1, TestEnsemble.sweep(other));
        assertEquals(ClaimOutcome.WON, claim(other, id, newClaimant()));
        pause.end();
        ExecutionException refused = assertThrows(ExecutionException.class, stopped::get);
        assertInstanceOf(KeeperException.BadVersionException.class, refused.getCause());
        assertEquals(ClaimOutcome.LOST, claim(other, id, newClaimant()), "the record of the new claim is there");
    }

    /** Does what the end of the sweeper's session would. */
    private static void takeLock() throws Exception {
        try (CuratorFramework client =
                CuratorFrameworkFactory.newClient(TestEnsemble.shared().connectString(), new RetryForever(100))) {
            client.start();
            for (String lock : client.getChildren().forPath(path + "/store/sweeper")) {
                client.delete().forPath(path + "/store/sweeper/" + lock);
            }
        }
    }

    @Test
    void an_import_whose_answer_was_lost_can_be_repeated(@TempDir Path home) throws Exception {
        try (AccountKeys keys = AccountKeys.in(home)) {
            BatonManager importer = manager(keys, impatient);
            BatonManager elsewhere = manager(keys, other);
            byte[] token = MockContexts.exported(elsewhere);
            patiently(impatient::id);
            proxy.cutNextForGood(CuttingProxy.Cut.BEFORE_ANSWER);
            GSSException unknown = assertThrows(GSSException.class, () -> importer.createContext(token));
            assertEquals(TransferFault.CLAIM_UNKNOWN, TransferFault.of(unknown).orElseThrow());
            GSSException taken = assertThrows(GSSException.class, () -> elsewhere.createContext(token));
            assertEquals(TransferFault.ALREADY_TAKEN, TransferFault.of(taken).orElseThrow());
            assertTrue(taken.getMinorString().contains(other.scope()), taken.getMinorString());
            proxy.heal();
            assertTrue(patiently(() -> importer.createContext(token)).isEstablished());
        }
    }

    private static BatonManager manager(AccountKeys keys, ClaimStore claims) {
        return BatonManager.builder().keys(keys).claims(claims).build();
    }

    private static ClaimOutcome patiently(ClaimStore store, ClaimId id, PublicId claimant) throws GSSException {
        return patiently(() -> claim(store, id, claimant));
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

    private static ClaimOutcome claim(ClaimStore store, ClaimId id, PublicId claimant) throws GSSException {
        return store.claim(id, claimant, Instant.now().plus(Duration.ofHours(1)));
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
