package dev.gssbaton.jgss;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.ForkedJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * A Kafka broker on 127.0.0.1 that is its own controller and lets in nobody but by SASL with GSSAPI, and JVMs of its clients. All of
 * them have Baton as the first security provider; whether it is used, the export decides, which only one side's JVMs have.
 */
final class KafkaBroker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final int ATTEMPTS = 3;
    private static final String EXPORT = "--add-exports=java.security.jgss/sun.security.jgss.spi=ALL-UNNAMED";

    private final Path folder;
    private final Side side;
    private final Path security;
    private final Path jaas;
    private final ForkedJvm broker;
    private int port;

    /**
     * Starts a broker.
     *
     * @param folder an empty folder of its own
     * @param side on whose mechanism it and its clients are
     * @param service {@code kafka/localhost}
     * @param user the clients' account
     */
    KafkaBroker(Path folder, Side side, Account service, Account user) throws Exception {
        this.folder = folder;
        this.side = side;
        security = Files.write(folder.resolve("baton.security"), Jvm.firstInTheList("Baton"));
        jaas = Files.writeString(
                folder.resolve("jaas.conf"), entry("KafkaServer", service) + entry("KafkaClient", user));
        broker = start(service);
    }

    private static String entry(String name, Account account) {
        return """
                %s { com.sun.security.auth.module.Krb5LoginModule required
                  useKeyTab=true storeKey=true keyTab="%s" principal="%s"; };
                """.formatted(name, account.keytab(), account.principal());
    }

    /** Starts the broker on free ports; should somebody else take one meanwhile, on others. */
    private ForkedJvm start(Account service) throws Exception {
        for (int attempt = 1; ; attempt++) {
            Path settings = format(Files.createDirectory(folder.resolve("broker-" + attempt)));
            ForkedJvm jvm = jvm(Kafka.class, "broker", service)
                    .jvm("-Xmx256m")
                    .arguments(settings.toString())
                    .start();
            if (listens(jvm)) {
                return jvm;
            }
            jvm.close();
            if (attempt == ATTEMPTS) {
                throw new IOException("Kafka does not start: " + jvm.errors());
            }
        }
    }

    private Path format(Path home) throws IOException {
        int controller;
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = one.getLocalPort();
            controller = other.getLocalPort();
        }
        Path settings = Files.writeString(
                home.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%2$d
                controller.listener.names=CONTROLLER
                listeners=SASL_PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=SASL_PLAINTEXT://localhost:%1$d
                listener.security.protocol.map=CONTROLLER:SASL_PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT
                inter.broker.listener.name=SASL_PLAINTEXT
                sasl.mechanism.inter.broker.protocol=GSSAPI
                sasl.mechanism.controller.protocol=GSSAPI
                sasl.enabled.mechanisms=GSSAPI
                sasl.kerberos.service.name=kafka
                log.dirs=%3$s
                num.partitions=1
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                group.initial.rebalance.delay.ms=0
                """.formatted(port, controller, home.resolve("log")));
        formatStorage(settings);
        return settings;
    }

    /** Does what {@code kafka-storage.sh} does. */
    private static synchronized void formatStorage(Path settings) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] format = {"format", "-c", settings.toString(), "-t", "AAAAAAAAAAAAAAAAAAAAAQ"};
        if (StorageTool.execute(format, new PrintStream(said, true, StandardCharsets.UTF_8)) != 0) {
            throw new IOException("Kafka's storage is not formatted: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    private boolean listens(ForkedJvm jvm) throws InterruptedException {
        while (jvm.handle().isAlive()) {
            try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return connection.isConnected();
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        return false;
    }

    private ForkedJvm.Builder jvm(Class<?> main, String name, Account account) {
        ForkedJvm.Builder builder = ForkedJvm.running(main)
                .kdc(account.kdc())
                .jvm(
                        "-Djava.security.properties=" + security,
                        "-Djava.security.auth.login.config=" + jaas,
                        "-Dbaton.home=" + home(name),
                        "-Xlog:class+load=info:file=" + classes(name))
                .timeLimit(LIMIT);
        return side == Side.BATON ? builder.jvm(EXPORT) : builder;
    }

    private Path home(String name) {
        return folder.resolve(name + "-home");
    }

    private Path classes(String name) {
        return folder.resolve(name + "-classes");
    }

    int port() {
        return port;
    }

    /** Starts a program in a JVM like the broker's, which takes the broker's address and speaks with this one. */
    ForkedJvm client(Class<?> main, String name, Account user) {
        return jvm(main, name, user).arguments("localhost:" + port).start();
    }

    /**
     * Tells whose GSS-API has protected something in a JVM, which is how each side of a SASL exchange ends: by the classes that the JVM
     * has loaded.
     */
    Set<Side> protectedBy(String name) throws IOException {
        Set<Side> sides = new TreeSet<>();
        try (Stream<String> lines = Files.lines(classes(name))) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (line.contains(" dev.gssbaton.krb5.token.WrapToken ")) {
                    sides.add(Side.BATON);
                } else if (line.contains(" sun.security.jgss.krb5.MessageToken_v2$MessageTokenHeader ")) {
                    sides.add(Side.JDK);
                }
            }
        }
        return sides;
    }

    /** Tells whether a JVM has written anything to the place where Baton's acceptors remember authenticators. */
    boolean remembers(String name) {
        return Files.exists(home(name));
    }

    @Override
    public void close() {
        broker.close();
    }
}
