package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Scale;
import java.util.Random;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JDK's SASL over GSSAPI, with either side or both on Baton. */
class SaslTest {
    private static final int MESSAGES = Scale.times(1000, 100_000);

    private final Account user = EmbeddedKdc.shared().account("alice");
    private final Account service = EmbeddedKdc.shared().account("sample/localhost");

    @ParameterizedTest
    @CsvSource({
        "BATON, BATON, auth", "BATON, BATON, auth-int", "BATON, BATON, auth-conf",
        "BATON, JDK, auth", "BATON, JDK, auth-int", "BATON, JDK, auth-conf",
        "JDK, BATON, auth", "JDK, BATON, auth-int", "JDK, BATON, auth-conf",
    })
    void authenticatesAndProtectsMessages(Side clientSide, Side serverSide, String qop) throws Exception {
        SaslPair pair =
                SaslPair.make(user, service, clientSide, serverSide, qop).authenticate();
        assertEquals(qop, pair.client().getNegotiatedProperty(Sasl.QOP));
        assertEquals(qop, pair.server().getNegotiatedProperty(Sasl.QOP));
        assertEquals(user.principal(), pair.server().getAuthorizationID());
        if (qop.equals("auth")) {
            return;
        }
        Random random = new Random(1);
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = new byte[random.nextInt(2000)];
            random.nextBytes(message);
            byte[] sent = pair.client().wrap(message, 0, message.length);
            assertArrayEquals(message, pair.server().unwrap(sent, 0, sent.length));
            byte[] answered = pair.server().wrap(message, 0, message.length);
            assertArrayEquals(message, pair.client().unwrap(answered, 0, answered.length));
        }
    }

    @Test
    void garbageIsTheSameErrorAsTheJdks() throws Exception {
        for (Side side : Side.values()) {
            SaslPair pair = SaslPair.make(user, service, Side.JDK, side, "auth-conf");
            SaslException failure =
                    assertThrows(SaslException.class, () -> pair.server().evaluateResponse(new byte[] {1, 2, 3}));
            assertEquals("GSS initiate failed", failure.getMessage(), side.name());
            SaslPair.make(user, service, Side.JDK, side, "auth-conf").authenticate();
        }
    }
}
