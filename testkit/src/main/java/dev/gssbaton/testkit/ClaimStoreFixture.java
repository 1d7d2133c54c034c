package dev.gssbaton.testkit;

import dev.gssbaton.spi.ClaimStore;
import java.time.Duration;
import java.util.Objects;

/**
 * A store of claims, as two of its users see it.
 *
 * @param store the store
 * @param again the same store as another process of its scope would open it; where the scope is one object, that object
 * @param another another store of the same kind
 * @param patience how long a record is to be kept in the test of that: longer than it takes to claim a hundred times
 * @param passage lets time pass on the store's clock, by moving it or by waiting
 * @param setting sets the clock that can be wrong
 */
public record ClaimStoreFixture(
        ClaimStore store, ClaimStore again, ClaimStore another, Duration patience, Passage passage, Setting setting) {
    /**
     * Checks that nothing is missing.
     *
     * @param store the store
     * @param again the same store
     * @param another another store
     * @param patience how long a record is to be kept in the test of that
     * @param passage lets time pass
     * @param setting sets the clock
     */
    public ClaimStoreFixture {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(again, "again");
        Objects.requireNonNull(another, "another");
        Objects.requireNonNull(patience, "patience");
        Objects.requireNonNull(passage, "passage");
        Objects.requireNonNull(setting, "setting");
    }

    /**
     * For a store whose clock the test cannot set.
     *
     * @param store the store
     * @param again the same store
     * @param another another store
     * @param patience how long a record is to be kept in the test of that
     * @param passage lets time pass
     */
    public ClaimStoreFixture(
            ClaimStore store, ClaimStore again, ClaimStore another, Duration patience, Passage passage) {
        this(store, again, another, patience, passage, Setting.NONE);
    }

    /** Lets time pass on a store's clock. */
    @FunctionalInterface
    public interface Passage {
        /**
         * Lets time pass.
         *
         * @param duration how much, at least
         * @throws InterruptedException if it was waited for, and the wait was interrupted
         */
        void pass(Duration duration) throws InterruptedException;
    }

    /** Sets the clock by which a store tells what is past, as an administrator does, or a mistake of a time server. */
    @FunctionalInterface
    public interface Setting {
        /** Of a clock that the test cannot set: what it would try is skipped. */
        Setting NONE = by -> {};

        /**
         * Sets the clock ahead or back, while no time passes.
         *
         * @param by how much; negative to set it back
         */
        void set(Duration by);
    }
}
