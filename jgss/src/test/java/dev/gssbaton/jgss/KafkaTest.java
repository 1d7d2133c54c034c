package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.ForkedJvm;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.Scale;
import dev.gssbaton.program.UsesKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.security.auth.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Kafka broker and its clients, which authenticate by SASL, in JVMs started as Kafka's scripts start them: with the export, and so
 * on Baton's mechanism, and without it, on the JDK's.
 */
class KafkaTest {
    private static final int MESSAGES = Scale.times(200, 10_000);
    private static final String BROKER = "broker";
    private static final String CLIENTS = "clients";

    private static final Map<Side, KafkaBroker> BROKERS = new EnumMap<>(Side.class);
    private static final Map<Side, ForkedJvm> PROGRAMS = new EnumMap<>(Side.class);

    @TempDir
    private static Path folder;

    private static Account user;

    @BeforeAll
    static void start() throws Exception {
        user = EmbeddedKdc.shared().account("alice");
        Account service = EmbeddedKdc.shared().account("kafka/localhost");
        ExecutorService starters = Executors.newFixedThreadPool(Side.values().length);
        try {
            Map<Side, Future<KafkaBroker>> starting = new EnumMap<>(Side.class);
            for (Side side : Side.values()) {
                Path own = Files.createDirectory(folder.resolve(side.name()));
                starting.put(side, starters.submit(() -> new KafkaBroker(own, side, service, user)));
            }
            for (Side side : Side.values()) {
                BROKERS.put(side, starting.get(side).get());
                PROGRAMS.put(side, BROKERS.get(side).client(UsesKafka.class, CLIENTS, user));
            }
        } finally {
            starters.shutdown();
        }
    }

    @AfterAll
    static void stop() {
        PROGRAMS.values().forEach(ForkedJvm::close);
        PROGRAMS.clear();
        BROKERS.values().forEach(KafkaBroker::close);
        BROKERS.clear();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void messagesGoToABrokerAndBack(Side side) throws IOException {
        exchange(side, "messages", MESSAGES);
        KafkaBroker broker = BROKERS.get(side);
        assertEquals(Set.of(side), broker.protectedBy(BROKER));
        assertEquals(Set.of(side), broker.protectedBy(CLIENTS));
        assertEquals(side == Side.BATON, broker.remembers(BROKER));
    }

    private static void exchange(Side side, String topic, int messages) {
        PROGRAMS.get(side).println(topic + " " + messages);
        assertEquals(messages + " of " + messages, PROGRAMS.get(side).readLine());
    }

    @Test
    void badTokensGetTheJdksAnswersAndTheBrokerGoesOn() throws Exception {
        // A broker makes its GSSManager when the first connection comes, and knows of authenticators since then.
        exchange(Side.BATON, "before", 1);
        assertEquals(answersToBadTokens(Side.JDK), answersToBadTokens(Side.BATON));
        for (Side side : Side.values()) {
            exchange(side, "afterwards", 1);
        }
    }

    private static Map<String, String> answersToBadTokens(Side side) throws Exception {
        int port = BROKERS.get(side).port();
        Subject alice = Login.initiator(user);
        Map<String, String> answers = new LinkedHashMap<>();
        byte[] good = SaslPair.firstToken(alice, "kafka");
        assertEquals(KafkaPeer.GOES_ON, KafkaPeer.answer(port, good));
        answers.put("sent again", KafkaPeer.answer(port, good));
        for (Map.Entry<String, byte[]> bad :
                BadTokens.of(SaslPair.firstToken(alice, "kafka")).entrySet()) {
            answers.put(bad.getKey(), KafkaPeer.answer(port, bad.getValue()));
        }
        assertFalse(answers.containsValue(KafkaPeer.GOES_ON), answers.toString());
        assertEquals(KafkaPeer.GOES_ON, KafkaPeer.answer(port, SaslPair.firstToken(alice, "kafka")));
        return answers;
    }
}
