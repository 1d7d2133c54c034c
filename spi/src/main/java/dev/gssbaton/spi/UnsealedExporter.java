package dev.gssbaton.spi;

import org.ietf.jgss.GSSException;

/**
 * Writes and reads tokens as other software does: tokens that cannot be sealed, since that software would not understand
 * them, and that are read although nothing vouches for them.
 *
 * <p>Its {@link #write} makes a whole token, and its {@link #read} takes one, header and all. It is strict: a length is
 * bounded before it is used, nothing stands behind the end, and what it cannot understand it refuses. What the format cannot
 * carry is refused, or left out as its documentation says. A delegated credential never goes along.
 *
 * <p>A manager writes such a token only when its format is named, and reads one only if it was built to.
 */
public interface UnsealedExporter extends ContextExporter {
    /**
     * Tells from a token's first octets whether it is of this format, by what no other format begins with. Nothing else of the
     * token is looked at.
     *
     * @param token any octets, not null, maybe none; neither kept nor changed
     * @return true if {@link #read} is to read it, or to say why it cannot
     */
    boolean recognises(byte[] token);

    /**
     * Tells whether two copies of this context would give away what they encrypt, because both use the same keystream.
     * Nothing keeps other software from importing an unsealed token twice, so such a context is written only with the
     * application's consent.
     *
     * @param context an established context of this mechanism
     * @return true if they would
     */
    boolean sharesKeystream(MechanismContext context);

    /**
     * Writes what tells this state of this context from any other, in whatever format it came: its role, the keys in use,
     * the number of the next message to send, and what was received. Its hash is by what an unsealed token is claimed.
     *
     * @param context an established context of this mechanism
     * @param out where it goes; the caller erases it
     * @throws GSSException if it cannot be written
     */
    void writeIdentity(MechanismContext context, StateWriter out) throws GSSException;
}
