package dev.gssbaton.claim;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.TestClock;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Stores with the clocks of a test, for tests of other packages. */
public final class TestStores {
    private TestStores() {}

    /** Gives the store of a host in a directory. */
    public static HostClaims host(Path directory, TestClock clock) {
        return new HostClaims(
                AccountDirectory.at(directory),
                Path.of("/proc/sys/kernel/random/boot_id"),
                new SecureRandom(),
                new Clocks(clock, clock::nanos));
    }

    /** Gives a store of a process. */
    public static ProcessClaims process(TestClock clock) {
        return new ProcessClaims(new SecureRandom(), new Clocks(clock, clock::nanos));
    }
}
