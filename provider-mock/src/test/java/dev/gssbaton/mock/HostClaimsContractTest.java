package dev.gssbaton.mock;

import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.testkit.ClaimStoreContract;
import dev.gssbaton.testkit.ClaimStoreFixture;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class HostClaimsContractTest extends ClaimStoreContract {
    @TempDir
    private static Path directory;

    @Override
    protected ClaimStoreFixture fixture() {
        Path shared = directory.resolve("claims");
        return new ClaimStoreFixture(
                HostClaims.in(shared),
                HostClaims.in(shared),
                HostClaims.in(directory.resolve("others")),
                Duration.ofSeconds(5),
                passed -> Thread.sleep(passed.toMillis() + 1));
    }
}
