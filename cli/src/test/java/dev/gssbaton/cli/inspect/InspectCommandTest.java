package dev.gssbaton.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.BatonManager;
import dev.gssbaton.ExportOptions;
import dev.gssbaton.cli.MockPair;
import dev.gssbaton.cli.Run;
import dev.gssbaton.cli.worker.Stores;
import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.TransferFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InspectCommandTest {
    private static final String PURPOSE = "inspected";

    @TempDir
    private Path temp;

    private Path directory;
    private BatonManager manager;
    private MockPair pair;
    private byte[] token;

    @BeforeEach
    void export() throws GSSException {
        directory = temp.resolve("baton");
        Stores stores = new Stores(directory, PURPOSE);
        stores.prepare();
        manager = stores.manager().build();
        pair = MockPair.establish(manager);
        token = pair.acceptor().export();
    }

    @Test
    void theHeaderIsShownWithoutTheKey() throws IOException, GSSException {
        Run run = Run.of(
                "inspect",
                file(token).toString(),
                "--directory",
                temp.resolve("elsewhere").toString());
        TokenHeader header = TokenHeader.decode(token);
        assertEquals(0, run.exitCode(), run.err());
        assertShows(run, "token", header.id() + ", " + token.length + " octets");
        assertShows(run, "version", "1");
        assertShows(run, "sealing", "XAES-256-GCM");
        assertShows(run, "key id", header.keyId().toString());
        assertShows(run, "store id", header.storeId().toString());
        assertShows(run, "identity", header.id().toHex());
        assertTrue(run.out().contains(header.notAfter() + ", in "), run.out());
        assertTrue(run.out().contains("does not hold the key, or --purpose is missing"), run.out());
        assertFalse(run.out().contains("alice"), run.out());
    }

    @Test
    void anotherPurposeIsAnotherKey() throws IOException {
        Run run = inspect("--purpose", "another");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("does not hold the key for the purpose 'another'"), run.out());
        assertFalse(run.out().contains("alice"), run.out());
    }

    @Test
    void theStateIsShownWithTheKey() throws IOException {
        Run run = inspect("--purpose", PURPOSE);
        assertEquals(0, run.exitCode(), run.err());
        assertShows(run, "format", "baton");
        assertShows(run, "role", "acceptor");
        assertShows(run, "initiator", "alice");
        assertShows(run, "acceptor", "service");
        assertShows(run, "delegated", "no credential");
        assertTrue(run.out().contains("this account's key "), run.out());
        assertTrue(run.out().contains("mechanism      mock ("), run.out());
    }

    /** The keytab has one entry of nfs/host@TEST, of type 18, without a timestamp: it is as old as its file. */
    @Test
    void aKeytabOpensWhatAManagerWithItsKeysSealed() throws IOException, GSSException {
        String entry =
                "0002" + "000454455354" + "00036e6673" + "0004686f7374" + "00000001" + "00000000" + "01" + "0012";
        String octets = "0502" + "00000040" + entry + "0020" + "5a".repeat(32);
        Path keytab = Files.write(temp.resolve("service.keytab"), HexFormat.of().parseHex(octets));
        Files.setLastModifiedTime(keytab, FileTime.from(Instant.now().minus(Duration.ofHours(50))));
        Path settings = Files.writeString(
                temp.resolve("baton.properties"), "claims=process\nkeys=keytab:" + keytab + " nfs/host@TEST\n");
        byte[] sealed = MockPair.establish(BatonManager.fromProperties(settings))
                .acceptor()
                .export();
        Run run = Run.of(
                "inspect", file(sealed).toString(), "--keytab", keytab.toString(), "--principal", "nfs/host@TEST");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains(", a key of nfs/host@TEST"), run.out());
        assertShows(run, "initiator", "alice");
        Run listed = Run.of("keys", "keytab", keytab.toString(), "nfs/host@TEST");
        assertEquals(
                "kvno 1  aes256-cts-hmac-sha1-96  written 2 d 2 h ago  seals",
                listed.out().strip());
        Run other = Run.of(
                "inspect", file(token).toString(), "--keytab", keytab.toString(), "--principal", "nfs/host@TEST");
        assertTrue(other.out().contains("this keytab does not hold the key"), other.out());
        Run alone = Run.of("inspect", file(sealed).toString(), "--keytab", keytab.toString());
        assertEquals(2, alone.exitCode());
        assertTrue(alone.err().contains("--principal"), alone.err());
    }

    @Test
    void whatIsInspectedIsNotTaken() throws IOException, GSSException {
        for (int i = 0; i < 3; i++) {
            assertEquals(0, inspect("--purpose", PURPOSE).exitCode());
        }
        var imported = manager.createContext(token);
        assertEquals("alice", imported.getSrcName().toString());
        // And what was taken can be looked at still.
        assertEquals(0, inspect("--purpose", PURPOSE).exitCode());
    }

    @Test
    void anExpiredTokenIsShownAndStaysExpired() throws Exception {
        byte[] expired;
        try (var exported = MockPair.establish(manager)
                .acceptor()
                .exportToken(ExportOptions.defaults().withLifetime(Duration.ofMillis(1)))) {
            expired = exported.octets().clone();
        }
        Thread.sleep(5);
        Run run =
                Run.of("inspect", file(expired).toString(), "--purpose", PURPOSE, "--directory", directory.toString());
        assertEquals(0, run.exitCode(), run.err());
        String end = Pattern.quote(TokenHeader.decode(expired).notAfter() + ", ");
        assertTrue(Pattern.compile(end + ".* ago").matcher(run.out()).find(), run.out());
        assertShows(run, "initiator", "alice");
    }

    @Test
    void everyFormOfAFileIsRead() throws IOException {
        String hex = HexFormat.of().formatHex(token);
        for (String form : new String[] {
            hex,
            hex.toUpperCase(java.util.Locale.ROOT).replaceAll("(.{60})", "$1\n") + "\n",
            Base64.getEncoder().encodeToString(token),
            Base64.getMimeEncoder().encodeToString(token) + "\n",
            Base64.getUrlEncoder().withoutPadding().encodeToString(token)
        }) {
            Path file = Files.writeString(temp.resolve("form"), form);
            Run run = Run.of("inspect", file.toString(), "--directory", directory.toString(), "--purpose", PURPOSE);
            assertEquals(0, run.exitCode(), run.err());
            assertShows(run, "initiator", "alice");
        }
    }

    @Test
    void standardInputIsRead() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(token));
        try {
            Run run = Run.of("inspect", "-", "--directory", directory.toString());
            assertEquals(0, run.exitCode(), run.err());
            assertTrue(run.out().contains(token.length + " octets"), run.out());
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void whatIsNoTokenIsRefusedByName() throws IOException {
        assertRefused(new byte[0], TransferFault.TOKEN_EMPTY);
        assertRefused(new byte[] {1, 2, 3}, TransferFault.TOKEN_TOO_SHORT);
        assertRefused(new byte[500], TransferFault.MAGIC_UNKNOWN);
        byte[] future = token.clone();
        future[4] = 2;
        assertRefused(future, TransferFault.VERSION_UNKNOWN);
        assertRefused(Arrays.copyOf(token, 50), TransferFault.TOKEN_TOO_SHORT);
    }

    @Test
    void aBrokenSealIsSaid() throws IOException {
        byte[] broken = token.clone();
        broken[broken.length - 1] ^= 1;
        Run run = Run.of("inspect", file(broken).toString(), "--directory", directory.toString(), "--purpose", PURPOSE);
        assertEquals(1, run.exitCode());
        assertEquals("baton inspect: DEFECTIVE_TOKEN: " + TransferFault.SEAL_BROKEN.text() + "\n", run.err());
        assertFalse(run.out().contains("alice"), run.out());
    }

    @Test
    void whatIsTooLongIsNotRead() throws IOException {
        Path file = Files.write(temp.resolve("long"), new byte[3 * TokenHeader.MAX_TOKEN_SIZE + 1]);
        Run run = Run.of("inspect", file.toString());
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("this is no token"), run.err());
    }

    @Test
    void aDirectoryIsNoToken() {
        Run run = Run.of("inspect", temp.toString());
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("is a directory"), run.err());
    }

    private void assertRefused(byte[] octets, TransferFault fault) throws IOException {
        Run run = Run.of("inspect", file(octets).toString(), "--directory", directory.toString());
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains(fault.text()), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    private Run inspect(String... options) throws IOException {
        String[] all = new String[options.length + 4];
        all[0] = "inspect";
        all[1] = file(token).toString();
        all[2] = "--directory";
        all[3] = directory.toString();
        System.arraycopy(options, 0, all, 4, options.length);
        return Run.of(all);
    }

    private Path file(byte[] octets) throws IOException {
        return Files.write(temp.resolve("token"), octets);
    }

    private static void assertShows(Run run, String what, String value) {
        String line = "%-14s %s".formatted(what, value);
        assertTrue(
                run.lines().stream().anyMatch(each -> each.startsWith(line)), () -> line + " is not in\n" + run.out());
    }
}
