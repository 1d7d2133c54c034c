package dev.gssbaton.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeysCommandTest {
    @TempDir
    private Path temp;

    private Path directory;

    @BeforeEach
    void place() {
        directory = temp.resolve("keys");
    }

    @Test
    void listingMakesNothing() {
        Run run = keys("list");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().startsWith("no keys yet"), run.out());
        assertFalse(Files.exists(directory));
    }

    @Test
    void aRotationIsAddPrimaryDrop() {
        String first = id(keys("add"), "  added, primary, since it is the first");
        String second = id(keys("add"), "  added");
        assertEquals(List.of(first + " primary", second), listed());

        assertEquals(second, id(keys("primary", second), "  primary"));
        assertEquals(List.of(first, second + " primary"), listed());

        assertEquals(first, id(keys("drop", first), "  dropped"));
        assertEquals(List.of(second + " primary"), listed());
    }

    @Test
    void aKeyIsFoundByItsFirstDigitsIfTheyAreOnlyItsOwn() {
        keys("add");
        String second = id(keys("add"), "  added");
        assertEquals(
                second, id(keys("primary", second.substring(0, 8).toUpperCase(java.util.Locale.ROOT)), "  primary"));
        assertEquals(1, keys("primary", "0".repeat(32)).exitCode());
    }

    @Test
    void thePrimaryKeyIsNotDropped() {
        String only = id(keys("add"), "  added, primary, since it is the first");
        Run run = keys("drop", only);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("baton keys drop: key " + only + " seals new tokens: make another"), run.err());
        assertEquals(List.of(only + " primary"), listed());
    }

    @Test
    void aKeyThatIsNotThereIsNamed() {
        Run run = keys("drop", "abcd");
        assertEquals(1, run.exitCode());
        assertEquals("baton keys drop: no key begins with abcd: see baton keys list\n", run.err());
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        keys("add");
        Path file;
        try (var files = Files.list(directory)) {
            file = files.filter(each -> each.endsWith("keys")).findAny().orElseThrow();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Run run = keys("list");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains(file + " has mode 640"), run.err());
        assertTrue(run.err().contains("chmod 600 " + file), run.err());
        assertEquals("", run.out());
    }

    @Test
    void noCommandShowsAKey() throws IOException {
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            said.append(keys("add"));
        }
        said.append(keys("list")).append(keys("--verbose", "list")).append(keys("drop", "abcd"));
        byte[] file = Files.readAllBytes(directory.resolve("keys"));
        String text = said.toString();
        // A key has 32 octets and an identifier 16, which the file holds too: so no 17 octets of the file may be shown.
        for (int from = 0; from + 17 <= file.length; from++) {
            byte[] part = java.util.Arrays.copyOfRange(file, from, from + 17);
            assertFalse(text.contains(HexFormat.of().formatHex(part)), "octets of the key file in hexadecimal");
            assertFalse(
                    text.contains(Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(part)
                            .substring(0, 20)),
                    "octets of the key file in base64");
        }
    }

    private Run keys(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--directory";
        all[arguments.length + 2] = directory.toString();
        return Run.of(all);
    }

    private List<String> listed() {
        Run run = keys("list");
        assertEquals(0, run.exitCode(), run.err());
        return run.lines().stream()
                .map(line -> line.replaceFirst(" {2}made \\d+ s ago", "").replace("  primary", " primary"))
                .toList();
    }

    private static String id(Run run, String rest) {
        assertEquals(0, run.exitCode(), run.err());
        String line = run.lines().get(0);
        assertTrue(line.matches("[0-9a-f]{32}" + rest), line);
        return line.substring(0, 32);
    }
}
