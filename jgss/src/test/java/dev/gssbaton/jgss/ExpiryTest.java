package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Enctype;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** SASL connections that outlive their tickets. */
class ExpiryTest {
    private static final String POLICY = "baton.expiry";
    private static final String CONFIGURATION = "java.security.krb5.conf";
    private static final int SKEW_SECONDS = 1;

    @TempDir
    private Path folder;

    /** Who is on which mechanism, and how it is told to take expiry. */
    private enum Case {
        JDK,
        REPORTED,
        ENFORCED;

        <T> T make(Callable<T> make) throws Exception {
            if (this != ENFORCED) {
                return Registration.on(this == JDK ? Side.JDK : Side.BATON, make);
            }
            // The settings are read when the provider makes its first context.
            BatonProvider enforcing = new BatonProvider();
            System.setProperty(POLICY, "enforce");
            Security.insertProviderAt(enforcing, 1);
            try {
                return make.call();
            } finally {
                Security.removeProvider(enforcing.getName());
                System.clearProperty(POLICY);
            }
        }
    }

    private record Connections(Map<Case, SaslPair> pairs, Instant end) {}

    @Test
    void messagesGoOnUnlessExpiryIsEnforced() throws Exception {
        Connections connections = establish();
        for (SaslPair pair : connections.pairs().values()) {
            exchange(pair);
        }
        SaslClient client = connections.pairs().get(Case.ENFORCED).client();
        SaslServer server = connections.pairs().get(Case.ENFORCED).server();
        byte[] message = {1, 2, 3};
        byte[] sent = client.wrap(message, 0, message.length);
        byte[] answered = server.wrap(message, 0, message.length);
        // An acceptor adds the clock skew to the ticket's end.
        Instant expired = connections.end().plusSeconds(SKEW_SECONDS).plusMillis(50);
        Thread.sleep(Math.max(Duration.between(Instant.now(), expired).toMillis(), 0));
        exchange(connections.pairs().get(Case.JDK));
        exchange(connections.pairs().get(Case.REPORTED));
        for (int i = 0; i < 2; i++) {
            assertExpired("Problem performing GSS wrap", () -> client.wrap(message, 0, message.length));
            assertExpired("Problem performing GSS wrap", () -> server.wrap(message, 0, message.length));
            assertExpired("Problems unwrapping SASL buffer", () -> client.unwrap(answered, 0, answered.length));
            assertExpired("Problems unwrapping SASL buffer", () -> server.unwrap(sent, 0, sent.length));
        }
    }

    /** Tickets live for the least time in which this machine gets connections established with them. */
    private Connections establish() throws Exception {
        for (int seconds = 3; ; seconds *= 4) {
            try {
                return establish(Duration.ofSeconds(seconds));
            } catch (Exception | AssertionError e) {
                if (seconds > 100) {
                    throw e;
                }
            }
        }
    }

    private Connections establish(Duration life) throws Exception {
        // Closing a KDC brings the other KDCs' configuration back.
        try (EmbeddedKdc kdc = EmbeddedKdc.start(life, Enctype.AES256_CTS_HMAC_SHA1_96)) {
            String configuration = Files.readString(kdc.krb5Conf())
                    .replace("[libdefaults]\n", "[libdefaults]\n  clockskew = " + SKEW_SECONDS + "\n");
            System.setProperty(
                    CONFIGURATION,
                    Files.writeString(folder.resolve("krb5.conf"), configuration)
                            .toString());
            Account user = kdc.account("alice");
            Account service = kdc.account("sample/localhost");
            Map<Case, SaslPair> pairs = new EnumMap<>(Case.class);
            Instant end = Instant.MIN;
            for (Case each : Case.values()) {
                SaslPair pair = each.make(() -> SaslPair.make(user, service, Side.JDK, Side.JDK, "auth-conf"));
                pairs.put(each, pair.authenticate());
                Instant own = end(pair.clientSubject());
                end = own.isAfter(end) ? own : end;
            }
            return new Connections(pairs, end);
        }
    }

    private static Instant end(Subject subject) {
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .map(ticket -> ticket.getEndTime().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    private static void exchange(SaslPair pair) throws SaslException {
        byte[] message = "hello".getBytes(StandardCharsets.UTF_8);
        byte[] sent = pair.client().wrap(message, 0, message.length);
        assertArrayEquals(message, pair.server().unwrap(sent, 0, sent.length));
        byte[] answered = pair.server().wrap(message, 0, message.length);
        assertArrayEquals(message, pair.client().unwrap(answered, 0, answered.length));
    }

    private static void assertExpired(String text, Executable call) {
        SaslException failure = assertThrows(SaslException.class, call);
        assertEquals(text, failure.getMessage());
        assertEquals(
                GSSException.CONTEXT_EXPIRED,
                assertInstanceOf(GSSException.class, failure.getCause()).getMajor());
    }
}
