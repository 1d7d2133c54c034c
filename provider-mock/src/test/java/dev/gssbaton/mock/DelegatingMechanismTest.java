package dev.gssbaton.mock;

import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.MechanismContract;

class DelegatingMechanismTest extends MechanismContract {
    @Override
    protected ContractFixture fixture() {
        return MockFixture.delegating();
    }
}
