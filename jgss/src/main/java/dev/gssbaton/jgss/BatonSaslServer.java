package dev.gssbaton.jgss;

import dev.gssbaton.BatonContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSException;

/**
 * The server of a SASL connection over GSSAPI that can move to another process in mid-stream, with its security layer.
 *
 * <p>Around the JDK's own server, made where Baton is registered, it establishes the connection as that does. Once it is complete, the
 * connection moves as a context and a note; what has been read and not unwrapped yet is the application's to move.
 *
 * <pre>{@code
 * BatonSaslServer sasl = BatonSaslServer.around(Sasl.createSaslServer("GSSAPI", protocol, name, properties, handler));
 * // … and once it is complete
 * byte[] note = sasl.note();
 * byte[] token = sasl.context().export();
 *
 * // there
 * BatonSaslServer sasl = BatonSaslServer.resume(manager.createContext(token), note);
 * }</pre>
 *
 * <p>For use by several threads once it is complete, as the context behind it is.
 */
public final class BatonSaslServer implements SaslServer {
    /** The JDK's; null for a connection that has moved here. */
    private final SaslServer server;

    private final AtomicReference<AdaptedContext> behind = new AtomicReference<>();

    /** What has moved here; null before. */
    private final SaslLayer layer;

    private BatonSaslServer(SaslServer server, SaslLayer layer) {
        this.server = server;
        this.layer = layer;
    }

    /**
     * Goes around a server.
     *
     * @param server a server of the mechanism GSSAPI that has not begun; this object owns it from now on
     * @return a server that does as it does
     */
    public static BatonSaslServer around(SaslServer server) {
        return new BatonSaslServer(Objects.requireNonNull(server, "server"), null);
    }

    /**
     * Goes on with a connection that has moved here.
     *
     * @param context the context, imported; it stays the caller's if this fails
     * @param note what {@link #note} gave beside it
     * @return a server that is complete
     * @throws GSSException {@code DEFECTIVE_TOKEN} if the note was not written for this context by a server
     */
    public static BatonSaslServer resume(BatonContext context, byte[] note) throws GSSException {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(note, "note");
        return new BatonSaslServer(null, SaslLayer.resume(context, note, false));
    }

    /**
     * Gives the context behind the connection, to export or hand over. The connection is dead here once the context is.
     *
     * @return the context
     * @throws IllegalStateException if the exchange is not complete, or not on Baton's mechanism
     */
    public BatonContext context() {
        if (layer != null) {
            return layer.context();
        }
        if (!isComplete()) {
            throw new IllegalStateException("the exchange is not complete");
        }
        return Optional.ofNullable(behind.get())
                .flatMap(AdaptedContext::context)
                .orElseThrow(
                        () -> new IllegalStateException("Baton is not behind this connection: see Baton.contextOf"));
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
        return SaslLayer.note(context(), this::getNegotiatedProperty, getAuthorizationID());
    }

    @Override
    public byte[] evaluateResponse(byte[] response) throws SaslException {
        if (server == null) {
            throw new IllegalStateException("the exchange is complete");
        }
        return Revealed.establishing(behind::set, () -> server.evaluateResponse(response));
    }

    @Override
    public String getMechanismName() {
        return server == null ? "GSSAPI" : server.getMechanismName();
    }

    @Override
    public String getAuthorizationID() {
        return server == null ? layer.authorizationId() : server.getAuthorizationID();
    }

    @Override
    public boolean isComplete() {
        return server == null || server.isComplete();
    }

    @Override
    public byte[] wrap(byte[] outgoing, int offset, int len) throws SaslException {
        return server == null ? layer.wrap(outgoing, offset, len) : server.wrap(outgoing, offset, len);
    }

    @Override
    public byte[] unwrap(byte[] incoming, int offset, int len) throws SaslException {
        return server == null ? layer.unwrap(incoming, offset, len) : server.unwrap(incoming, offset, len);
    }

    @Override
    public Object getNegotiatedProperty(String propName) {
        return server == null ? layer.property(propName) : server.getNegotiatedProperty(propName);
    }

    @Override
    public void dispose() throws SaslException {
        if (server == null) {
            layer.dispose();
        } else {
            server.dispose();
        }
    }
}
