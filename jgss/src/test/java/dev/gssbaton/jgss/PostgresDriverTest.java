package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.junit.jupiter.api.Test;

/** PostgreSQL's driver, on either mechanism, with a server that answers it with bad tokens. */
class PostgresDriverTest {
    private final Subject alice = Login.initiator(EmbeddedKdc.shared().account("alice"));
    private final Subject service = Login.acceptor(EmbeddedKdc.shared().account("postgres/localhost"));
    private final GSSManager jdks = GSSManager.getInstance();

    @Test
    void badAnswersAreTheJdksErrors() throws Exception {
        assertEquals(errors(Side.JDK), errors(Side.BATON));
    }

    private Map<String, String> errors(Side side) throws Exception {
        Map<String, String> errors = new LinkedHashMap<>();
        byte[][] good = new byte[1][];
        assertEquals(1, connect(side, errors, "none", token -> good[0] = accept(token)), "the good answer is taken");
        assertEquals(0, connect(side, errors, "another's", token -> good[0]));
        for (String kind : BadTokens.of(good[0]).keySet()) {
            assertEquals(
                    0,
                    connect(side, errors, kind, token -> BadTokens.of(accept(token))
                            .get(kind)),
                    kind);
        }
        return errors;
    }

    /** Notes the driver's error, and gives the number of connections that went on after the answer. */
    @SuppressWarnings("try") // the registration is closed, and that is all
    private int connect(Side side, Map<String, String> errors, String kind, PostgresPretender.Answer answer)
            throws Exception {
        try (PostgresPretender server = new PostgresPretender(answer);
                AutoCloseable registered = Registration.until(side)) {
            SQLException failure =
                    assertThrows(SQLException.class, () -> Login.as(alice, () -> PostgresTest.connect(server.port())));
            Throwable cause = failure.getCause();
            errors.put(
                    kind,
                    failure.getSQLState() + " " + failure.getMessage() + ", for "
                            + (cause == null ? null : cause.getClass()));
            return server.wentOn();
        }
    }

    private byte[] accept(byte[] token) throws Exception {
        GSSContext context = jdks.createContext((GSSCredential) null);
        return Login.as(service, () -> context.acceptSecContext(token, 0, token.length));
    }
}
