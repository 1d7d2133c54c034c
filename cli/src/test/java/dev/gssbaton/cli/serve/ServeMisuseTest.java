package dev.gssbaton.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.cli.BatonProcess;
import dev.gssbaton.cli.Run;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.GssSampleClient;
import dev.gssbaton.peers.GssSampleFrame;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.PeerContext;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.Subject;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is said in one line, with what to do. */
@Timeout(300)
final class ServeMisuseTest {
    private static final EmbeddedKdc KDC = EmbeddedKdc.shared();
    private static final Account SERVICE = KDC.account("host/localhost");

    private static final String REFUSED = "refused, ";

    /** For those whose clients are wrong, and not the server. */
    private static Serving shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void serve(@TempDir Path folder) throws Exception {
        shared = Serving.start(folder, SERVICE, "--workers", "1");
    }

    @AfterAll
    static void end() throws IOException {
        shared.close();
    }

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
    void aKeyFileOfSomebodyElse() throws IOException {
        assumeTrue(isRoot(), "only root can give a file away");
        Path home = folder.resolve("home");
        assertEquals(0, Run.of("keys", "add", "--directory", home.toString()).exitCode());
        Files.setAttribute(home.resolve("keys"), "unix:uid", 65534);
        String said = assertFails("FAILURE: the sealing keys cannot be used: ", "--keytab", keytab());
        assertTrue(said.contains(home.resolve("keys") + " belongs to user 65534"), said);
    }

    @Test
    void aClaimDirectoryThatCannotBeWritten() throws Exception {
        assumeTrue(mayMount(), "only root can make a directory read-only for itself");
        Path home = folder.resolve("home");
        assertEquals(0, Run.of("keys", "add", "--directory", home.toString()).exitCode());
        Path claims = Files.createDirectory(
                home.resolve("claims"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<String> readOnly = mounted("mount --bind \"$0\" \"$0\"; mount -o remount,ro,bind \"$0\"", claims);
        try (BatonProcess serve = BatonProcess.start(readOnly, folder, "serve", "--keytab", keytab())) {
            assertEquals(1, serve.awaitExit());
            assertEquals(1, serve.lines().size(), () -> String.join("\n", serve.lines()));
            String said = serve.lines().get(0);
            assertTrue(said.startsWith("baton serve: FAILURE: the claim store cannot be used: "), said);
            assertTrue(said.contains(claims.toString()) && said.contains("Read-only file system"), said);
        }
    }

    @Test
    void aDiskThatIsFullIsSaidAndServedOnWhenThereIsRoom() throws Exception {
        assumeTrue(mayMount(), "only root can mount a small disk");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path home = disk.resolve("home");
        List<String> small = mounted("mount -t tmpfs -o nr_inodes=2000,mode=700 tmpfs \"$0\"", disk);
        try (Serving serving =
                Serving.start(small, folder, SERVICE, "--workers", "1", "--directory", home.toString())) {
            Subject alice = Login.initiator(KDC.account("alice"));
            Path inside = Path.of("/proc", "" + serving.process().handle().pid(), "root");
            Path filler = Files.createDirectory(
                    inside.resolve(disk.toString().substring(1)).resolve("filler"));
            int files = 0;
            try {
                while (files < 2000) {
                    Files.createFile(filler.resolve("" + files));
                    files++;
                }
                throw new AssertionError("the disk is not as small as it was to be");
            } catch (FileSystemException e) {
                assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
            }
            assertThrows(Exception.class, () -> serving.connect(alice).close());
            String said = serving.process().await("refused, (.*)").group(1);
            assertTrue(said.contains("the claim store cannot be used") && said.contains("No space left"), said);
            for (int i = 0; i < files; i++) {
                Files.delete(filler.resolve("" + i));
            }
            assertServed(serving);
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Tells whether a process may have mounts of its own here, which not every container grants. */
    private static boolean mayMount() throws IOException, InterruptedException {
        return isRoot()
                && Files.isExecutable(Path.of("/usr/bin/unshare"))
                && new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
    }

    /** Returns what runs a program with mounts that nobody else sees. */
    private static List<String> mounted(String commands, Path place) {
        return List.of("unshare", "-m", "sh", "-ec", commands + "; exec \"$@\"", place.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "PT6M", "PT-6M"})
    void aClientWhoseClockIsWrongIsToldAndTheOthersAreServed(Duration off) throws Exception {
        BatonManager manager = BatonManager.builder()
                .claims(ProcessClaims.ofProcess())
                .clock(Clock.offset(Clock.systemUTC(), off))
                .build();
        Subject alice = Login.initiator(KDC.account("alice"));
        BatonContext context = Login.as(
                alice,
                () -> manager.createContext(
                        SERVICE.gssName(), new Oid("1.2.840.113554.1.2.2"), null, GSSContext.DEFAULT_LIFETIME));
        context.requestMutualAuth(true);
        long before = shared.process().count(REFUSED);
        // The server answers with a KRB-ERROR, and that is what the client says.
        GSSException told = assertThrows(GSSException.class, () -> shared.connect(PeerContext.of(context, alice)));
        assertTrue(told.getMessage().contains("KRB_AP_ERR_SKEW"), told.getMessage());
        String said = refusalAfter(before);
        assertTrue(said.matches("FAILURE: .*clock says .* and ours .*, which differ by more than PT5M: .*"), said);
        assertServed(shared);
    }

    @Test
    void aMechanismThatIsNotThere() throws Exception {
        long before = shared.process().count(REFUSED);
        try (Socket client = shared.silent()) {
            // A first token of SPNEGO, as a browser would send it.
            byte[] token = HexFormat.of().parseHex("600a06062b0601050502a000");
            OutputStream out = client.getOutputStream();
            new GssSampleFrame(GssSampleFrame.NOOP | GssSampleFrame.CONTEXT_NEXT, new byte[0]).write(out);
            new GssSampleFrame(GssSampleFrame.CONTEXT, token).write(out);
            String said = refusalAfter(before);
            assertTrue(said.startsWith("BAD_MECH: ") && said.contains("1.3.6.1.5.5.2"), said);
            assertServed(shared);
        }
    }

    /** Waits for one more refusal, and returns what is said of it. */
    private static String refusalAfter(long before) throws InterruptedException {
        BatonProcess.await("one more refusal", () -> shared.process().count(REFUSED) > before);
        List<String> all = shared.process().lines().stream()
                .filter(line -> line.contains(REFUSED))
                .toList();
        String last = all.get((int) before);
        return last.substring(last.indexOf(REFUSED) + REFUSED.length());
    }

    private static void assertServed(Serving serving) throws Exception {
        try (GssSampleClient client = serving.connect(Login.initiator(KDC.account("alice")))) {
            client.exchange(new byte[] {1, 2, 3});
        }
    }

    @Test
    void aTicketForAnotherService() throws Exception {
        Account other = KDC.account("HTTP/localhost");
        Account alice = KDC.account("alice");
        try (Serving serving = Serving.start(folder, other, "--workers", "1")) {
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
        try (Serving serving = Serving.start(folder, new Account(KDC, old.name(), keytab), "--workers", "1")) {
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
