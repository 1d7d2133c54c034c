package dev.gssbaton.krb5.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.peers.JgssPeer;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.PeerContext;
import dev.gssbaton.peers.Received;
import dev.gssbaton.peers.Requires;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was read of the libraries' tokens and written again, their libraries take, and go on as from their own. Those of Heimdal's
 * git master go to it if {@code -Dbaton.heimdal-8=} names its {@code libgssapi.so.3}.
 */
@Requires({NativePeer.MIT, NativePeer.HEIMDAL})
class ForeignCorpusPeersTest {
    private static final Map<String, JgssPeer> PEERS = new HashMap<>();

    static List<ForeignToken> tokens() {
        return ForeignToken.all().stream()
                .filter(token -> !token.exporter().format().equals("heimdal-8")
                        || !HeimdalOrderPeersTest.library().isEmpty())
                .toList();
    }

    @AfterAll
    static void end() {
        PEERS.values().forEach(JgssPeer::close);
        PEERS.clear();
    }

    private static JgssPeer peer(String format) {
        return PEERS.computeIfAbsent(format, name -> switch (name) {
            case "mit" -> JgssPeer.nativeLibrary(NativePeer.MIT, MitKdc.shared());
            case "heimdal-7" -> JgssPeer.nativeLibrary(NativePeer.HEIMDAL, MitKdc.shared());
            default ->
                JgssPeer.nativeLibrary(
                        NativePeer.HEIMDAL,
                        MitKdc.shared(),
                        "-Dsun.security.jgss.lib=" + HeimdalOrderPeersTest.library());
        });
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void library_goes_on_from_what_was_written_again(ForeignToken token) throws Exception {
        byte[] written;
        // With an end that has not come, whenever this runs: MIT krb5 takes no context that has ended.
        try (ContextState state = token.read(token.octets());
                ContextState lasting =
                        ForeignStates.endingAt(state, Instant.now().plus(Duration.ofHours(1)))) {
            written = token.write(lasting);
        }
        PeerContext context = peer(token.exporter().format()).imported(written);
        for (ForeignToken.Message message : token.messages("underWay")) {
            Received received = message.kind().equals("mic")
                    ? context.verifyMic(message.token(), message.octets())
                    : context.unwrap(message.token());
            assertTrue(received.inSequence(), received::toString);
        }
        for (ForeignToken.Message message : token.messages("sent")) {
            // What has a confounder is another one each time.
            if (message.kind().equals("mic")) {
                assertArrayEquals(message.token(), context.mic(message.octets()));
            } else {
                assertEquals(
                        message.token().length,
                        context.wrap(message.octets(), message.kind().equals("wrap-conf")).length);
            }
        }
        context.close();
    }
}
