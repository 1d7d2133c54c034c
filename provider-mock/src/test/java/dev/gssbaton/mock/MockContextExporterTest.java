package dev.gssbaton.mock;

import dev.gssbaton.testkit.ContextExporterContract;
import dev.gssbaton.testkit.ContractFixture;

class MockContextExporterTest extends ContextExporterContract {
    @Override
    protected ContractFixture fixture() {
        return MockFixture.create();
    }
}
