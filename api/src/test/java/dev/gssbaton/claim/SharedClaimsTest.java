package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gssbaton.account.SharedDirectory;
import dev.gssbaton.account.TestClock;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Claims that accounts share. Only root can make the directory and be other accounts too: skipped for everybody else. */
@EnabledOnOs(OS.LINUX)
class SharedClaimsTest {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final int GROUP = 61_184;
    private static final int ONE = 61_185;
    private static final int OTHER = 61_186;
    private static final Instant NEVER = Instant.MAX;

    @TempDir
    private static Path shared;

    private static Account one;
    private static Account other;

    private Path temporary;

    private final SecureRandom random = new SecureRandom();
    private final PublicId me = PublicId.draw(random);
    private Path root;

    @BeforeAll
    static void startMembers() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root makes directories of root's");
        assumeTrue(Files.isExecutable(SETPRIV), "setpriv, with which a process becomes another account, is missing");
        for (Path at = shared.toRealPath().getParent(); at != null; at = at.getParent()) {
            int mode = (Integer) Files.getAttribute(at, "unix:mode");
            boolean others = (mode & 0022) != 0 && (mode & 01000) == 0;
            assumeTrue(Files.getAttribute(at, "unix:uid").equals(0) && !others, at + " is not root's alone to change");
        }
        // Other accounts pass through, to the directory and to the classes.
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwx--x--x"));
        String classPath = readableClasses();
        one = new Account(ONE, classPath);
        other = new Account(OTHER, classPath);
    }

    @AfterAll
    static void endMembers() throws IOException {
        if (one != null) {
            one.close();
        }
        if (other != null) {
            other.close();
        }
    }

    @BeforeEach
    void prepare() throws IOException {
        temporary = Files.createTempDirectory(shared, "test");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
        root = temporary.resolve("claims");
        make(root);
    }

    /** What the refusals say that root is to do. */
    private void make(Path directory) throws IOException {
        sharedDirectory(directory);
        for (int bucket = 0; bucket < 256; bucket++) {
            sharedDirectory(directory.resolve(HexFormat.of().toHexDigits((byte) bucket)));
        }
        sharedDirectory(directory.resolve("floors"));
        String name = PublicId.draw(random) + "." + Instant.now().toEpochMilli();
        Files.createSymbolicLink(directory.resolve("store"), Path.of(name));
    }

    private static void sharedDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
        Files.setAttribute(directory, "unix:gid", GROUP);
        Files.setAttribute(directory, "unix:mode", 01770);
    }

    @Test
    void accounts_of_the_group_take_each_token_once() throws Exception {
        one.ask(root, "race", 300);
        other.ask(root, "race", 300);
        List<String> ones = one.answer();
        List<String> others = other.answer();
        assertEquals(ones.get(0), others.get(0), "one store, one identity");
        List<String> won = new ArrayList<>(ones.subList(1, ones.size()));
        won.addAll(others.subList(1, others.size()));
        assertEquals(300, won.size());
        assertEquals(300, won.stream().distinct().count());
    }

    @Test
    void a_member_removes_and_changes_nothing_of_another() throws Exception {
        assertEquals(List.of("WON"), one.does(root, "claim", 1));
        assertEquals(
                List.of(
                        "record stays",
                        "record keeps its name",
                        "record has no other in its place",
                        "directory stays",
                        "store stays",
                        "LOST"),
                other.does(root, "attack", 1));
        assertEquals(List.of("LOST"), other.does(root, "claim", 1));
    }

    /** Something in the place of a record is never taken for a free one, nor waited for. */
    @Test
    void a_member_can_hinder_and_no_more() throws Exception {
        assertEquals(List.of("made"), other.does(root, "hinder", 1));
        assertEquals(List.of("CLAIM_UNKNOWN"), one.does(root, "claim", 1));
        // A pipe in place of the lock file neither blocks nor fails a claim.
        assertEquals(List.of("WON"), one.does(root, "claim", 2));
    }

    @Test
    void an_account_that_is_not_in_the_group_is_refused() throws Exception {
        Files.setAttribute(root, "unix:gid", OTHER);
        assertEquals(List.of("CLAIMS_UNUSABLE"), one.does(root, "claim", 1));
        Files.setAttribute(root, "unix:gid", GROUP);
        Files.setAttribute(root.resolve("00"), "unix:gid", OTHER);
        assertEquals(List.of("CLAIMS_UNUSABLE"), one.does(root, "claim", 1));
    }

    @Test
    void each_account_sweeps_its_own() throws Exception {
        HostClaims.shared(root).claim(id(1), me, Instant.now().plusSeconds(60));
        assertEquals(List.of("[1, 2]", "[1, 100]"), other.does(root, "sweep", 2), "what is root's is left alone");
        sweep(root, me, 3);
        assertEquals(List.of("100"), records(root), "the last that another account recorded, which is to be kept");
    }

    @Test
    void what_one_account_has_swept_is_past_for_all_and_no_other_takes_that_back() throws Exception {
        one.does(root, "sweep", 2);
        Path floor = root.resolve("floors/" + ONE);
        long swept = Stamp.parse(Files.readSymbolicLink(floor).toString())
                .orElseThrow()
                .time()
                .wall();
        TestClock clock = new TestClock(Instant.EPOCH);
        HostClaims all = new HostClaims(SharedDirectory.at(root), bootId(), new Clocks(clock, clock::nanos));
        assertEquals(swept + 1, all.now().toEpochMilli());
        assertEquals(List.of("floor stays", "floor has no other in its place"), other.does(root, "lower", ONE));
        assertEquals(swept + 1, all.now().toEpochMilli());
    }

    @Test
    void a_member_can_have_all_refused_as_past_and_is_named() throws Exception {
        HostClaims all = HostClaims.shared(root);
        assertEquals(List.of("done"), other.does(root, "raise", 1));
        assertEquals(Instant.ofEpochMilli(Long.MAX_VALUE), all.now());
        Files.delete(root.resolve("floors/" + OTHER));
        assertEquals(List.of("done"), other.does(root, "junk", 1));
        GSSException e = assertThrows(GSSException.class, all::now);
        assertEquals(Optional.of(TransferFault.CLAIMS_UNUSABLE), TransferFault.of(e));
        assertTrue(e.getMessage().contains(root.resolve("floors/" + OTHER).toString()), e::getMessage);
    }

    @Test
    void what_is_not_made_so_is_refused_with_the_commands_that_make_it() throws Exception {
        Path missing = temporary.resolve("none");
        assertRefused(missing, "no such file");
        for (int mode : new int[] {0770, 01777, 01771, 01760, 03770, 0700}) {
            Files.setAttribute(root, "unix:mode", mode);
            assertRefused(root, "has mode " + Integer.toOctalString(mode));
        }
        Files.setAttribute(root, "unix:mode", 01770);
        Files.setAttribute(root, "unix:uid", ONE);
        assertRefused(root, "belongs to user " + ONE);
        Files.setAttribute(root, "unix:uid", 0);
        Path bucket = root.resolve("7f");
        Files.setAttribute(bucket, "unix:uid", ONE);
        assertRefused(root, "7f belongs to user " + ONE);
        Files.setAttribute(bucket, "unix:uid", 0);
        Files.setAttribute(bucket, "unix:mode", 0770);
        assertRefused(root, "7f belongs to user 0 and has mode 770");
        Files.delete(bucket);
        assertRefused(root, "7f: no such file");
        sharedDirectory(bucket);
        Files.delete(root.resolve("floors"));
        assertRefused(root, "floors: no such file");
        sharedDirectory(root.resolve("floors"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), root);
        assertRefused(link, "is a symbolic link");
        Path through = Files.createSymbolicLink(temporary.resolve("through"), temporary);
        assertRefused(through.resolve("claims"), "there are symbolic links in");
        String name = Files.readSymbolicLink(root.resolve("store")).toString();
        Files.delete(root.resolve("store"));
        assertRefused(root, "store: no such file");
        Files.createSymbolicLink(root.resolve("store"), Path.of("7f"));
        assertRefused(root, "names no store");
        Files.delete(root.resolve("store"));
        Files.createSymbolicLink(root.resolve("store"), Path.of(name));
        assertEquals(
                0,
                new ProcessBuilder(
                                "chown",
                                "-h",
                                String.valueOf(ONE),
                                root.resolve("store").toString())
                        .start()
                        .waitFor());
        assertRefused(root, "belongs to user " + ONE + ", and not to root");
        assertEquals(
                0,
                new ProcessBuilder("chown", "-h", "0", root.resolve("store").toString())
                        .start()
                        .waitFor());
        Files.setAttribute(temporary, "unix:uid", ONE);
        assertRefused(root, "others than root could replace");
        Files.setAttribute(temporary, "unix:uid", 0);
        Files.setAttribute(temporary, "unix:mode", 0731);
        assertRefused(root, "others than root could replace");
        Files.setAttribute(temporary, "unix:mode", 0711);
        assertEquals(List.of("WON"), one.does(root, "claim", 1));
    }

    /** The commands in a refusal are those that {@link #make} is another form of. */
    @Test
    void the_commands_of_the_refusal_make_a_store() throws Exception {
        Path fresh = temporary.resolve("fresh");
        String said = assertThrows(
                        GSSException.class, () -> HostClaims.shared(fresh).id())
                .getMessage();
        String commands = said.substring(said.indexOf("install -d"), said.lastIndexOf("/store") + "/store".length());
        Process bash = new ProcessBuilder("/bin/bash", "-ec", commands.replace("GROUP", String.valueOf(GROUP)))
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), output);
        root = fresh;
        assertEquals(List.of("WON"), one.does(root, "claim", 1));
    }

    @Test
    void a_directory_of_one_account_is_not_taken_for_a_shared_one_nor_the_other_way() throws Exception {
        assertFault(TransferFault.CLAIMS_UNUSABLE, () -> HostClaims.in(root).id());
        Path own = temporary.resolve("own");
        HostClaims.in(own).id();
        assertRefused(own, "has mode 700");
    }

    @Test
    void another_boot_and_another_store_have_other_identities() throws Exception {
        Clocks clock = Clocks.ofSystem();
        Path next = Files.writeString(temporary.resolve("boot_id"), "0f8fad5b-d9cb-469f-a165-70867728950e\n");
        HostClaims now = new HostClaims(SharedDirectory.at(root), bootId(), clock);
        HostClaims then = new HostClaims(SharedDirectory.at(root), next, clock);
        assertNotEquals(now.id(), then.id());
        assertEquals(now.id(), new HostClaims(SharedDirectory.at(root), bootId(), clock).id());
        assertFalse(now.since().isAfter(Instant.now()));
        Path link = root.resolve("store");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of(PublicId.draw(random) + ".0"));
        HostClaims anew = new HostClaims(SharedDirectory.at(root), bootId(), clock);
        assertNotEquals(now.id(), anew.id());
        assertTrue(anew.since().isAfter(Instant.EPOCH), "nothing is remembered from before the boot");
    }

    /** Records a claim, and when its time has come as many others as sweep everything; says what was there before that. */
    private static List<String> sweep(Path directory, PublicId me, int number) throws Exception {
        Instant now = Instant.now();
        TestClock clock = new TestClock(now);
        HostClaims claims = new HostClaims(SharedDirectory.at(directory), bootId(), new Clocks(clock, clock::nanos));
        claims.claim(id(number), me, now.plusSeconds(60));
        List<String> before = records(directory);
        // Two passes: the first may have begun with the record's directory, when its time was not over.
        for (int pass = 0; pass < 2; pass++) {
            clock.advance(Duration.ofHours(1));
            for (int i = 0; i < 300; i++) {
                claims.claim(id(100), me, NEVER);
            }
        }
        return before;
    }

    /** Gives the numbers of what has been recorded. */
    private static List<String> records(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.getNameCount() == directory.getNameCount() + 2
                            && !path.getParent().endsWith("floors"))
                    .map(path ->
                            path.getParent().getFileName() + path.getFileName().toString())
                    .map(hex -> String.valueOf(Integer.parseUnsignedInt(hex.substring(0, 8), 16)))
                    .sorted()
                    .toList();
        }
    }

    private static Path bootId() {
        return Path.of("/proc/sys/kernel/random/boot_id");
    }

    private static ClaimId id(int number) {
        return ClaimId.of(
                ByteBuffer.allocate(ClaimId.MIN_SIZE).putInt(0, number).array());
    }

    private static void assertRefused(Path directory, String reason) {
        GSSException e = assertThrows(
                GSSException.class, () -> HostClaims.shared(directory).id());
        assertEquals(Optional.of(TransferFault.CLAIMS_UNUSABLE), TransferFault.of(e));
        assertTrue(e.getMessage().contains(reason), e::getMessage);
        assertTrue(e.getMessage().contains("install -d -o root -g GROUP -m 1770 " + directory), e::getMessage);
    }

    private static void assertFault(TransferFault fault, Executable refused) {
        assertEquals(Optional.of(fault), TransferFault.of(assertThrows(GSSException.class, refused)));
    }

    /** A process of another account, with the classes where that one can read them. */
    private static final class Account implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;

        Account(int user, String classPath) throws IOException {
            process = new ProcessBuilder(
                            SETPRIV.toString(),
                            "--reuid=" + user,
                            "--regid=" + GROUP,
                            "--clear-groups",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-XX:-UsePerfData",
                            "-cp",
                            classPath,
                            Member.class.getName())
                    .directory(shared.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            out = process.inputReader();
        }

        void ask(Path directory, String what, int number) throws IOException {
            process.outputWriter().write(directory + " " + what + " " + number + "\n");
            process.outputWriter().flush();
        }

        List<String> answer() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = out.readLine(); !".".equals(line); line = out.readLine()) {
                assertNotNull(line, "the process of another account has ended: " + lines);
                lines.add(line);
            }
            return lines;
        }

        List<String> does(Path directory, String what, int number) throws IOException {
            ask(directory, what, number);
            return answer();
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            out.close();
        }
    }

    /** Copies the classes, and the jar that Maven may have made of some, to where all accounts can read them. */
    private static String readableClasses() throws IOException {
        List<String> paths = new ArrayList<>();
        for (Class<?> inside : List.of(HostClaims.class, ClaimId.class, Member.class)) {
            Path from = Path.of(
                    inside.getProtectionDomain().getCodeSource().getLocation().getPath());
            Path to = shared.resolve("classes" + paths.size() + (Files.isDirectory(from) ? "" : ".jar"));
            copy(from, to);
            paths.add(to.toString());
        }
        return String.join(File.pathSeparator, paths);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copy = to.resolve(from.relativize(each).toString());
                Files.copy(each, copy);
                Files.setPosixFilePermissions(
                        copy, PosixFilePermissions.fromString(Files.isDirectory(each) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /** A process of another account. */
    static final class Member {
        private Member() {}

        public static void main(String[] arguments) throws Exception {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    String[] words = line.split(" ", -1);
                    act(Path.of(words[0]), words[1], Integer.parseInt(words[2]));
                    System.out.println(".");
                }
            }
        }

        private static void act(Path directory, String what, int number) throws Exception {
            HostClaims claims = HostClaims.shared(directory);
            PublicId me = PublicId.draw(new SecureRandom());
            switch (what) {
                case "race" -> race(claims, me, number);
                case "claim" -> claim(claims, me, number);
                case "attack" -> attack(directory, claims, me, number);
                case "hinder" -> hinder(directory, number);
                case "lower" -> lower(directory, me, number);
                case "raise" -> floor(directory, new Stamp(me, new Times(Long.MAX_VALUE, 0), "01234567").toString());
                case "junk" -> floor(directory, "junk");
                default -> {
                    System.out.println(SharedClaimsTest.sweep(directory, me, number));
                    System.out.println(records(directory));
                }
            }
        }

        private static void race(HostClaims claims, PublicId me, int tokens) throws GSSException {
            System.out.println(claims.id());
            for (int token = 0; token < tokens; token++) {
                if (claims.claim(id(token), me, NEVER) == ClaimOutcome.WON) {
                    System.out.println(token);
                }
            }
        }

        private static void claim(HostClaims claims, PublicId me, int number) {
            try {
                System.out.println(claims.claim(id(number), me, NEVER));
            } catch (GSSException e) {
                System.out.println(TransferFault.of(e).orElseThrow());
            }
        }

        private static Path record(Path directory, int number) {
            String hex = id(number).toHex();
            return directory.resolve(hex.substring(0, 2)).resolve(hex.substring(2));
        }

        private static void attack(Path directory, HostClaims claims, PublicId me, int number) throws Exception {
            Path record = record(directory, number);
            Path own = Files.createSymbolicLink(record.resolveSibling("own"), Path.of(me + ".1"));
            tell("record stays", () -> Files.delete(record));
            tell("record keeps its name", () -> Files.move(record, record.resolveSibling("elsewhere")));
            tell("record has no other in its place", () -> Files.move(own, record, StandardCopyOption.ATOMIC_MOVE));
            tell("directory stays", () -> Files.move(record.getParent(), directory.resolve("moved")));
            tell("store stays", () -> Files.delete(directory.resolve("store")));
            System.out.println(claims.claim(id(number), me, NEVER));
        }

        private static void tell(String refused, Attempt attempt) throws IOException {
            try {
                attempt.make();
                System.out.println("not: " + refused);
            } catch (FileSystemException e) {
                System.out.println(refused);
            }
        }

        private interface Attempt {
            void make() throws IOException;
        }

        private static void lower(Path directory, PublicId me, int account) throws IOException {
            Path floor = directory.resolve("floors/" + account);
            Path own = Files.createSymbolicLink(directory.resolve("own"), Path.of(me + ".1"));
            tell("floor stays", () -> Files.delete(floor));
            tell("floor has no other in its place", () -> Files.move(own, floor, StandardCopyOption.ATOMIC_MOVE));
        }

        private static void floor(Path directory, String content) throws IOException {
            Files.createSymbolicLink(directory.resolve("floors/" + OTHER), Path.of(content));
            System.out.println("done");
        }

        private static void hinder(Path directory, int number) throws Exception {
            Files.createDirectory(record(directory, number));
            Path lock = directory.resolve("sweep.lock." + ONE);
            int status = new ProcessBuilder("/usr/bin/mkfifo", lock.toString())
                    .start()
                    .waitFor();
            System.out.println(status == 0 ? "made" : "mkfifo failed");
        }
    }
}
