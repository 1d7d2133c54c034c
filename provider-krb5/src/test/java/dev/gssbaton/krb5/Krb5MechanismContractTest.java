package dev.gssbaton.krb5;

import dev.gssbaton.peers.Scale;
import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.MechanismContract;

class Krb5MechanismContractTest extends MechanismContract {
    @Override
    protected ContractFixture fixture() throws Exception {
        return TestRealm.aes256().fixture();
    }

    /** {@link MutatedTokenTest} changes every bit, and compares more. */
    @Override
    protected int handshakeStride() {
        return Scale.factor() > 1 ? 1 : 13;
    }
}
