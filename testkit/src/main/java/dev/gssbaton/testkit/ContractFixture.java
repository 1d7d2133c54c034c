package dev.gssbaton.testkit;

import dev.gssbaton.spi.ContextExporter;
import dev.gssbaton.spi.ContextFlag;
import dev.gssbaton.spi.Mechanism;
import java.util.Objects;
import java.util.Set;
import org.ietf.jgss.GSSName;

/**
 * A mechanism with what it needs to establish contexts with itself.
 *
 * @param mechanism the mechanism
 * @param exporter the exporter of its contexts
 * @param initiator who initiates
 * @param acceptor who accepts
 * @param stranger a name of the mechanism that is neither the initiator's nor the acceptor's
 * @param services the services that the mechanism grants to this initiator and this acceptor if they are asked for
 */
public record ContractFixture(
        Mechanism mechanism,
        ContextExporter exporter,
        ContractParty initiator,
        ContractParty acceptor,
        GSSName stranger,
        Set<ContextFlag> services) {
    /**
     * Checks that nothing is missing, and copies the set.
     *
     * @param mechanism the mechanism
     * @param exporter its exporter
     * @param initiator who initiates
     * @param acceptor who accepts
     * @param stranger somebody else
     * @param services the services that can be granted
     */
    public ContractFixture {
        Objects.requireNonNull(mechanism, "mechanism");
        Objects.requireNonNull(exporter, "exporter");
        Objects.requireNonNull(initiator, "initiator");
        Objects.requireNonNull(acceptor, "acceptor");
        Objects.requireNonNull(stranger, "stranger");
        services = Set.copyOf(services);
    }
}
