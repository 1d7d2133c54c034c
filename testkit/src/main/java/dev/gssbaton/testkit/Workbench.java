package dev.gssbaton.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.BatonManagerBuilder;
import dev.gssbaton.ExportOptions;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateWriter;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;

/** What a test works with: a manager that exports, another that imports, their keys, claims and clock. */
final class Workbench {
    static final int LIFETIME = 3600;
    /** More than any exchange has. */
    private static final int MAX_TOKENS = 100;

    private static final byte[] NOTHING = {};

    final ContractFixture fixture;
    final ManualClock clock = new ManualClock();
    final FailureSwitch failure = new FailureSwitch();
    final WatchedMechanism mechanism;
    final WatchedExporter arriving;
    final KeySource keys = new MemoryKeys();
    final ClaimStore claims = new ProcessClaims(new SecureRandom(), clock);
    final BatonManager exporter;
    final BatonManager importer;

    Workbench(ContractFixture fixture) {
        this.fixture = fixture;
        mechanism = new WatchedMechanism(fixture.mechanism());
        arriving = new WatchedExporter(fixture.exporter());
        exporter = builder()
                .exporter(failure.around(fixture.exporter()))
                .keys(failure.around(keys))
                .claims(failure.around(claims))
                .build();
        importer = builder().exporter(arriving).keys(keys).claims(claims).build();
    }

    BatonManagerBuilder builder() {
        return BatonManager.builder().mechanism(mechanism).clock(clock);
    }

    Environment environment() {
        return new Environment(clock, new SecureRandom(), claims);
    }

    /** What the mechanism's contexts may refer to, and what is not theirs to erase. */
    List<Object> shared() {
        return Arrays.asList(
                fixture.mechanism(),
                fixture.exporter(),
                fixture.initiator().credential(),
                fixture.acceptor().credential());
    }

    /** The services asked for where a test does not say: all that can be granted but a delegated credential. */
    Set<ContextFlag> usual() {
        Set<ContextFlag> usual = EnumSet.noneOf(ContextFlag.class);
        usual.addAll(fixture.services());
        usual.removeAll(Set.of(ContextFlag.DELEG, ContextFlag.DELEG_POLICY, ContextFlag.ANON));
        return usual;
    }

    BatonContext newInitiator(Set<ContextFlag> services) throws GSSException {
        BatonContext initiator = exporter.createContext(
                fixture.acceptor().name(),
                fixture.mechanism().oid(),
                fixture.initiator().credential(),
                GSSContext.DEFAULT_LIFETIME);
        initiator.requestMutualAuth(services.contains(ContextFlag.MUTUAL));
        initiator.requestReplayDet(services.contains(ContextFlag.REPLAY));
        initiator.requestSequenceDet(services.contains(ContextFlag.SEQUENCE));
        initiator.requestConf(services.contains(ContextFlag.CONF));
        initiator.requestInteg(services.contains(ContextFlag.INTEG));
        initiator.requestCredDeleg(services.contains(ContextFlag.DELEG));
        initiator.requestDelegPolicy(services.contains(ContextFlag.DELEG_POLICY));
        initiator.requestAnonymity(services.contains(ContextFlag.ANON));
        initiator.requestLifetime(LIFETIME);
        return initiator;
    }

    BatonContext newAcceptor() {
        return exporter.createContext(fixture.acceptor().credential());
    }

    Pair establish() throws GSSException {
        return establish(usual());
    }

    Pair establish(Set<ContextFlag> services) throws GSSException {
        return establish(newInitiator(services), newAcceptor(), TokenChange.NONE);
    }

    /** Lets two contexts exchange their tokens, each changed on its way, until both are established. */
    Pair establish(BatonContext initiator, BatonContext acceptor, TokenChange change) throws GSSException {
        byte[] token = initiator.initSecContext(NOTHING, 0, 0);
        MechanismContext behindInitiator = mechanism.latest();
        MechanismContext behindAcceptor = null;
        for (int number = 0; token != null; number++) {
            assertTrue(
                    number < MAX_TOKENS,
                    "an exchange has an end: no side is established after " + MAX_TOKENS + " tokens");
            byte[] changed = change.apply(number, token);
            if (number % 2 == 0) {
                token = acceptor.acceptSecContext(changed, 0, changed.length);
                behindAcceptor = behindAcceptor == null ? mechanism.latest() : behindAcceptor;
            } else {
                token = initiator.initSecContext(changed, 0, changed.length);
            }
        }
        assertTrue(initiator.isEstablished(), "the initiator is established when no token is left");
        assertTrue(acceptor.isEstablished(), "the acceptor is established when no token is left");
        return new Pair(initiator, acceptor, behindInitiator, behindAcceptor);
    }

    ExportOptions options() {
        return ExportOptions.defaults().withFormat(fixture.exporter().format());
    }

    byte[] export(BatonContext context) throws GSSException {
        return context.exportToken(options()).octets();
    }

    /** Exports a context and imports it elsewhere. */
    BatonContext move(BatonContext context) throws GSSException {
        return importer.createContext(export(context));
    }

    /** A state as the exporter writes it. */
    byte[] state(MechanismContext context) throws GSSException {
        try (StateWriter out = new StateWriter(0, 64)) {
            fixture.exporter().write(context, Delegation.DROP, out);
            return Arrays.copyOf(out.array(), out.position());
        }
    }
}
