package dev.gssbaton.cli.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.Run;
import dev.gssbaton.cli.serve.Serving;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.GssSampleFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code baton connect} with {@code baton serve}, and with those who are no servers at all. */
@Timeout(120)
final class ConnectTest {
    private static final EmbeddedKdc KDC = EmbeddedKdc.shared();
    private static final Account SERVICE = KDC.account("host/localhost");
    private static final Account ALICE = KDC.account("alice");

    @TempDir
    private Path folder;

    @Test
    void bothEndsOfAContextMove() throws Exception {
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1")) {
            Run run = Connecting.run(folder, ALICE, serving.port(), SERVICE, "--messages", "100", "--handover", "60");
            Connecting.assertAnswered(run, 100, 56);
            serving.process().await("^" + ALICE.principal() + " .*: accepted, aes256-cts-hmac-sha1-96, worker 1$");
        }
    }

    @Test
    void nothingIsLeft() throws Exception {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        try (Serving serving = Serving.start(folder, SERVICE, "--workers", "1")) {
            Run run = Connecting.run(folder, ALICE, serving.port(), SERVICE);
            String pid = run.lines().get(1).replaceFirst(".* to process (\\d+) .*", "$1");
            assertTrue(ProcessHandle.of(Long.parseLong(pid)).isEmpty(), pid);
        }
        assertEquals(before, ProcessHandle.current().descendants().toList());
    }

    @Test
    void aServiceThatTheKdcDoesNotKnow() {
        Account unknown = new Account(KDC, "unknown/localhost", SERVICE.keytab());
        String said = assertFails(Connecting.run(folder, ALICE, 1, unknown));
        assertTrue(said.contains("no ticket for " + unknown.principal()), said);
    }

    @Test
    void anInitiatorThatIsNotInTheKeytab() {
        Account stranger = new Account(KDC, "stranger", ALICE.keytab());
        String said = assertFails(Connecting.run(folder, stranger, 1, SERVICE));
        assertTrue(said.contains(ALICE.keytab().toString()) && said.contains(stranger.principal()), said);
    }

    @Test
    void aMechanismThatIsNotThere() {
        String said = assertFails(Connecting.run(folder, ALICE, 1, SERVICE, "--mech", "spnego"));
        assertTrue(said.contains("there is no mechanism spnego, only ") && said.contains("krb5"), said);
    }

    @Test
    void aServerWithoutTheServicesKey() throws Exception {
        try (Serving serving = Serving.start(folder, KDC.account("HTTP/localhost"), "--workers", "1")) {
            String said = assertFails(Connecting.run(folder, ALICE, serving.port(), SERVICE));
            assertTrue(said.contains("KRB_AP_ERR_"), said);
        }
    }

    @Test
    void nobodyListens() throws IOException {
        // Bound without listening: nobody else can take the port in the meantime.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String said = assertFails(Connecting.run(folder, ALICE, taken.getLocalPort(), SERVICE));
            assertTrue(
                    said.contains("cannot connect to 127.0.0.1:" + taken.getLocalPort() + " (Connection refused)"),
                    said);
        }
    }

    @Test
    void aServerThatSaysNothing() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String said = assertFails(Connecting.run(folder, ALICE, silent.getLocalPort(), SERVICE, "--timeout", "2"));
            assertTrue(said.contains(" has not answered for 2 s: is it gss-server?"), said);
        }
    }

    @Test
    void aServerThatEnds() throws Exception {
        assertTrue(said(answering()).contains("the server ended before the context was established"));
    }

    @Test
    void aServerThatSaysSomethingElse() throws Exception {
        assertTrue(said(answering(GssSampleFrame.MIC)).contains("a frame with flags 8 where a token of the context"));
    }

    @Test
    void aServerThatEndsAfterTheHandOver() throws Exception {
        // Without mutual authentication and MICs anybody can play the server.
        int[] answers = {GssSampleFrame.NOOP, GssSampleFrame.NOOP, GssSampleFrame.NOOP};
        Run run = run(
                answering(answers), "--no-mutual", "--no-mic", "--messages", "6", "--handover", "2", "--ahead", "1");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("the server ended before it answered message 4"), run.err());
        assertTrue(run.out().contains("\nanswered 3 of 6 messages: 1 in this process, 2 in process "), run.out());
    }

    /** Returns a server that reads all it is sent, answers with empty frames, and ends. */
    private static ServerSocket answering(int... flags) throws IOException {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread server = new Thread(() -> {
            try (Socket client = listener.accept()) {
                GssSampleFrame.read(client.getInputStream());
                GssSampleFrame.read(client.getInputStream());
                for (int flag : flags) {
                    new GssSampleFrame(flag, new byte[0]).write(client.getOutputStream());
                }
                client.shutdownOutput();
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The client has gone.
            }
        });
        server.setDaemon(true);
        server.start();
        return listener;
    }

    private String said(ServerSocket server) throws IOException {
        return assertFails(run(server));
    }

    private Run run(ServerSocket server, String... options) throws IOException {
        try (server) {
            return Connecting.run(folder, ALICE, server.getLocalPort(), SERVICE, options);
        }
    }

    /** It fails in one line, before there is a conversation. */
    private static String assertFails(Run run) {
        assertEquals(1, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("baton connect: "), run.err());
        assertEquals("", run.out());
        return run.err();
    }
}
