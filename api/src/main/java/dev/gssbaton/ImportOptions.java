package dev.gssbaton;

import dev.gssbaton.spi.Delegation;
import java.util.Objects;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * What an importer expects of a token. A context that is another is refused before the token is claimed, so that the right
 * process can still import it.
 *
 * @param role the role expected; null for either
 * @param mechanism the mechanism expected; null for any
 * @param sourceName the initiator's name expected; null for any
 * @param targetName the acceptor's name expected; null for any
 * @param delegation whether a delegated credential is received, if the exporter sent one
 */
public record ImportOptions(Role role, Oid mechanism, GSSName sourceName, GSSName targetName, Delegation delegation) {
    private static final ImportOptions ANY = new ImportOptions(null, null, null, null, Delegation.DROP);

    /** Which side of a context. */
    public enum Role {
        /** The side that began. */
        INITIATOR,
        /** The side that answered. */
        ACCEPTOR
    }

    /**
     * Checks the values.
     *
     * @param role the role expected, or null
     * @param mechanism the mechanism expected, or null
     * @param sourceName the initiator's name expected, or null
     * @param targetName the acceptor's name expected, or null
     * @param delegation whether a delegated credential is received
     */
    public ImportOptions {
        Objects.requireNonNull(delegation, "delegation");
    }

    /**
     * Expects nothing, and receives no delegated credential: what {@link BatonManager#createContext(byte[])} uses.
     *
     * @return the defaults
     */
    public static ImportOptions any() {
        return ANY;
    }

    /**
     * Expects a role.
     *
     * @param expected the role
     * @return new options
     */
    public ImportOptions expectRole(Role expected) {
        return new ImportOptions(expected, mechanism, sourceName, targetName, delegation);
    }

    /**
     * Expects a mechanism.
     *
     * @param expected the mechanism
     * @return new options
     */
    public ImportOptions expectMechanism(Oid expected) {
        return new ImportOptions(role, expected, sourceName, targetName, delegation);
    }

    /**
     * Expects an initiator.
     *
     * @param expected its name
     * @return new options
     */
    public ImportOptions expectSource(GSSName expected) {
        return new ImportOptions(role, mechanism, expected, targetName, delegation);
    }

    /**
     * Expects an acceptor.
     *
     * @param expected its name
     * @return new options
     */
    public ImportOptions expectTarget(GSSName expected) {
        return new ImportOptions(role, mechanism, sourceName, expected, delegation);
    }

    /**
     * Receives the delegated credential, if the exporter sent one.
     *
     * @return new options
     */
    public ImportOptions withDelegatedCredential() {
        return new ImportOptions(role, mechanism, sourceName, targetName, Delegation.CARRY);
    }
}
