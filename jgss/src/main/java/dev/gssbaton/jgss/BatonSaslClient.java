package dev.gssbaton.jgss;

import dev.gssbaton.BatonContext;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.ietf.jgss.GSSException;

/**
 * The client of a SASL connection over GSSAPI that can move to another process in mid-stream, with its security layer.
 *
 * <p>Around the JDK's own client, made where Baton is registered, it establishes the connection as that does. Once it is complete, the
 * connection moves as a context and a note; what has been read and not unwrapped yet is the application's to move.
 *
 * <pre>{@code
 * BatonSaslClient sasl = BatonSaslClient.around(Sasl.createSaslClient(mechanisms, id, protocol, name, properties, handler));
 * // … and once it is complete
 * byte[] note = sasl.note();
 * byte[] token = sasl.context().export();
 *
 * // there
 * BatonSaslClient sasl = BatonSaslClient.resume(manager.createContext(token), note);
 * }</pre>
 *
 * <p>For use by several threads once it is complete, as the context behind it is.
 */
public final class BatonSaslClient implements SaslClient {
    private final SaslConnection connection;
    private final boolean hasInitialResponse;

    private BatonSaslClient(SaslConnection connection, boolean hasInitialResponse) {
        this.connection = connection;
        this.hasInitialResponse = hasInitialResponse;
    }

    /**
     * Goes around a client.
     *
     * @param client a client of the mechanism GSSAPI that has not begun; this object owns it from now on
     * @return a client that does as it does
     */
    public static BatonSaslClient around(SaslClient client) {
        return new BatonSaslClient(SaslConnection.around(client), client.hasInitialResponse());
    }

    /**
     * Goes on with a connection that has moved here.
     *
     * @param context the context, imported; it stays the caller's if this fails
     * @param note what {@link #note} gave beside it
     * @return a client that is complete
     * @throws GSSException {@code DEFECTIVE_TOKEN} if the note was not written for this context by a client
     */
    public static BatonSaslClient resume(BatonContext context, byte[] note) throws GSSException {
        return new BatonSaslClient(SaslConnection.resume(context, note, true), false);
    }

    /**
     * Gives the context behind the connection, to export or hand over. The connection is dead here once the context is.
     *
     * @return the context
     * @throws IllegalStateException if the exchange is not complete, or not on Baton's mechanism
     */
    public BatonContext context() {
        return connection.context();
    }

    /**
     * Writes down what the connection has beside its context: quality of protection, sizes of buffers, authorization identity.
     * It has no secrets, and cannot be changed: it is authenticated by the context's key.
     *
     * @return the note, the caller's, for {@link #resume} with this context alone
     * @throws IllegalStateException as {@link #context} does
     * @throws GSSException {@code NO_CONTEXT} if the context is dead, {@code UNAVAILABLE} if its mechanism has no pseudo-random
     *     function
     */
    public byte[] note() throws GSSException {
        return connection.note();
    }

    @Override
    public byte[] evaluateChallenge(byte[] challenge) throws SaslException {
        return connection.evaluate(challenge);
    }

    @Override
    public String getMechanismName() {
        return connection.side().getMechanismName();
    }

    @Override
    public boolean hasInitialResponse() {
        return hasInitialResponse;
    }

    @Override
    public boolean isComplete() {
        return connection.side().isComplete();
    }

    @Override
    public byte[] wrap(byte[] outgoing, int offset, int len) throws SaslException {
        return connection.side().wrap(outgoing, offset, len);
    }

    @Override
    public byte[] unwrap(byte[] incoming, int offset, int len) throws SaslException {
        return connection.side().unwrap(incoming, offset, len);
    }

    @Override
    public Object getNegotiatedProperty(String propName) {
        return connection.side().getNegotiatedProperty(propName);
    }

    @Override
    public void dispose() throws SaslException {
        connection.side().dispose();
    }
}
