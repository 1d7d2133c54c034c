package dev.gssbaton.mock;

import dev.gssbaton.seal.AccountKeys;
import dev.gssbaton.testkit.KeySourceContract;
import dev.gssbaton.testkit.KeySourceFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class AccountKeysContractTest extends KeySourceContract {
    @TempDir
    private Path directory;

    private AccountKeys keys;
    private AccountKeys again;
    private AccountKeys another;

    @Override
    protected KeySourceFixture fixture() {
        Path shared = directory.resolve("account");
        keys = AccountKeys.in(shared);
        again = AccountKeys.in(shared);
        another = AccountKeys.in(directory.resolve("another"));
        return new KeySourceFixture(keys, again, another);
    }

    @AfterEach
    void close() {
        keys.close();
        again.close();
        another.close();
    }
}
