package dev.gssbaton.mock;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the tests of one class, and remembers how each rule fared. */
final class ContractRun implements TestExecutionListener {
    private final Set<String> kept = new TreeSet<>();
    private final Set<String> broken = new TreeSet<>();
    private final Set<String> skipped = new TreeSet<>();

    private ContractRun() {}

    static ContractRun of(Class<?> contract) {
        ContractRun run = new ContractRun();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(contract))
                                .filters(EngineFilter.includeEngines("junit-jupiter"))
                                .build(),
                        run);
        return run;
    }

    /** The rules whose tests passed. */
    Set<String> kept() {
        return kept;
    }

    /** The rules whose tests failed. */
    Set<String> broken() {
        return broken;
    }

    /** The rules whose tests do not apply. */
    Set<String> skipped() {
        return skipped;
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        String rule = identifier.getDisplayName().replace("()", "");
        if (result.getStatus() == Status.FAILED) {
            broken.add(rule);
        } else if (identifier.isTest()) {
            (result.getStatus() == Status.SUCCESSFUL ? kept : skipped).add(rule);
        }
    }
}
