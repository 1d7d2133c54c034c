package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.Scale;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.security.auth.Subject;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSException;
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
    void badTokensAreTheJdksErrorsAndTheServerGoesOn() throws Exception {
        assertEquals(errorsOfServer(Side.JDK), errorsOfServer(Side.BATON));
    }

    private Map<String, String> errorsOfServer(Side side) throws Exception {
        Map<String, String> errors = new LinkedHashMap<>();
        Subject alice = Login.initiator(user);
        byte[] good = SaslPair.firstToken(alice, "sample");
        assertEquals("none", error(() -> server(side).evaluateResponse(good)));
        errors.put("sent again", error(() -> server(side).evaluateResponse(good)));
        for (Map.Entry<String, byte[]> bad :
                BadTokens.of(SaslPair.firstToken(alice, "sample")).entrySet()) {
            errors.put(bad.getKey(), error(() -> server(side).evaluateResponse(bad.getValue())));
        }
        assertFalse(errors.containsValue("none"), errors.toString());
        SaslPair.make(user, service, Side.JDK, side, "auth-conf").authenticate();
        return errors;
    }

    private SaslServer server(Side side) throws Exception {
        Subject subject = Login.acceptor(service);
        return Registration.on(side, () -> SaslPair.server(subject, Map.of()));
    }

    @Test
    void badChallengesAreTheJdksErrors() throws Exception {
        assertEquals(errorsOfClient(Side.JDK), errorsOfClient(Side.BATON));
    }

    /** A client with the first challenge that is meant for it. */
    private static final class Challenged {
        private final SaslPair pair;
        private final byte[] challenge;

        Challenged(Side side, Subject alice, Subject sample) throws Exception {
            pair = SaslPair.make(alice, sample, side, Side.JDK, "auth-conf");
            byte[] first = Login.as(alice, () -> pair.client().evaluateChallenge(new byte[0]));
            challenge = Login.as(sample, () -> pair.server().evaluateResponse(first));
        }

        String errorOn(byte[] other) throws Exception {
            return error(
                    () -> Login.as(pair.clientSubject(), () -> pair.client().evaluateChallenge(other)));
        }
    }

    private Map<String, String> errorsOfClient(Side side) throws Exception {
        Map<String, String> errors = new LinkedHashMap<>();
        Subject alice = Login.initiator(user);
        Subject sample = Login.acceptor(service);
        Challenged other = new Challenged(side, alice, sample);
        errors.put("another's", new Challenged(side, alice, sample).errorOn(other.challenge));
        for (String kind : BadTokens.of(other.challenge).keySet()) {
            Challenged client = new Challenged(side, alice, sample);
            errors.put(kind, client.errorOn(BadTokens.of(client.challenge).get(kind)));
        }
        assertFalse(errors.containsValue("none"), errors.toString());
        assertEquals("none", other.errorOn(other.challenge));
        return errors;
    }

    @Test
    void badMessagesAreTheJdksErrorsAndTheConnectionGoesOn() throws Exception {
        assertEquals(errorsOfMessages(Side.JDK), errorsOfMessages(Side.BATON));
    }

    private Map<String, String> errorsOfMessages(Side side) throws Exception {
        SaslPair pair =
                SaslPair.make(user, service, Side.JDK, side, "auth-conf").authenticate();
        byte[] message = new byte[501]; // its token is no divisor of the rotation that the sixth octet counts
        byte[] good = pair.client().wrap(message, 0, message.length);
        Map<String, String> errors = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> bad : BadTokens.of(good).entrySet()) {
            errors.put(bad.getKey(), error(() -> pair.server().unwrap(bad.getValue(), 0, bad.getValue().length)));
        }
        assertFalse(errors.containsValue("none"), errors.toString());
        assertArrayEquals(message, pair.server().unwrap(good, 0, good.length));
        return errors;
    }

    /** Tells what a call throws, as SASL shows it. Behind that is GSS-API's, where the JDK has one code for most of what is wrong. */
    private static String error(Callable<?> call) throws Exception {
        try {
            call.call();
            return "none";
        } catch (SaslException e) {
            assertInstanceOf(GSSException.class, e.getCause(), e.toString());
            return e.getClass() + " " + e.getMessage();
        }
    }
}
