package dev.gssbaton.mock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;

/**
 * Proves a contract: runs it against implementations that are each wrong on purpose, in one way, and expects exactly the
 * rules to fail that forbid it. A rule that no implementation here breaks is itself a failure.
 *
 * @param <F> the contract's fixture
 */
final class Proof<F> {
    private final Class<?> contract;
    private final Consumer<Supplier<F>> install;
    private final List<DynamicTest> tests = new ArrayList<>();
    private final Set<String> broken = new TreeSet<>();

    /**
     * Begins a proof.
     *
     * @param contract the contract with the fixture that is installed
     * @param install gives the contract its fixture
     */
    Proof(Class<?> contract, Consumer<Supplier<F>> install) {
        this.contract = contract;
        this.install = install;
    }

    /** Adds an implementation that is wrong, with all the rules that it breaks. */
    Proof<F> flaw(String description, Supplier<F> fixture, String... rules) {
        tests.add(dynamicTest(description, () -> {
            ContractRun run = run(fixture);
            broken.addAll(run.broken());
            assertEquals(new TreeSet<>(Set.of(rules)), run.broken(), "the rules that fail");
        }));
        return this;
    }

    /**
     * Ends with an implementation that is right, and with the rules that none can break alone since its caller keeps them.
     */
    List<DynamicTest> right(Supplier<F> fixture, String... keptByTheCaller) {
        tests.add(dynamicTest("a right one breaks no rule, and each rule was broken before", () -> {
            ContractRun run = run(fixture);
            assertEquals(Set.of(), run.broken(), "the rules that fail");
            assertEquals(Set.of(), run.skipped(), "the rules that do not apply");
            Set<String> unproven = new TreeSet<>(run.kept());
            unproven.removeAll(broken);
            assertEquals(new TreeSet<>(Set.of(keptByTheCaller)), unproven, "the rules that nothing broke");
        }));
        return tests;
    }

    /** Runs the contract with its small numbers: it is not the fixture that is tested. */
    private ContractRun run(Supplier<F> fixture) {
        install.accept(fixture);
        String scale = System.setProperty("baton.scale", "1");
        try {
            return ContractRun.of(contract);
        } finally {
            if (scale == null) {
                System.clearProperty("baton.scale");
            } else {
                System.setProperty("baton.scale", scale);
            }
        }
    }
}
