package dev.gssbaton.testkit;

import dev.gssbaton.spi.KeySource;
import java.util.Objects;

/**
 * A source of keys, as two of its users see it.
 *
 * @param source the source
 * @param again a source of the same material, as another process would open it
 * @param another a source of other material
 */
public record KeySourceFixture(KeySource source, KeySource again, KeySource another) {
    /**
     * Checks that nothing is missing.
     *
     * @param source the source
     * @param again a source of the same material
     * @param another a source of other material
     */
    public KeySourceFixture {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(again, "again");
        Objects.requireNonNull(another, "another");
    }
}
