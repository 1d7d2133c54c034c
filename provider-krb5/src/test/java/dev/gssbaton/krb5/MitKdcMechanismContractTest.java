package dev.gssbaton.krb5;

import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.MechanismContract;

/** The contract with tickets of a real KDC, and what only credentials that can be delegated show. */
@Requires(NativePeer.MIT)
class MitKdcMechanismContractTest extends MechanismContract {
    @Override
    protected ContractFixture fixture() throws Exception {
        return MitKdcFixture.make();
    }

    /** {@link MutatedTokenTest} changes every bit, and compares more. */
    @Override
    protected int handshakeStride() {
        return Scale.factor() > 1 ? 1 : 13;
    }
}
