package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.cli.Run;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is said in one line, with what to do. */
@Timeout(60)
final class ServeMisuseTest {
    private static final EmbeddedKdc KDC = EmbeddedKdc.shared();
    private static final Account SERVICE = KDC.account("host/localhost");

    @TempDir
    private Path folder;

    @Test
    void aMissingKeytab() {
        Path missing = folder.resolve("missing.keytab");
        assertFails("there is no keytab " + missing + ": ", "--keytab", missing.toString());
    }

    @Test
    void aKeytabThatIsADirectory() {
        assertFails("keytab " + folder + " cannot be read by ", "--keytab", folder.toString());
    }

    @Test
    void aKeytabThatIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), "no keytab");
        assertFails("NO_CRED: the keytab " + file + " cannot be read as a keytab", "--keytab", file.toString());
    }

    @Test
    void aPrincipalThatIsNotInTheKeytab() {
        String other = "HTTP/www.example.com@" + KDC.realm();
        String said = assertFails("NO_CRED: ", "--keytab", keytab(), "--principal", other);
        assertTrue(said.contains(other), said);
    }

    @Test
    void aPrincipalThatIsMalformed() {
        assertFails("BAD_NAME: ", "--keytab", keytab(), "--principal", "a@b@c");
    }

    @Test
    void aPortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            String said = assertFails("cannot listen on 127.0.0.1 port " + port, "--keytab", keytab(), "--port", port);
            assertTrue(said.contains("choose another with --port"), said);
        }
    }

    @Test
    void anAddressThatIsNotThisHosts() {
        String said = assertFails(
                "cannot listen on 192.0.2.1 port 0", "--keytab", keytab(), "--listen", "192.0.2.1", "--port", "0");
        assertTrue(said.contains("Cannot assign requested address"), said);
    }

    @Test
    void aKeyFileWithLoosePermissions() throws IOException {
        Path home = folder.resolve("home");
        assertEquals(0, Run.of("keys", "add", "--directory", home.toString()).exitCode());
        Files.setPosixFilePermissions(home.resolve("keys"), PosixFilePermissions.fromString("rw-rw-rw-"));
        String said = assertFails("FAILURE: the sealing keys cannot be used: ", "--keytab", keytab());
        assertTrue(said.contains("chmod 600 " + home.resolve("keys")), said);
    }

    @Test
    void aClaimDirectoryThatIsNotPrivate() throws IOException {
        Path home = folder.resolve("home");
        assertEquals(0, Run.of("keys", "add", "--directory", home.toString()).exitCode());
        Files.createDirectory(
                home.resolve("claims"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        String said = assertFails("FAILURE: the claim store cannot be used: ", "--keytab", keytab());
        assertTrue(said.contains("chmod 700 " + home.resolve("claims")), said);
    }

    @Test
    void aClaimDirectoryThatCannotBeMade() throws IOException {
        Path home = folder.resolve("home");
        assertEquals(0, Run.of("keys", "add", "--directory", home.toString()).exitCode());
        Files.writeString(home.resolve("claims"), "a file in its place");
        String said = assertFails("FAILURE: the claim store cannot be used: ", "--keytab", keytab());
        assertTrue(said.contains(home.resolve("claims").toString()), said);
    }

    @Test
    void aTicketForAnotherService() throws Exception {
        Account other = KDC.account("HTTP/localhost");
        Account alice = KDC.account("alice");
        try (Serving serving = Serving.start(folder, other)) {
            // The client's ticket is for the service whose keytab this is not.
            Serving mistaken = serving.as(SERVICE);
            assertThrows(Exception.class, () -> mistaken.connect(Login.initiator(alice))
                    .close());
            String said = serving.process().await("refused, (.*)").group(1);
            assertTrue(said.contains(SERVICE.principal()), said);
            assertTrue(said.contains(other.keytab().toString()), said);
        }
    }

    @Test
    void aKeytabOfAnotherGenerationOfTheKey() throws Exception {
        Account old = KDC.account("host/renewed");
        Account alice = KDC.account("alice");
        Path keytab = Files.copy(old.keytab(), folder.resolve("old.keytab"));
        Account renewed = KDC.renewKeys(old);
        try (Serving serving = Serving.start(folder, new Account(KDC, old.name(), keytab))) {
            Serving client = serving.as(renewed);
            assertThrows(Exception.class, () -> client.connect(Login.initiator(alice))
                    .close());
            String said = serving.process().await("refused, (.*)").group(1);
            assertTrue(said.contains("key version 2") && said.contains(keytab.toString()), said);
        }
    }

    private String keytab() {
        return SERVICE.keytab().toString();
    }

    private String assertFails(String start, String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "serve";
        System.arraycopy(options, 0, all, 1, options.length);
        all[options.length + 1] = "--directory";
        all[options.length + 2] = folder.resolve("home").toString();
        Run run = Run.of(all);
        assertEquals(1, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("baton serve: " + start), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertEquals("", run.out());
        return run.err();
    }
}
