package dev.gssbaton.krb5;

import dev.gssbaton.testkit.ContextExporterContract;
import dev.gssbaton.testkit.ContractFixture;

class Krb5ExporterContractTest extends ContextExporterContract {
    @Override
    protected ContractFixture fixture() throws Exception {
        return TestRealm.aes256().fixture();
    }
}
