package dev.gssbaton.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.MockPair;
import dev.gssbaton.cli.Run;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.ietf.jgss.MessageProp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of the C libraries, which they wrote with throw-away keys, are looked at and converted. */
final class ConvertCommandTest {
    @TempDir
    private Path temp;

    private Path directory;
    private Properties mit;
    private Properties heimdal;

    @BeforeEach
    void read() throws IOException {
        directory = temp.resolve("baton");
        mit = properties("mit");
        heimdal = properties("heimdal-7");
    }

    private static Properties properties(String format) throws IOException {
        Properties properties = new Properties();
        try (Reader in = new InputStreamReader(
                ConvertCommandTest.class.getResourceAsStream(
                        "/foreign/" + format + "-aes256-cts-hmac-sha1-96-acceptor-after3.properties"),
                StandardCharsets.UTF_8)) {
            properties.load(in);
        }
        return properties;
    }

    @Test
    void aForeignTokenIsShownWithoutItsKeys() throws IOException {
        for (Properties token : List.of(mit, heimdal)) {
            Run run = Run.of("inspect", file(token).toString());
            assertEquals(0, run.exitCode(), run.err());
            assertShows(run, "format", token.equals(mit) ? "mit" : "heimdal-7");
            assertShows(run, "role", "acceptor");
            assertShows(run, "initiator", "alice@HANDOFF.TEST");
            assertShows(run, "enctype", "aes256-cts-hmac-sha1-96 (18)");
            assertShows(run, "ticket flags", token.equals(mit) ? "0x00290000" : "not known");
            assertEquals(token.equals(mit), run.out().contains("authenticated"));
            assertTrue(run.out().contains("keys in clear"), run.out());
            for (String key : List.of("sessionKey", "initiatorSubkey", "acceptorSubkey")) {
                assertFalse(run.out().contains(token.getProperty(key)), key);
            }
        }
    }

    @Test
    void aTokenIsConvertedAndGoesOn() throws Exception {
        Path output = temp.resolve("converted");
        Run there = convert("mit", "heimdal-7", file(mit), "--output", output.toString());
        assertEquals(0, there.exitCode(), there.err());
        assertEquals("", there.out());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(output)));
        Stores other = new Stores(temp.resolve("other"), "");
        other.prepare();
        BatonManager manager = other.manager().allowUnsealedImport("heimdal-7").build();
        BatonContext context = manager.createContext(Files.readAllBytes(output));
        String[] sent = mit.getProperty("sent.2").split(" ", -1);
        byte[] message = HexFormat.of().parseHex(sent[1]);
        context.wrap(message, 0, message.length, new MessageProp(true));
        context.wrap(message, 0, message.length, new MessageProp(true));
        assertArrayEquals(
                HexFormat.of().parseHex(sent[2]), context.getMIC(message, 0, message.length, new MessageProp(false)));
    }

    @Test
    void aTokenIsSealedAndUnsealedAgain() throws IOException {
        Run sealed = convert("mit", "baton", file(mit));
        assertEquals(0, sealed.exitCode(), sealed.err());
        Path file = Files.writeString(temp.resolve("sealed"), sealed.out());
        Run shown = Run.of("inspect", file.toString(), "--directory", directory.toString());
        assertShows(shown, "format", "baton");
        assertShows(shown, "initiator", "alice@HANDOFF.TEST");
        Run back = convert("baton", "mit", file);
        assertEquals(0, back.exitCode(), back.err());
        Path again = Files.writeString(temp.resolve("again"), back.out());
        assertShows(Run.of("inspect", again.toString()), "format", "mit");
    }

    @Test
    void aTokenIsTakenByConverting() throws IOException {
        assertEquals(0, convert("mit", "baton", file(mit)).exitCode());
        Run second = convert("mit", "baton", file(mit));
        assertEquals(1, second.exitCode());
        assertTrue(second.err().contains(TransferFault.ALREADY_TAKEN.text()), second.err());
    }

    @Test
    void whatCannotBeConvertedIsNotTaken() throws IOException {
        assertFails(convert("heimdal-7", "mit", file(mit)), "the token is of mit, not of heimdal-7");
        assertFails(convert("mit", "mit", Files.write(temp.resolve("none"), new byte[100])), "of no format known");
        assertFails(convert("mit", "mit", file(mit), "--output", file(heimdal).toString()), "is there already");
        byte[] late = HexFormat.of().parseHex(mit.getProperty("token"));
        late[73] = (byte) 0x80; // endtime
        Path file = Files.write(temp.resolve("late"), late);
        assertFails(convert("mit", "heimdal-7", file), "2038");
        Run converted = convert("mit", "baton", file);
        assertEquals(0, converted.exitCode(), converted.err());
    }

    @Test
    void aTokenThatCannotBePutAnywhereIsNotTaken() throws IOException {
        Path nowhere = temp.resolve("missing").resolve("converted");
        assertEquals(
                1,
                convert("mit", "baton", file(mit), "--output", nowhere.toString())
                        .exitCode());
        Path output = temp.resolve("converted");
        Run converted = convert("mit", "baton", file(mit), "--output", output.toString());
        assertEquals(0, converted.exitCode(), converted.err());
        Files.delete(output);
        Run again = convert("mit", "baton", file(mit), "--output", output.toString());
        assertEquals(1, again.exitCode(), "taken before");
        assertFalse(Files.exists(output), "an empty file stays behind");
    }

    /** Where no file can have more than 512 octets: keys and claims fit, and the new token does not. */
    @Test
    void aTokenThatHasNoRoomOnTheDiskIsNotTaken() throws Exception {
        Path home = temp.resolve("home");
        new Stores(home, "").prepare();
        Path input = file(mit);
        Path output = temp.resolve("converted");
        for (String[] target : new String[][] {{"baton", "--output", output.toString()}, {"heimdal-8"}}) {
            List<String> arguments = new ArrayList<>(List.of("convert", "--from", "mit", "--to"));
            arguments.addAll(List.of(target));
            arguments.add(input.toString());
            try (BatonProcess full = BatonProcess.start(
                    List.of("sh", "-c", "ulimit -f 1; exec \"$@\"", "sh"), temp, arguments.toArray(String[]::new))) {
                assertEquals(1, full.awaitExit(), () -> full.lines().toString());
                full.await("File too large");
            }
            assertFalse(Files.exists(output));
        }
        Run converted =
                Run.of("convert", "--from", "mit", "--to", "baton", "--directory", home.toString(), input.toString());
        assertEquals(0, converted.exitCode(), converted.err());
    }

    @Test
    void aTokenThatStandardOutputDoesNotTakeIsKept() throws Exception {
        String[] arguments = {
            "convert", "--from", "mit", "--to", "heimdal-8", file(mit).toString()
        };
        String kept;
        try (BatonProcess full =
                BatonProcess.start(List.of("sh", "-c", "exec \"$@\" > /dev/full", "sh"), temp, arguments)) {
            kept = full.await("the new token, of heimdal-8, is in (.*)").group(1);
            assertEquals(1, full.awaitExit());
            Path file = Path.of(kept);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertShows(Run.of("inspect", kept), "format", "heimdal-8");
            Files.delete(file);
        }
    }

    @Test
    void aTokenOfRc4IsConvertedWithConsentAlone() throws IOException {
        Path file = Files.writeString(temp.resolve("rc4"), ofRc4(mit));
        assertFails(convert("mit", "mit", file), "--shared-keystream");
        Run converted = convert("mit", "mit", file, "--shared-keystream");
        assertEquals(0, converted.exitCode(), converted.err());
    }

    /** Cuts the keys of a token of MIT's to those of rc4-hmac, and says so wherever it must. */
    private static String ofRc4(Properties mit) {
        return mit.getProperty("token")
                .replaceFirst("ffffffff00000000ffffffff", "000000110000000800000010")
                .replaceAll(
                        "970ea7030000001200000020([0-9a-f]{32})[0-9a-f]{32}970ea703",
                        "970ea7030000001700000010$1970ea703")
                .replaceFirst("(970ea703.{48}970ea703)970ea738", "$1$1$1970ea738")
                .replaceFirst("0000000100000010(970ea703.{48}970ea703)00000010", "00000000ffffff76$1ffffff76")
                // The acceptor repeats the initiator's subkey.
                .replace(
                        mit.getProperty("acceptorSubkey").substring(0, 32),
                        mit.getProperty("initiatorSubkey").substring(0, 32));
    }

    @Test
    void anotherMechanismsTokenIsRefused() throws Exception {
        Stores stores = new Stores(directory, "");
        stores.prepare();
        byte[] token = MockPair.establish(stores.manager().build()).acceptor().export();
        assertFails(convert("baton", "mit", Files.write(temp.resolve("mock"), token)), "of another mechanism");
    }

    @Test
    void anUnknownFormatIsBadUse() throws IOException {
        Run run = convert("mit", "lucid", file(mit));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--to is baton, heimdal-7, heimdal-8, mit"), run.err());
    }

    private static void assertFails(Run run, String message) {
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains(message), run.err());
        assertEquals("", run.out());
    }

    private Run convert(String from, String to, Path file, String... options) {
        List<String> all = new ArrayList<>(
                List.of("convert", "--from", from, "--to", to, "--directory", directory.toString(), file.toString()));
        all.addAll(List.of(options));
        return Run.of(all.toArray(String[]::new));
    }

    private Path file(Properties token) throws IOException {
        return Files.writeString(
                temp.resolve(token.equals(mit) ? "mit.hex" : "heimdal.hex"), token.getProperty("token"));
    }

    private static void assertShows(Run run, String what, String value) {
        assertTrue(
                run.lines().contains("%-14s %s".formatted(what, value)), () -> what + " " + value + "\n" + run.out());
    }
}
