package dev.gssbaton.mock;

import dev.gssbaton.testkit.ContextExporterContract;
import dev.gssbaton.testkit.ContractFixture;

class DelegatingExporterTest extends ContextExporterContract {
    @Override
    protected ContractFixture fixture() {
        return MockFixture.delegating();
    }
}
