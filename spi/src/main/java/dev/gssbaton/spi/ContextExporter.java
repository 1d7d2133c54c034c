package dev.gssbaton.spi;

import java.util.Map;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/**
 * Turns a mechanism's established context into octets and back.
 *
 * <p>Found by {@link java.util.ServiceLoader}, as a {@link java.security.Provider} service of type
 * {@code ContextExporter}, or given to the manager's builder. There is one exporter for a mechanism and a format.
 *
 * <p>Everything that is alike for all mechanisms is done by the caller: both directions are quiet while the state is
 * read, the octets are sealed, the context is erased after a successful export and untouched after a failed one, and
 * a token is opened, and its lifetime checked, before its state is read. Implementations are safe for use by several threads.
 */
public interface ContextExporter {
    /** The format of a mechanism's own state, which is sealed. */
    String BATON = "baton";

    /**
     * Gives the mechanism whose contexts this exporter knows.
     *
     * @return the mechanism's object identifier
     */
    Oid mechanism();

    /**
     * Gives the format's name: {@link #BATON}, or a name that carries its author's domain ({@code org.example.compact}).
     *
     * @return up to 64 letters, digits, dots and hyphens; {@link #BATON} where an exporter does not say otherwise
     */
    default String format() {
        return BATON;
    }

    /**
     * Says more of this exporter to whoever looks for one among the services of a {@link java.security.Provider}, as
     * attributes of its service: {@code SupportedEncryptionTypes}. Several values of one attribute are separated by
     * {@code |}, as usual there.
     *
     * @return an unmodifiable map, the same at each call; empty if there is nothing to say
     */
    default Map<String, String> attributes() {
        return Map.of();
    }

    /**
     * Writes a context's state. The context is not changed: an export that fails later leaves it usable.
     *
     * @param context an established context of this mechanism; no other thread uses it meanwhile
     * @param delegation whether a delegated credential goes along
     * @param out where the state goes; what is written has one encoding
     * @throws GSSException if the state cannot be written; whatever was written is erased by the caller
     */
    void write(MechanismContext context, Delegation delegation, StateWriter out) throws GSSException;

    /**
     * Reads a context's state completely, into a context that has had no effect yet: nothing is left that can fail, and
     * nothing has been told to anybody. It becomes live when the caller has claimed its token; if the claim is lost, the
     * caller erases it.
     *
     * @param in the state; the caller erases it, and checks that all of it was read
     * @param delegation {@link Delegation#DROP} if a delegated credential in the state is to be left out
     * @param environment the manager's clock, randomness and claims
     * @return a context that continues where the written one stopped
     * @throws GSSException {@link TransferFault#STATE_MALFORMED} if the state cannot be; all secrets read so far are erased
     */
    MechanismContext read(StateReader in, Delegation delegation, Environment environment) throws GSSException;
}
