package dev.gssbaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.Delegation;
import dev.gssbaton.spi.Environment;
import dev.gssbaton.spi.MechanismContext;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an export and an import leave in the log and in a flight recording, and what they do not. */
class TraceTest {
    private static final Logger LOG = Logger.getLogger("dev.gssbaton");

    /** Fewer octets in a row may be there by chance. */
    private static final int TELLING = 6;

    @TempDir
    private Path folder;

    private final List<byte[]> keys = new ArrayList<>();
    private final BatonManager manager = BatonManager.builder()
            .keys(new ToyKeys())
            .claims(new ToyClaims())
            .exporter(new ToyExporter() {
                @Override
                public MechanismContext read(StateReader in, Delegation delegation, Environment environment)
                        throws GSSException {
                    ToyContext context = (ToyContext) super.read(in, delegation, environment);
                    keys.add(context.copyKey());
                    return context;
                }
            })
            .build();

    private Handler handler;

    private void listen(Handler listener) {
        handler = listener;
        handler.setLevel(Level.ALL);
        LOG.setLevel(Level.ALL);
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        if (handler != null) {
            LOG.removeHandler(handler);
        }
        LOG.setLevel(null);
        LOG.setUseParentHandlers(true);
    }

    /** Exports, imports twice, and imports a changed token: gives the token. */
    private byte[] transfer() throws GSSException {
        ToyPair pair = ToyPair.establish(manager);
        byte[] token = pair.acceptor().export();
        assertThrows(GSSException.class, pair.acceptor()::export);
        assertThrows(GSSException.class, () -> pair.initiator()
                .exportToken(ExportOptions.defaults().withFormat("org.example.none")));
        assertTrue(manager.createContext(token).isEstablished());
        assertThrows(GSSException.class, () -> manager.createContext(token));
        byte[] changed = token.clone();
        changed[token.length - 1] ^= 1;
        assertThrows(GSSException.class, () -> manager.createContext(changed));
        assertThrows(GSSException.class, () -> manager.createContext(new byte[0]));
        return token;
    }

    /** The digits that both processes' logs show. */
    private static String id(byte[] token) throws GSSException {
        return TokenHeader.decode(token).id().toString();
    }

    private void assertTellsNothing(byte[] trace, byte[] token) {
        List<byte[]> secrets = new ArrayList<>(keys);
        assertFalse(secrets.isEmpty());
        secrets.add(Arrays.copyOfRange(token, TokenHeader.SIZE, token.length));
        String text = new String(trace, StandardCharsets.ISO_8859_1);
        for (byte[] secret : secrets) {
            for (int at = 0; at + TELLING <= secret.length; at++) {
                byte[] part = Arrays.copyOfRange(secret, at, at + TELLING);
                String hex = HexFormat.of().formatHex(part);
                assertFalse(text.contains(new String(part, StandardCharsets.ISO_8859_1)), "octets at " + at);
                assertFalse(text.contains(hex), "digits at " + at);
                assertFalse(text.contains(hex.toUpperCase(Locale.ROOT)), "digits at " + at);
                if (at % 3 == 0) {
                    assertFalse(text.contains(Base64.getEncoder().encodeToString(part)), "Base64 at " + at);
                }
            }
        }
    }

    @Test
    void whatIsSearchedForWouldBeFound() throws GSSException {
        byte[] token = transfer();
        for (byte[] leak : List.of(
                keys.get(0),
                HexFormat.of().formatHex(keys.get(0)).getBytes(StandardCharsets.US_ASCII),
                Base64.getEncoder().encode(keys.get(0)),
                token)) {
            assertThrows(AssertionError.class, () -> assertTellsNothing(leak, token));
        }
    }

    @Test
    void theLogNamesTheTokenByItsFirstDigitsAndSaysNothingSecret() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        SimpleFormatter formatter = new SimpleFormatter();
        listen(new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getLevel() + " " + formatter.formatMessage(line) + " " + line.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        byte[] token = transfer();
        String id = id(token);
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith("FINE token " + id + ": exported")), lines::toString);
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith("FINE token " + id + ": imported")), lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.startsWith("WARNING import refused for token " + id + ": ALREADY_TAKEN: "
                                + TransferFault.ALREADY_TAKEN.text())),
                lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.startsWith(
                                "WARNING import refused: SEAL_BROKEN: " + TransferFault.SEAL_BROKEN.text())),
                lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.startsWith(
                                "WARNING export refused: NO_EXPORTER: " + TransferFault.NO_EXPORTER.text())),
                lines::toString);
        assertTellsNothing(String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1), token);
    }

    @Test
    void aLogThatFailsLosesNoContext() throws Exception {
        listen(new Handler() {
            @Override
            public void publish(LogRecord line) {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        transfer();
    }

    @Test
    void aRecordingHoldsEachStepAndNothingSecret() throws Exception {
        Path file = folder.resolve("transfer.jfr");
        byte[] token;
        try (Recording recording = new Recording()) {
            for (String name : List.of("Export", "Import", "Claim", "Refusal")) {
                recording.enable("dev.gssbaton." + name);
            }
            recording.start();
            token = transfer();
            recording.stop();
            recording.dump(file);
        }
        String id = id(token);

        List<RecordedEvent> exports = events(file, "Export");
        assertEquals(1, exports.size());
        assertEquals(id, exports.get(0).getString("token"));
        assertEquals(ToyMechanism.OID.toString(), exports.get(0).getString("mechanism"));
        assertEquals("baton", exports.get(0).getString("format"));
        assertEquals(token.length, exports.get(0).getInt("size"));

        List<RecordedEvent> imports = events(file, "Import");
        assertEquals(1, imports.size());
        assertEquals(id, imports.get(0).getString("token"));
        assertEquals(ToyMechanism.OID.toString(), imports.get(0).getString("mechanism"));
        assertEquals("this test", imports.get(0).getString("scope"));

        List<RecordedEvent> claims = events(file, "Claim");
        assertEquals(
                List.of("WON", "LOST"),
                claims.stream().map(claim -> claim.getString("outcome")).toList());
        for (RecordedEvent claim : claims) {
            assertEquals(id, claim.getString("token"));
            assertEquals("this test", claim.getString("scope"));
        }

        List<RecordedEvent> refusals = events(file, "Refusal");
        assertEquals(
                List.of("export", "import", "import", "import"),
                refusals.stream().map(refusal -> refusal.getString("operation")).toList());
        assertEquals(
                List.of("NO_EXPORTER", "ALREADY_TAKEN", "SEAL_BROKEN", "TOKEN_EMPTY"),
                refusals.stream().map(refusal -> refusal.getString("fault")).toList());
        assertTrue(refusals.get(0).getString("reason").startsWith(TransferFault.NO_EXPORTER.text()));
        assertTrue(refusals.get(1).getString("reason").startsWith(TransferFault.ALREADY_TAKEN.text()));
        assertEquals(id, refusals.get(1).getString("token"));
        assertEquals(TransferFault.SEAL_BROKEN.text(), refusals.get(2).getString("reason"));
        assertNull(refusals.get(2).getString("token"), "a token that did not open");
        assertEquals(TransferFault.TOKEN_EMPTY.text(), refusals.get(3).getString("reason"));

        assertTellsNothing(Files.readAllBytes(file), token);
    }

    private static List<RecordedEvent> events(Path file, String name) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.gssbaton." + name))
                .toList();
    }

    @Test
    void aRefusalThatIsNoFaultOfATransferHasNoName() throws Exception {
        Path file = folder.resolve("other.jfr");
        GSSException other = TransferFault.refusal(GSSException.FAILURE, "something else");
        List<String> lines = new CopyOnWriteArrayList<>();
        listen(new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        try (Recording recording = new Recording()) {
            recording.enable("dev.gssbaton.Refusal");
            recording.start();
            TransferLog.refused("import", null, other);
            recording.stop();
            recording.dump(file);
        }
        RecordedEvent refusal = events(file, "Refusal").get(0);
        assertNull(refusal.getString("fault"));
        assertEquals("something else", refusal.getString("reason"));
        assertEquals(List.of("import refused: something else"), lines);
    }

    @Test
    void eachEventAndFieldIsDescribed() {
        for (Class<? extends Event> event :
                List.of(ExportEvent.class, ImportEvent.class, ClaimEvent.class, OfferEvent.class, RefusalEvent.class)) {
            EventType type = EventType.getEventType(event);
            assertNotNull(type.getDescription(), type.getName());
            // The recorder's own fields, of time, thread and stack, are of other types.
            List<ValueDescriptor> own = type.getFields().stream()
                    .filter(field -> Set.of("java.lang.String", "int").contains(field.getTypeName()))
                    .toList();
            assertFalse(own.isEmpty(), type.getName());
            for (ValueDescriptor field : own) {
                assertNotNull(field.getDescription(), type.getName() + "." + field.getName());
            }
        }
    }

    @Test
    void withoutARecordingNothingIsWritten() throws Exception {
        Path file = folder.resolve("nothing.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("Export", "Import", "Claim", "Refusal")) {
                recording.disable("dev.gssbaton." + name);
            }
            recording.start();
            transfer();
            recording.stop();
            recording.dump(file);
        }
        assertEquals(
                0,
                RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().startsWith("dev.gssbaton."))
                        .count());
    }
}
