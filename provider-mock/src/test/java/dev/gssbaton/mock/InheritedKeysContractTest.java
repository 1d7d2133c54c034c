package dev.gssbaton.mock;

import dev.gssbaton.seal.InheritedKeys;
import dev.gssbaton.testkit.KeySourceContract;
import dev.gssbaton.testkit.KeySourceFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Duration;

/** A parent, a child, and a stranger. */
class InheritedKeysContractTest extends KeySourceContract {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Override
    protected KeySourceFixture fixture() throws Exception {
        SecureRandom random = new SecureRandom();
        InheritedKeys parent = InheritedKeys.draw(random);
        ByteArrayOutputStream pipe = new ByteArrayOutputStream();
        parent.giveTo(pipe, LIMIT);
        InheritedKeys child = InheritedKeys.takeFrom(new ByteArrayInputStream(pipe.toByteArray()), LIMIT);
        return new KeySourceFixture(parent, child, InheritedKeys.draw(random));
    }
}
