package dev.gssbaton.krb5.format;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.krb5.ContextState;
import dev.gssbaton.krb5.Krb5Context;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.UnsealedExporter;
import dev.gssbaton.testkit.UnsealedExporterFixture;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;

/** A token that a C library wrote, and what is known of it: a file under {@code src/test/resources/foreign}. */
record ForeignToken(String name, UnsealedExporter exporter, Properties facts) {
    /** The formats of the libraries. */
    static final List<UnsealedExporter> EXPORTERS =
            List.of(new MitContextExporter(), new Heimdal7ContextExporter(), new Heimdal8ContextExporter());

    private static final SecureRandom RANDOM = new SecureRandom();

    static List<ForeignToken> all() {
        try (Stream<Path> files =
                Files.list(Path.of(ForeignToken.class.getResource("/foreign").toURI()))) {
            return files.filter(file -> file.toString().endsWith(".properties"))
                    .sorted()
                    .map(ForeignToken::read)
                    .toList();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static ForeignToken named(String name) {
        return all().stream()
                .filter(token -> token.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What the libraries wrote in an exporter's format, and in others. */
    static UnsealedExporterFixture fixture(UnsealedExporter exporter) {
        Map<Boolean, List<byte[]>> own = all().stream()
                .collect(Collectors.partitioningBy(
                        token -> token.exporter.format().equals(exporter.format()),
                        Collectors.mapping(ForeignToken::octets, Collectors.toList())));
        return new UnsealedExporterFixture(exporter, own.get(true), own.get(false));
    }

    private static ForeignToken read(Path file) {
        Properties facts = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            facts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String name = file.getFileName().toString().replace(".properties", "");
        return new ForeignToken(
                name,
                EXPORTERS.stream()
                        .filter(exporter -> name.startsWith(exporter.format()))
                        .findFirst()
                        .orElseThrow(),
                facts);
    }

    byte[] octets() {
        return hex("token");
    }

    String fact(String key) {
        return facts.getProperty(key);
    }

    long number(String key) {
        return Long.parseLong(fact(key));
    }

    byte[] hex(String key) {
        return HexFormat.of().parseHex(fact(key));
    }

    /** The messages of one kind of occasion, in their order. */
    List<Message> messages(String occasion) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; facts.containsKey(occasion + "." + i); i++) {
            String[] parts = fact(occasion + "." + i).split(" ", -1);
            messages.add(new Message(
                    parts[0], HexFormat.of().parseHex(parts[1]), HexFormat.of().parseHex(parts[2])));
        }
        return messages;
    }

    /** A message, and how it went over the wire. */
    static final class Message {
        private final String kind;
        private final byte[] octets;
        private final byte[] token;

        private Message(String kind, byte[] octets, byte[] token) {
            this.kind = kind;
            this.octets = octets;
            this.token = token;
        }

        String kind() {
            return kind;
        }

        byte[] octets() {
            return octets;
        }

        byte[] token() {
            return token;
        }
    }

    /** Reads octets by this token's format, away from the ends of an array. */
    ContextState read(byte[] token) throws GSSException {
        byte[] shifted = new byte[token.length + 10];
        System.arraycopy(token, 0, shifted, 5, token.length);
        StateReader in = new StateReader(shifted, 5, token.length);
        return ((Krb5Context) exporter.read(in, Delegation.DROP, environment())).state();
    }

    /** Writes a context in this token's format. */
    byte[] write(ContextState state) throws GSSException {
        return write(exporter, state);
    }

    /** Writes a context in a format. */
    static byte[] write(Encoder encoder, ContextState state) throws GSSException {
        try (StateWriter out = new StateWriter(3, 16)) {
            encoder.encode(state, out);
            return Arrays.copyOfRange(out.array(), 3, out.position());
        }
    }

    /** A format's way to write. */
    @FunctionalInterface
    interface Encoder {
        /** Writes a context. */
        void encode(ContextState state, StateWriter out) throws GSSException;
    }

    private static byte[] write(UnsealedExporter exporter, ContextState state) throws GSSException {
        try (StateWriter out = new StateWriter(3, 16)) {
            exporter.write(Krb5Context.established(state), Delegation.DROP, out);
            return Arrays.copyOfRange(out.array(), 3, out.position());
        }
    }

    private static Environment environment() {
        return new Environment(Clock.systemUTC(), RANDOM, ProcessClaims.ofProcess());
    }

    @Override
    public String toString() {
        return name;
    }
}
