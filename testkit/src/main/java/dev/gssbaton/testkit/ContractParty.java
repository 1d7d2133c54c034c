package dev.gssbaton.testkit;

import java.util.Objects;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSName;

/**
 * One side of the contexts that a contract establishes.
 *
 * @param name the name under which the other side knows it, a name of the mechanism
 * @param credential its credential, which serves for many contexts; null for the mechanism's default one
 */
public record ContractParty(GSSName name, GSSCredential credential) {
    /**
     * Checks that there is a name.
     *
     * @param name the name
     * @param credential the credential, or null
     */
    public ContractParty {
        Objects.requireNonNull(name, "name");
    }
}
