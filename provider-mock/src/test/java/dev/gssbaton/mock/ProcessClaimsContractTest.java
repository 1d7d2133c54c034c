package dev.gssbaton.mock;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.testkit.ClaimStoreContract;
import dev.gssbaton.testkit.ClaimStoreFixture;
import java.security.SecureRandom;
import java.time.Duration;

class ProcessClaimsContractTest extends ClaimStoreContract {
    @Override
    protected ClaimStoreFixture fixture() {
        MovableClock clock = new MovableClock();
        ProcessClaims store = new ProcessClaims(new SecureRandom(), clock);
        return new ClaimStoreFixture(
                store,
                store,
                new ProcessClaims(new SecureRandom(), clock),
                Duration.ofMinutes(10),
                clock::advance,
                clock::advance);
    }
}
