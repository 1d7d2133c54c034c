package dev.gssbaton.claim.zookeeper;

import dev.gssbaton.testkit.ClaimStoreContract;
import dev.gssbaton.testkit.ClaimStoreFixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ZooKeeperClaimsContractTest extends ClaimStoreContract {
    private static ClaimStoreFixture fixture;

    @BeforeAll
    static void make() throws Exception {
        String path = TestEnsemble.newPath();
        fixture = new ClaimStoreFixture(
                store(path),
                store(path),
                store(TestEnsemble.newPath()),
                Duration.ofSeconds(4),
                duration -> Thread.sleep(duration.toMillis()));
    }

    private static ZooKeeperClaims store(String path) throws Exception {
        return TestEnsemble.shared().open(path).build();
    }

    @AfterAll
    static void close() {
        ((ZooKeeperClaims) fixture.store()).close();
        ((ZooKeeperClaims) fixture.again()).close();
        ((ZooKeeperClaims) fixture.another()).close();
    }

    @Override
    protected ClaimStoreFixture fixture() {
        return fixture;
    }
}
