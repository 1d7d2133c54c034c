package dev.gssbaton.krb5;

import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.testkit.ContextExporterContract;
import dev.gssbaton.testkit.ContractFixture;

/** The contract with tickets of a real KDC, and what only credentials that can be delegated show. */
@Requires(NativePeer.MIT)
class MitKdcExporterContractTest extends ContextExporterContract {
    @Override
    protected ContractFixture fixture() throws Exception {
        return MitKdcFixture.make();
    }
}
