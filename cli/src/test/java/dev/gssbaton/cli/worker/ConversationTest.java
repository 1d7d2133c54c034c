package dev.gssbaton.cli.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.cli.MockPair;
import dev.gssbaton.cli.dispatch.Listening;
import dev.gssbaton.cli.sample.Answers;
import dev.gssbaton.cli.sample.Exchange;
import dev.gssbaton.cli.sample.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConversationTest {
    private static final int MESSAGES = 8000;
    /** Of an answer without content. */
    private static final int ANSWER = 5;

    @Test
    void whoSendsManyMessagesAtOnceLeavesTheOthersTheirTurn() throws Exception {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        for (int i = 0; i < MESSAGES; i++) {
            Frame.empty(Frame.DATA).write(Channels.newChannel(messages));
        }
        MockPair pair = MockPair.establish(
                BatonManager.builder().claims(ProcessClaims.ofProcess()).build());
        try (Listening listening = Listening.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listening.address())) {
            SocketChannel server = listening.accept();
            client.configureBlocking(false);
            Conversation conversation = new Conversation(
                    new SessionNote(SessionNote.newId(), "alice"),
                    pair.acceptor(),
                    server,
                    messages.toByteArray(),
                    new byte[0],
                    new Exchange(pair.acceptor(), Answers.MIC, "worker 1"));
            try (Selector selector = server.provider().openSelector()) {
                assertTrue(conversation.begin(selector));
                int answered = available(client);
                assertTrue(answered > 0 && answered < MESSAGES * ANSWER, "octets of answers: " + answered);
                int turns = 1;
                while (answered < MESSAGES * ANSWER) {
                    selector.select();
                    selector.selectedKeys().clear();
                    assertTrue(conversation.ready());
                    answered += available(client);
                    turns++;
                }
                assertEquals(MESSAGES * ANSWER, answered);
                assertTrue(turns < 20, "turns: " + turns);
                // Nothing is left, and it waits for the client again.
                assertTrue(conversation.ready());
                assertEquals(0, available(client));
                assertEquals(SelectionKey.OP_READ, server.keyFor(selector).interestOps());
                conversation.close();
            }
        }
    }

    private static int available(SocketChannel client) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(MESSAGES * ANSWER + 1);
        while (client.read(octets) > 0) {
            // What has come by now.
        }
        return octets.position();
    }
}
