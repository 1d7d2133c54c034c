package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.program.WithoutSubject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP with Negotiate: the JDK's server, on either mechanism, and clients that know nothing of Baton. */
class HttpTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Side.class)
    @SuppressWarnings("try") // the registration is closed, and that is all
    void theJdksClients(Side side) throws Exception {
        Account user = EmbeddedKdc.shared().account("alice");
        Subject alice = Login.initiator(user);
        Subject service = Login.acceptor(EmbeddedKdc.shared().account("HTTP/localhost"));
        try (AutoCloseable registered = Registration.until(side);
                NegotiateServer server = new NegotiateServer(service)) {
            assertEquals(user.principal(), Login.as(alice, () -> get(server.uri())));
            HttpResponse<String> answer = send(server.uri(), Login.as(alice, HttpTest::firstToken));
            assertEquals(200, answer.statusCode());
            assertEquals(user.principal(), answer.body());
            assertEquals(2, server.contexts().size());
            for (GSSContext context : server.contexts()) {
                assertEquals(Registration.actual(side).owner(), WithoutSubject.owner(context));
            }
            if (Registration.actual(side) == Side.BATON) {
                byte[] token = Baton.contextOf(server.contexts().get(0)).export();
                BatonContext moved = BatonManager.withDefaults().createContext(token);
                assertEquals(user.principal(), moved.getSrcName().toString());
            }
        }
    }

    @Test
    void garbageGetsTheJdksAnswerAndTheServerGoesOn() throws Exception {
        assertEquals(answersToGarbage(Side.JDK), answersToGarbage(Side.BATON));
    }

    @SuppressWarnings("try") // the registration is closed, and that is all
    private static Map<String, Integer> answersToGarbage(Side side) throws Exception {
        Subject alice = Login.initiator(EmbeddedKdc.shared().account("alice"));
        Subject service = Login.acceptor(EmbeddedKdc.shared().account("HTTP/localhost"));
        Map<String, Integer> answers = new LinkedHashMap<>();
        try (AutoCloseable registered = Registration.until(side);
                NegotiateServer server = new NegotiateServer(service)) {
            byte[] good = Login.as(alice, HttpTest::firstToken);
            assertEquals(200, send(server.uri(), good).statusCode());
            answers.put("sent again", send(server.uri(), good).statusCode());
            for (Map.Entry<String, byte[]> bad :
                    BadTokens.of(Login.as(alice, HttpTest::firstToken)).entrySet()) {
                answers.put(bad.getKey(), send(server.uri(), bad.getValue()).statusCode());
            }
            assertFalse(answers.containsValue(200), answers.toString());
            assertEquals(
                    200,
                    send(server.uri(), Login.as(alice, HttpTest::firstToken)).statusCode());
        }
        return answers;
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    @Requires(NativePeer.MIT)
    void curl(Side side) throws Exception {
        curl(side, folder);
    }

    @SuppressWarnings("try") // the registration is closed, and that is all
    static void curl(Side side, Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        Account user = MitKdc.shared().account("alice");
        Path cache = folder.resolve("ccache");
        run(folder, cache, "kinit", "-k", "-t", user.keytab().toString(), user.principal());
        Subject service = Login.acceptor(MitKdc.shared().account("HTTP/localhost"));
        try (AutoCloseable registered = Registration.until(side);
                NegotiateServer server = new NegotiateServer(service)) {
            String[] curl = {
                "curl",
                "--silent",
                "--show-error",
                "--fail",
                "--noproxy",
                "*",
                "--negotiate",
                "--user",
                ":",
                server.uri().toString()
            };
            assertEquals(user.principal(), run(folder, cache, curl));
            assertEquals(
                    Registration.actual(side).owner(),
                    WithoutSubject.owner(server.contexts().get(0)));
        }
    }

    /** Lets the JDK's older client do all itself. */
    private static String get(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        try {
            assertEquals(200, connection.getResponseCode());
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            connection.disconnect();
        }
    }

    /** Makes what the JDK's newer client, which does not negotiate, sends for a program that does. */
    private static byte[] firstToken() throws Exception {
        GSSManager manager = GSSManager.getInstance();
        GSSContext context = manager.createContext(
                manager.createName("HTTP@localhost", GSSName.NT_HOSTBASED_SERVICE),
                FrontEndTest.SPNEGO,
                (GSSCredential) null,
                GSSContext.DEFAULT_LIFETIME);
        return context.initSecContext(new byte[0], 0, 0);
    }

    private static HttpResponse<String> send(URI uri, byte[] token) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .header(
                                "Authorization",
                                "Negotiate " + Base64.getEncoder().encodeToString(token))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String run(Path folder, Path cache, String... command) throws Exception {
        Path out = folder.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(List.of(command));
        builder.environment().put("KRB5_CONFIG", MitKdc.shared().krb5Conf().toString());
        builder.environment().put("KRB5CCNAME", "FILE:" + cache);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), command[0] + " does not end");
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(out);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
