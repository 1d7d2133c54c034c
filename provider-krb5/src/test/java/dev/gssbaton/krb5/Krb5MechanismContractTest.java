package dev.gssbaton.krb5;

import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.MechanismContract;

class Krb5MechanismContractTest extends MechanismContract {
    @Override
    protected ContractFixture fixture() throws Exception {
        return TestRealm.aes256().fixture();
    }
}
