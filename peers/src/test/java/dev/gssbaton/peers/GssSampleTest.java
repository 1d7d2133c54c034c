package dev.gssbaton.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Requires({NativePeer.MIT, NativePeer.GSS_SAMPLE})
@Timeout(60)
class GssSampleTest {
    private static final byte[] MESSAGE = "over the wire".getBytes(StandardCharsets.UTF_8);

    private static MitKdc kdc;
    private static Account alice;
    private static Account service;

    @BeforeAll
    static void accounts() {
        kdc = MitKdc.shared();
        alice = kdc.account("alice");
        service = kdc.account("sample/localhost");
    }

    @ParameterizedTest
    @EnumSource
    void clientAndServerWithEachEnctype(Enctype enctype) {
        Account own = kdc.account("sample" + enctype.number() + "/localhost", enctype);
        try (GssSampleServer server = GssSample.server(own)) {
            ProgramResult result = GssSample.client(alice, own, server.port(), "hello", "-mcount", "3");
            assertEquals(0, result.exitCode(), result::output);
            assertEquals(3, occurrences(result.output(), "Signature verified."), result::output);
            assertEquals(3, occurrences(server.log(), "Received message: \"hello\""), server::log);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-nw", "-nx", "-nm", "-seq", "-noreplay", "-nomutual", "-d"})
    void clientsOptions(String option) {
        try (GssSampleServer server = GssSample.server(service)) {
            ProgramResult result = GssSample.client(alice, service, server.port(), "hello", option);
            assertEquals(0, result.exitCode(), result::output);
            assertEquals(option.equals("-nomutual"), !result.output().contains("GSS_C_MUTUAL_FLAG"), result::output);
            assertEquals(option.equals("-noreplay"), !result.output().contains("GSS_C_REPLAY_FLAG"), result::output);
            assertEquals(option.equals("-seq"), result.output().contains("GSS_C_SEQUENCE_FLAG"), result::output);
            assertEquals(option.equals("-d"), result.output().contains("GSS_C_DELEG_FLAG"), result::output);
        }
    }

    @Test
    void serverThatExports() {
        try (GssSampleServer server = GssSample.server(service, "-export")) {
            ProgramResult result = GssSample.client(alice, service, server.port(), "hello");
            assertEquals(0, result.exitCode(), result::output);
            assertTrue(server.log().contains("Exported context"), server::log);
        }
    }

    @Test
    void aServiceWithoutThatKeyIsRefused() {
        Account other = kdc.account("other-sample/localhost");
        try (GssSampleServer server = GssSample.server(other)) {
            ProgramResult result = GssSample.client(alice, service, server.port(), "hello");
            assertNotEquals(0, result.exitCode(), result::output);
            assertFalse(result.output().contains("Signature verified."), result::output);
        }
    }

    @Test
    void nobodyListens() throws IOException {
        // Bound without listening: nobody else can take the port in the meantime.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ProgramResult result = GssSample.client(alice, service, taken.getLocalPort(), "hello");
            assertEquals(1, result.exitCode());
            assertTrue(result.output().contains("Connection refused"), result::output);
        }
    }

    @Test
    void clientOfOursWithMessagesInFlight() throws Exception {
        try (JgssPeer peer = JgssPeer.jdk(kdc);
                GssSampleServer server = GssSample.server(service)) {
            PeerContext initiator = peer.initiator(alice, service, ContextRequest.full());
            try (GssSampleClient client = GssSampleClient.connect(server.port(), initiator)) {
                client.exchange(MESSAGE);
                for (int i = 0; i < 20; i++) {
                    client.send(MESSAGE, GssSampleClient.Protection.values());
                }
                for (int i = 0; i < 20; i++) {
                    assertTrue(client.awaitAnswer().inSequence());
                }
                client.send(MESSAGE);
                assertNull(client.awaitAnswer());
                client.send(MESSAGE, GssSampleClient.Protection.WRAP, GssSampleClient.Protection.ANSWER_MIC);
                assertTrue(client.awaitAnswer().inSequence());
            }
            assertEquals(23, occurrences(server.log(), "Received message: \"over the wire\""), server::log);
        }
    }

    @Test
    void clientOfOursWithoutMutualAuthentication() throws Exception {
        ContextRequest request = ContextRequest.of(ContextRequest.Flag.CONFIDENTIALITY, ContextRequest.Flag.INTEGRITY);
        try (JgssPeer peer = JgssPeer.jdk(kdc);
                GssSampleServer server = GssSample.server(service);
                GssSampleClient client =
                        GssSampleClient.connect(server.port(), peer.initiator(alice, service, request))) {
            client.send(MESSAGE, GssSampleClient.Protection.values());
            client.awaitAnswer();
        }
    }

    @Test
    void severalConnectionsAtOnce() throws Exception {
        try (JgssPeer peer = JgssPeer.jdk(kdc);
                GssSampleServer server = GssSample.server(service);
                GssSampleClient one =
                        GssSampleClient.connect(server.port(), peer.initiator(alice, service, ContextRequest.full()));
                GssSampleClient two =
                        GssSampleClient.connect(server.port(), peer.initiator(alice, service, ContextRequest.full()))) {
            one.exchange(MESSAGE);
            two.exchange(MESSAGE);
            one.exchange(MESSAGE);
        }
    }

    @Test
    void closeEndsTheServersProcesses() throws Exception {
        List<ProcessHandle> before = children();
        try (JgssPeer peer = JgssPeer.jdk(kdc)) {
            GssSampleServer server = GssSample.server(service);
            GssSampleClient client =
                    GssSampleClient.connect(server.port(), peer.initiator(alice, service, ContextRequest.full()));
            client.exchange(MESSAGE);
            List<ProcessHandle> started = children().stream()
                    .filter(child -> !before.contains(child) && !child.equals(peer.handle()))
                    .toList();
            assertEquals(1, started.size());
            server.close();
            server.close();
            started.get(0).onExit().get(20, TimeUnit.SECONDS);
            assertThrows(IOException.class, () -> client.exchange(MESSAGE));
        }
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().toList();
    }

    private static int occurrences(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
