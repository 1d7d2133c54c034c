package dev.gssbaton.jgss;

import dev.gssbaton.BatonContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSException;

/**
 * One side of a SASL connection that can move: on the JDK's object that establishes it, or on a {@link SaslLayer} once it has
 * moved here. Client and server differ in the names of two methods alone, so both are servers here.
 */
final class SaslConnection {
    private final SaslServer side;

    /** What stands behind the JDK's object. */
    private final AtomicReference<AdaptedContext> behind = new AtomicReference<>();

    private SaslConnection(SaslServer side) {
        this.side = side;
    }

    static SaslConnection around(SaslServer server) {
        return new SaslConnection(Objects.requireNonNull(server, "server"));
    }

    static SaslConnection around(SaslClient client) {
        return new SaslConnection(new ClientSide(Objects.requireNonNull(client, "client")));
    }

    static SaslConnection resume(BatonContext context, byte[] note, boolean initiator) throws GSSException {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(note, "note");
        return new SaslConnection(SaslLayer.resume(context, note, initiator));
    }

    /** Gives what the connection is on, for all but establishing it. */
    SaslServer side() {
        return side;
    }

    byte[] evaluate(byte[] received) throws SaslException {
        return Revealed.establishing(behind::set, () -> side.evaluateResponse(received));
    }

    /** Gives the context behind the connection. */
    BatonContext context() {
        if (side instanceof SaslLayer layer) {
            return layer.context();
        }
        if (!side.isComplete()) {
            throw new IllegalStateException("the exchange is not complete");
        }
        return Optional.ofNullable(behind.get())
                .flatMap(AdaptedContext::context)
                .orElseThrow(
                        () -> new IllegalStateException("Baton is not behind this connection: see Baton.contextOf"));
    }

    byte[] note() throws GSSException {
        return SaslLayer.note(context(), side::getNegotiatedProperty, side.getAuthorizationID());
    }

    /** The JDK's client by the names of a server. */
    private record ClientSide(SaslClient client) implements SaslServer {
        @Override
        public String getMechanismName() {
            return client.getMechanismName();
        }

        @Override
        public byte[] evaluateResponse(byte[] challenge) throws SaslException {
            return client.evaluateChallenge(challenge);
        }

        @Override
        public boolean isComplete() {
            return client.isComplete();
        }

        /** Gives null: a client does not say. */
        @Override
        public String getAuthorizationID() {
            return null;
        }

        @Override
        public byte[] wrap(byte[] outgoing, int offset, int length) throws SaslException {
            return client.wrap(outgoing, offset, length);
        }

        @Override
        public byte[] unwrap(byte[] incoming, int offset, int length) throws SaslException {
            return client.unwrap(incoming, offset, length);
        }

        @Override
        public Object getNegotiatedProperty(String name) {
            return client.getNegotiatedProperty(name);
        }

        @Override
        public void dispose() throws SaslException {
            client.dispose();
        }
    }
}
