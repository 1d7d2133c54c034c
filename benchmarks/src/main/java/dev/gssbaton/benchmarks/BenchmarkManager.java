package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.spi.ClaimStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;

/** A manager with account keys and claims of its own, in a folder that is removed with it. */
final class BenchmarkManager implements AutoCloseable {
    private final TemporaryFolder folder = new TemporaryFolder();
    private final AccountKeys keys = AccountKeys.in(folder.path().resolve("keys"));
    private final ClaimStore claims;
    private final BatonManager manager;

    /**
     * Makes a manager.
     *
     * @param scope {@code process} or {@code host}
     */
    BenchmarkManager(String scope) throws IOException {
        claims = scope.equals("host")
                ? HostClaims.in(folder.path().resolve("claims"))
                : new ProcessClaims(new SecureRandom(), Clock.systemUTC());
        manager = BatonManager.builder().keys(keys).claims(claims).build();
    }

    BatonManager manager() {
        return manager;
    }

    AccountKeys keys() {
        return keys;
    }

    ClaimStore claims() {
        return claims;
    }

    @Override
    public void close() throws IOException {
        keys.close();
        folder.close();
    }
}
