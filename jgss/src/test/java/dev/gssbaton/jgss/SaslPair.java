package dev.gssbaton.jgss;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.Login;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslServer;

/** The JDK's SASL client and server of GSSAPI, unmodified, each on the mechanism it is told. */
record SaslPair(SaslClient client, SaslServer server, Subject clientSubject, Subject serverSubject) {
    private static final CallbackHandler AUTHORIZE = callbacks -> {
        for (Callback callback : callbacks) {
            if (callback instanceof AuthorizeCallback asked) {
                asked.setAuthorized(asked.getAuthenticationID().equals(asked.getAuthorizationID()));
            }
        }
    };

    /** Makes both sides. The service's account is {@code sample/localhost}. */
    static SaslPair make(Account user, Account service, Side clientSide, Side serverSide, String qop) throws Exception {
        return make(Login.initiator(user), Login.acceptor(service), clientSide, serverSide, qop);
    }

    static SaslPair make(Subject clientSubject, Subject serverSubject, Side clientSide, Side serverSide, String qop)
            throws Exception {
        return new SaslPair(
                Registration.on(clientSide, () -> client(clientSubject, properties(qop))),
                Registration.on(serverSide, () -> server(serverSubject, properties(qop))),
                clientSubject,
                serverSubject);
    }

    private static Map<String, String> properties(String qop) {
        return Map.of(Sasl.QOP, qop, Sasl.SERVER_AUTH, "true");
    }

    static SaslClient client(Subject subject, Map<String, String> properties) throws Exception {
        return Login.as(
                subject,
                () -> Sasl.createSaslClient(
                        new String[] {"GSSAPI"}, null, "sample", "localhost", properties, callbacks -> {}));
    }

    /** Makes the first token of a client, on whatever mechanism is registered now, for a service on {@code localhost}. */
    static byte[] firstToken(Subject subject, String service) throws Exception {
        return Login.as(subject, () -> Sasl.createSaslClient(
                        new String[] {"GSSAPI"}, null, service, "localhost", Map.of(), callbacks -> {})
                .evaluateChallenge(new byte[0]));
    }

    static SaslServer server(Subject subject, Map<String, String> properties) throws Exception {
        return Login.as(subject, () -> Sasl.createSaslServer("GSSAPI", "sample", "localhost", properties, AUTHORIZE));
    }

    /** Exchanges challenges and responses until both sides have done. */
    SaslPair authenticate() throws Exception {
        byte[] response = Login.as(clientSubject, () -> client.evaluateChallenge(new byte[0]));
        while (!client.isComplete() || !server.isComplete()) {
            byte[] said = response;
            byte[] challenge = Login.as(serverSubject, () -> server.evaluateResponse(said));
            response = challenge == null || client.isComplete()
                    ? new byte[0]
                    : Login.as(clientSubject, () -> client.evaluateChallenge(challenge));
        }
        return this;
    }
}
