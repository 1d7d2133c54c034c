package dev.gssbaton.krb5;

import dev.gssbaton.krb5.credential.Krb5Credential;
import dev.gssbaton.krb5.format.KrbContextExporter;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.testkit.ContractFixture;
import dev.gssbaton.testkit.ContractParty;
import java.util.EnumSet;
import java.util.Set;
import org.ietf.jgss.GSSCredential;

/** What the contracts need, with a KDC that forwards tickets: so there are delegated credentials. */
final class MitKdcFixture {
    private MitKdcFixture() {}

    static ContractFixture make() throws Exception {
        MitKdc kdc = MitKdc.shared();
        Account alice = kdc.account("alice");
        Account service = kdc.account("contract/localhost");
        Krb5Credential initiators = Login.as(
                Login.initiator(alice), () -> Krb5Credential.fromCurrentSubject(null, GSSCredential.INITIATE_ONLY));
        Set<ContextFlag> services = EnumSet.copyOf(TestRealm.USUAL);
        services.add(ContextFlag.DELEG);
        return new ContractFixture(
                new Krb5Mechanism(),
                new KrbContextExporter(),
                new ContractParty(alice.gssName(), initiators),
                new ContractParty(service.gssName(), Krb5Credential.fromKeytab(service.keytab(), service.principal())),
                new Krb5Mechanism().name("mallory@" + kdc.realm(), null),
                services);
    }
}
