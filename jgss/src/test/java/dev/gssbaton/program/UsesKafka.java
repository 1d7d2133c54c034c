package dev.gssbaton.program;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A program that knows Kafka alone: for each line of its input, which has a topic and a number, new clients send so many messages to the
 * topic and get them back as a group of consumers.
 */
public final class UsesKafka {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Map<String, String> CLIENT = Map.of(
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "GSSAPI",
            "sasl.kerberos.service.name", "kafka");

    private UsesKafka() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            int messages = Integer.parseInt(words[1]);
            send(args[0], words[0], messages);
            out.println(receive(args[0], words[0], messages) + " of " + messages);
        }
    }

    private static Map<String, Object> settings(String broker, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.putAll(CLIENT);
        settings.put("bootstrap.servers", broker);
        return settings;
    }

    private static void send(String broker, String topic, int messages) throws Exception {
        String serializer = "org.apache.kafka.common.serialization.StringSerializer";
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings(
                broker,
                Map.of(
                        "key.serializer", serializer,
                        "value.serializer", serializer,
                        "max.block.ms", (int) LIMIT.toMillis())))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, message(i))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** Tells how many messages come back in the order in which they were sent. */
    private static int receive(String broker, String topic, int messages) {
        String deserializer = "org.apache.kafka.common.serialization.StringDeserializer";
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings(
                broker,
                Map.of(
                        "group.id",
                        "group of " + topic,
                        "auto.offset.reset",
                        "earliest",
                        "key.deserializer",
                        deserializer,
                        "value.deserializer",
                        deserializer)))) {
            consumer.subscribe(List.of(topic));
            long end = System.nanoTime() + LIMIT.toNanos();
            int received = 0;
            while (received < messages && System.nanoTime() < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (!record.value().equals(message(received))) {
                        return received;
                    }
                    received++;
                }
            }
            consumer.commitSync();
            return received;
        }
    }

    private static String message(int number) {
        return "message " + number + " ".repeat(number % 500) + ".";
    }
}
