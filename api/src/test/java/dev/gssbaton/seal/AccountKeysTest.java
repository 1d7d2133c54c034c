package dev.gssbaton.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.ChildJvm;
import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.KeySource;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.SealingKey;
import dev.gssbaton.spi.StateWriter;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountKeysTest {
    private static final int SCALE = Integer.getInteger("baton.scale", 1);
    private static final Pattern FILE =
            Pattern.compile("baton keys 1\n([0-9a-f]{32} [-0-9]{10}T[:0-9]{8}Z [0-9a-f]{64} (accepted|primary)\n)+");

    @TempDir
    Path temporary;

    private Path directory;
    private Path file;
    private AccountKeys keys;

    @BeforeEach
    void name() {
        directory = temporary.resolve("home");
        file = directory.resolve("keys");
        keys = AccountKeys.in(directory);
    }

    @AfterEach
    void close() {
        keys.close();
    }

    // Made on first use.

    @Test
    void isMadeOnFirstUseForThisAccountAlone() throws Exception {
        assertFalse(Files.exists(directory));
        assertEquals(List.of(), keys.list());
        assertEquals(Optional.empty(), keys.importKey(new PublicId(1, 2), ""));
        assertFalse(Files.exists(directory), "looking makes nothing");
        keys.exportKey("");
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(FILE.matcher(Files.readString(file)).matches());
        assertEquals(1, keys.list().size());
        assertTrue(keys.list().get(0).primary());
        assertTrue(Duration.between(keys.list().get(0).created(), Instant.now()).toSeconds() < 60);
    }

    @Test
    void theFirstKeyIsPrimaryWhoeverAddsIt() throws Exception {
        AccountKeys.Entry added = keys.add();
        assertTrue(added.primary());
        assertEquals(List.of(added), keys.list());
    }

    @Test
    void anotherObjectHoldsTheSameKeys() throws Exception {
        SealingKey mine = keys.exportKey("app");
        try (AccountKeys other = AccountKeys.in(directory)) {
            assertSameKey(mine, other.exportKey("app"));
            assertSameKey(mine, other.importKey(mine.id(), "app").orElseThrow());
        }
    }

    @Test
    void givesTheSameObjectAsLongAsTheKeyStays() throws Exception {
        SealingKey key = keys.exportKey("app");
        keys.add();
        assertSame(key, keys.exportKey("app"));
        assertSame(key, keys.importKey(key.id(), "app").orElseThrow());
        assertFalse(key.key().isDestroyed());
    }

    @Test
    void identifiersAreNoHashesOfKeys() throws Exception {
        SealingKey key = keys.exportKey("app");
        String line = Files.readAllLines(file).get(1);
        byte[] octets = HexFormat.of().parseHex(line.split(" ", -1)[2]);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(octets);
        assertNotEquals(PublicId.of(hash), key.id());
        assertNotEquals(PublicId.of(hash), keys.list().get(0).id());
    }

    @Test
    void oneAccountsProcessesAgreeOnTheFirstKey() throws Exception {
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                children.add(ChildJvm.start(FirstUser.class, directory.toString()));
            }
            for (ChildJvm child : children) {
                assertEquals("ready", child.line());
            }
            for (ChildJvm child : children) {
                child.go();
            }
            Set<String> ids = new HashSet<>();
            for (ChildJvm child : children) {
                ids.add(child.line());
                child.rest();
                assertEquals(0, child.status());
            }
            assertEquals(Set.of(keys.exportKey("").id().toString()), ids);
            assertEquals(1, keys.list().size());
        } finally {
            for (ChildJvm child : children) {
                child.close();
            }
        }
    }

    /** Waits for a line, then exports and names the key. */
    static final class FirstUser {
        public static void main(String[] arguments) throws Exception {
            System.out.println("ready");
            if (System.in.read() >= 0) {
                try (AccountKeys keys = AccountKeys.in(Path.of(arguments[0]))) {
                    System.out.println(keys.exportKey("").id());
                }
            }
        }
    }

    @Test
    void oneProcessesThreadsAgreeOnTheFirstKey() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<PublicId>> work = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                work.add(() -> {
                    try (AccountKeys own = AccountKeys.in(directory)) {
                        return own.exportKey("").id();
                    }
                });
            }
            Set<PublicId> ids = new HashSet<>();
            for (Future<PublicId> id : threads.invokeAll(work)) {
                ids.add(id.get());
            }
            assertEquals(Set.of(keys.exportKey("").id()), ids);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void worksInAThreadThatHasBeenInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        try {
            SealingKey key = keys.exportKey("");
            assertTrue(Thread.currentThread().isInterrupted());
            assertTrue(keys.importKey(key.id(), "").isPresent());
            assertTrue(keys.add().id().high() != 0);
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void isNotStoppedByWhatAKilledWriterLeft() throws Exception {
        keys.exportKey("");
        Files.writeString(directory.resolve("keys.new"), "baton keys 1\nhalf a li");
        Files.createSymbolicLink(directory.resolve("elsewhere"), Path.of("keys.new"));
        keys.add();
        assertFalse(Files.exists(directory.resolve("keys.new")));
        assertEquals(2, keys.list().size());
    }

    // The purpose.

    @Test
    void anotherPurposeIsAnotherKey() throws Exception {
        SealingKey one = keys.exportKey("one");
        SealingKey two = keys.exportKey("two");
        assertNotEquals(one.id(), two.id());
        assertFalse(equal(one, two));
        assertEquals(Optional.empty(), keys.importKey(one.id(), "two"));
        assertEquals(Optional.empty(), keys.importKey(one.id(), ""));
    }

    @Test
    void semantics24_aTokenOfAnotherPurposeNamesAKeyThatIsNotHeld() throws Exception {
        try (TokenSealer one = sealer(keys, "one");
                TokenSealer two = sealer(keys, "two")) {
            byte[] token = seal(one);
            one.open(token, Duration.ZERO).close();
            GSSException thrown = assertThrows(GSSException.class, () -> two.open(token, Duration.ZERO));
            assertEquals(TransferFault.KEY_NOT_HELD, TransferFault.of(thrown).orElseThrow());
        }
    }

    @Test
    void refusesAPurposeThatIsNoText() {
        assertThrows(IllegalArgumentException.class, () -> keys.exportKey("\uD800"));
    }

    @Test
    void findsTheFilesKeyOfAToken() throws Exception {
        PublicId inHeader = keys.exportKey("app").id();
        PublicId inFile = keys.list().get(0).id();
        assertEquals(Optional.of(inFile), keys.fileIdOf(inHeader, "app"));
        assertEquals(Optional.empty(), keys.fileIdOf(inHeader, "other"));
        assertEquals(Optional.empty(), keys.fileIdOf(inFile, "app"));
    }

    // Rotation.

    @Test
    void aNewKeyIsAcceptedBeforeItIsPrimary() throws Exception {
        try (AccountKeys importer = AccountKeys.in(directory);
                TokenSealer exporting = sealer(keys, "");
                TokenSealer importing = sealer(importer, "")) {
            byte[] before = seal(exporting);
            importing.open(before, Duration.ZERO).close();
            PublicId old = keys.list().get(0).id();
            AccountKeys.Entry added = keys.add();
            assertFalse(added.primary());
            assertEquals(2, keys.list().size());
            assertEquals(
                    TokenHeader.decode(before).keyId(),
                    TokenHeader.decode(seal(exporting)).keyId());

            keys.makePrimary(added.id());
            byte[] after = seal(exporting);
            assertNotEquals(
                    TokenHeader.decode(before).keyId(),
                    TokenHeader.decode(after).keyId());
            // The importer looks again for a key that it does not know, a few times a second.
            openSoon(importing, after);
            importing.open(before, Duration.ZERO).close();

            keys.drop(old);
            assertEquals(List.of(new AccountKeys.Entry(added.id(), added.created(), true)), keys.list());
            refuseSoon(importing, before);
            importing.open(after, Duration.ZERO).close();
        }
    }

    @Test
    void erasesADroppedKey() throws Exception {
        SealingKey old = keys.exportKey("");
        PublicId id = keys.list().get(0).id();
        keys.makePrimary(keys.add().id());
        assertFalse(old.key().isDestroyed());
        keys.drop(id);
        assertTrue(old.key().isDestroyed());
        assertEquals(Optional.empty(), keys.importKey(old.id(), ""));
        assertFalse(Files.readString(file).contains(id.toString()));
    }

    /** A drain exports with several threads after the keys were left alone for a while: one looks, the others wait for it. */
    @Test
    void noThreadSealsWithWhatWasSeenLongAgoWhileAnotherLooks() throws Exception {
        HeldClock clock = new HeldClock();
        try (AccountKeys idle = new AccountKeys(AccountDirectory.at(directory), new SecureRandom(), clock)) {
            PublicId old = idle.exportKey("").id();
            AccountKeys.Entry first = keys.list().get(0);
            AccountKeys.Entry next = keys.add();
            keys.makePrimary(next.id());
            keys.drop(first.id());
            clock.ahead = Duration.ofHours(1);
            Thread looking = new Thread(() -> {
                try {
                    idle.add(); // holds the lock in which the file is looked at
                } catch (GSSException e) {
                    throw new IllegalStateException(e);
                }
            });
            clock.held = looking;
            looking.start();
            clock.reached.await();
            FutureTask<PublicId> exported =
                    new FutureTask<>(() -> idle.exportKey("").id());
            Thread exporting = new Thread(exported);
            exporting.start();
            while (!exported.isDone() && exporting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            clock.goOn.countDown();
            looking.join();
            assertNotEquals(old, exported.get());
            assertEquals(keys.exportKey("").id(), exported.get());
        }
    }

    /** The system's clock, ahead by as much as is said, in which one thread is held up the first time. */
    private static final class HeldClock extends Clock {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile Duration ahead = Duration.ZERO;
        private volatile Thread held;

        @Override
        public Instant instant() {
            if (Thread.currentThread() == held) {
                reached.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void refusesToDropThePrimaryAndTheLast() throws Exception {
        keys.exportKey("");
        PublicId id = keys.list().get(0).id();
        IllegalStateException last = assertThrows(IllegalStateException.class, () -> keys.drop(id));
        assertTrue(last.getMessage().contains("primary"), last.getMessage());
        keys.add();
        assertThrows(IllegalStateException.class, () -> keys.drop(id));
        assertEquals(2, keys.list().size());
    }

    @Test
    void refusesKeysThatAreNotThere() throws Exception {
        keys.exportKey("");
        assertThrows(IllegalArgumentException.class, () -> keys.drop(new PublicId(1, 2)));
        assertThrows(IllegalArgumentException.class, () -> keys.makePrimary(new PublicId(1, 2)));
        assertEquals(1, keys.list().size());
    }

    @Test
    void refusesTooManyKeys() throws Exception {
        for (int i = 0; i < KeyFile.MAX_KEYS; i++) {
            keys.add();
        }
        assertThrows(IllegalStateException.class, keys::add);
        assertEquals(KeyFile.MAX_KEYS, keys.list().size());
    }

    @Test
    void severalProcessesMayChangeTheKeysAtOnce() throws Exception {
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                children.add(ChildJvm.start(Adder.class, directory.toString()));
            }
            for (ChildJvm child : children) {
                child.rest();
                assertEquals(0, child.status());
            }
        } finally {
            for (ChildJvm child : children) {
                child.close();
            }
        }
        assertEquals(3 * Adder.KEYS, keys.list().size());
        assertEquals(1, keys.list().stream().filter(AccountKeys.Entry::primary).count());
    }

    /** Adds some keys. */
    static final class Adder {
        static final int KEYS = 10;

        public static void main(String[] arguments) throws Exception {
            try (AccountKeys keys = AccountKeys.in(Path.of(arguments[0]))) {
                for (int i = 0; i < KEYS; i++) {
                    keys.add();
                }
            }
        }
    }

    @Test
    void neverReadsHalfOfAChange() throws Exception {
        SealingKey key = keys.exportKey("");
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Void> changing = threads.submit(() -> {
                try (AccountKeys other = AccountKeys.in(directory)) {
                    for (int i = 0; i < 100 * SCALE; i++) {
                        other.drop(other.add().id());
                    }
                }
                return null;
            });
            while (!changing.isDone()) {
                int size = keys.list().size();
                assertTrue(size == 1 || size == 2, () -> size + " keys");
                assertTrue(keys.importKey(key.id(), "").isPresent());
            }
            changing.get();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void holdsNothingOfAFileThatWasMovedAway() throws Exception {
        SealingKey old = keys.exportKey("");
        Files.move(file, directory.resolve("moved"));
        keys.list();
        assertEquals(Optional.empty(), keys.importKey(old.id(), ""));
        assertTrue(old.key().isDestroyed());
        assertNotEquals(old.id(), keys.exportKey("").id());
    }

    // What is refused.

    @Test
    void refusesAFileThatOthersMayRead() throws Exception {
        keys.exportKey("");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertUnusable("chmod 600 " + file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertEquals(1, keys.list().size());
    }

    @Test
    void stopsUsingKeysThatHaveBecomeReadableByOthers() throws Exception {
        SealingKey key = keys.exportKey("");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThrows(GSSException.class, keys::list);
        assertTrue(key.key().isDestroyed());
        assertThrows(GSSException.class, () -> keys.exportKey(""));
        assertThrows(GSSException.class, () -> keys.importKey(key.id(), ""));
    }

    @Test
    void refusesADirectoryThatOthersMayEnter() throws Exception {
        keys.exportKey("");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x---"));
        assertUnusable("chmod 700 " + directory);
    }

    @Test
    void refusesALinkToAFile() throws Exception {
        keys.exportKey("");
        Path elsewhere = temporary.resolve("elsewhere");
        Files.move(file, elsewhere);
        Files.createSymbolicLink(file, elsewhere);
        assertUnusable("symbolic link");
    }

    @Test
    void refusesALinkToADirectory() throws Exception {
        keys.exportKey("");
        Path real = temporary.resolve("real");
        Files.move(directory, real);
        Files.createSymbolicLink(directory, real);
        assertUnusable("symbolic link");
    }

    @Test
    void refusesAFileOfSomebodyElse() throws Exception {
        keys.exportKey("");
        giveAway(file);
        assertUnusable("belongs to user 54321");
    }

    @Test
    void refusesADirectoryOfSomebodyElse() throws Exception {
        keys.exportKey("");
        giveAway(directory);
        assertUnusable("belongs to user 54321");
    }

    @Test
    void refusesAPlaceThatAnybodyCouldReplace() throws Exception {
        Path open = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (AccountKeys exposed = AccountKeys.in(open.resolve("home"))) {
            GSSException thrown = assertThrows(GSSException.class, () -> exposed.exportKey(""));
            assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
            assertTrue(thrown.getMessage().contains("chmod o-w (or +t) " + open), thrown.getMessage());
        }
    }

    @Test
    void refusesAnythingElseInTheFilesPlace() throws Exception {
        keys.exportKey("");
        Files.delete(file);
        Files.createDirectory(file);
        assertUnusable("is not a file");
    }

    @Test
    void refusesADirectoryThatCannotBeMade() throws Exception {
        try (AccountKeys nowhere = AccountKeys.in(temporary.resolve("missing").resolve("home"))) {
            GSSException thrown = assertThrows(GSSException.class, () -> nowhere.exportKey(""));
            assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
            assertTrue(thrown.getMessage().contains("does not exist"), thrown.getMessage());
        }
        // A file system where not even the superuser makes directories.
        try (AccountKeys forbidden = AccountKeys.in(Path.of("/sys/baton"))) {
            GSSException thrown = assertThrows(GSSException.class, () -> forbidden.exportKey(""));
            assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
            assertTrue(thrown.getMessage().contains("BATON_HOME"), thrown.getMessage());
        }
    }

    @Test
    void refusesADamagedFile() throws Exception {
        keys.exportKey("");
        keys.add();
        String good = Files.readString(file);
        String[] lines = good.split("(?<=\n)", 0);
        List<String> damaged = new ArrayList<>(List.of(
                "",
                "\n",
                "baton keys 1",
                "baton keys 1\n",
                good.replace("keys 1", "keys 2"),
                good + "\n",
                good + "x",
                good + lines[1],
                good.replace("primary", "accepted"),
                good.replace("accepted", "primary"),
                good.replace("primary", "Primary"),
                good.replace("primary", "primary "),
                good.replace('T', ' '),
                good.replace("\n", "\r\n"),
                good.replaceFirst(" [0-9a-f]{64} ", " " + "0".repeat(63) + "g "),
                good.replaceFirst(" [0-9a-f]{64} ", " " + "0".repeat(62) + " "),
                lines[0] + lines[1].toUpperCase(Locale.ROOT) + lines[2],
                good + "x".repeat(1 << 20)));
        for (int length = 0; length < good.length(); length++) {
            // What is left by cutting off whole lines is a file.
            if (good.charAt(length - (length == 0 ? 0 : 1)) != '\n') {
                damaged.add(good.substring(0, length));
            }
        }
        String octets = lines[1].split(" ", -1)[2];
        for (String content : damaged) {
            Files.writeString(file, content);
            GSSException thrown = assertThrows(GSSException.class, keys::list, content);
            assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
            assertTrue(thrown.getMessage().contains(file.toString()), thrown.getMessage());
            assertFalse(thrown.getMessage().contains(octets.substring(0, 8)));
        }
        Files.writeString(file, good);
        assertEquals(2, keys.list().size());
    }

    @Test
    void aFailedChangeLeavesTheFileAsItWas() throws Exception {
        keys.exportKey("");
        String before = Files.readString(file);
        Path inTheWay = Files.createDirectory(directory.resolve("keys.new"));
        Files.createFile(inTheWay.resolve("something"));
        GSSException thrown = assertThrows(GSSException.class, keys::add);
        assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
        assertEquals(before, Files.readString(file));
        assertEquals(1, keys.list().size());
    }

    // Where it is.

    @Test
    void aPropertyNamesThePlace() throws Exception {
        String before = System.setProperty("baton.home", directory.toString());
        try (AccountKeys ofUser = AccountKeys.ofUser()) {
            assertSameKey(keys.exportKey(""), ofUser.exportKey(""));
            assertTrue(ofUser.describe().contains(directory.toString()));
        } finally {
            restore("baton.home", before);
        }
    }

    @Test
    void saysWhatToDoWithoutAHomeDirectory() {
        Assumptions.assumeTrue(System.getenv("BATON_HOME") == null);
        String property = System.clearProperty("baton.home");
        String home = System.setProperty("user.home", "?");
        try (AccountKeys homeless = AccountKeys.ofUser()) {
            GSSException thrown = assertThrows(GSSException.class, () -> homeless.exportKey(""));
            assertEquals(TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
            assertTrue(thrown.getMessage().contains("set BATON_HOME"), thrown.getMessage());
        } finally {
            restore("baton.home", property);
            restore("user.home", home);
        }
    }

    @Test
    void isReadAgainAfterClosing() throws Exception {
        SealingKey key = keys.exportKey("");
        keys.close();
        assertTrue(key.key().isDestroyed());
        assertEquals(key.id(), keys.exportKey("").id());
    }

    private static void restore(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    private void assertUnusable(String part) {
        try (AccountKeys fresh = AccountKeys.in(directory)) {
            for (KeySource each : List.of(fresh, keys)) {
                assertThrows(GSSException.class, ((AccountKeys) each)::list);
                GSSException thrown = assertThrows(GSSException.class, () -> each.exportKey(""));
                assertEquals(
                        TransferFault.KEYS_UNUSABLE, TransferFault.of(thrown).orElseThrow());
                assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
            }
        }
    }

    private static void giveAway(Path path) throws IOException {
        try {
            Files.setAttribute(path, "unix:uid", 54321);
        } catch (IOException e) {
            Assumptions.abort("only the superuser can give files away");
        }
    }

    private void assertSameKey(SealingKey expected, SealingKey actual) {
        assertEquals(expected.id(), actual.id());
        assertTrue(equal(expected, actual));
    }

    private static boolean equal(SealingKey one, SealingKey other) {
        return one.key().lend(mine -> other.key().lend(theirs -> MessageDigest.isEqual(mine, theirs)));
    }

    private static TokenSealer sealer(KeySource keys, String purpose) {
        SecureRandom random = new SecureRandom();
        return new TokenSealer(keys, purpose, ProcessClaims.ofProcess(), random, Clock.systemUTC());
    }

    private static byte[] seal(TokenSealer sealer) throws GSSException {
        try (StateWriter state = new StateWriter(TokenHeader.SIZE, 64)) {
            state.int64(42);
            return sealer.seal(state, Instant.now().plusSeconds(3600));
        }
    }

    private static void openSoon(TokenSealer sealer, byte[] token) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (OpenedToken opened = sealer.open(token, Duration.ZERO)) {
                assertEquals(42, opened.state().int64("state"));
                return;
            } catch (GSSException e) {
                assertEquals(TransferFault.KEY_NOT_HELD, TransferFault.of(e).orElseThrow());
                assertTrue(System.nanoTime() < deadline, "the importer never learns of the new key");
                Thread.sleep(50);
            }
        }
    }

    private static void refuseSoon(TokenSealer sealer, byte[] token) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (OpenedToken opened = sealer.open(token, Duration.ZERO)) {
                assertTrue(System.nanoTime() < deadline, () -> "still opens " + opened);
                Thread.sleep(50);
            } catch (GSSException e) {
                assertEquals(TransferFault.KEY_NOT_HELD, TransferFault.of(e).orElseThrow());
                return;
            }
        }
    }
}
