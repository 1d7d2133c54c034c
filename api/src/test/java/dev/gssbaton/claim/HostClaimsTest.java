package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.ChildJvm;
import dev.gssbaton.account.TestClock;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostClaimsTest {
    private static final int SCALE = Integer.getInteger("baton.scale", 1);
    private static final String BOOT = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String NEXT_BOOT = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    @TempDir
    Path temporary;

    /** The real time, since directories have the real time too. */
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    private final Instant later = start.plus(Duration.ofHours(1));
    private final SecureRandom random = new SecureRandom();
    private final TestClock clock = new TestClock(start);
    private final PublicId me = PublicId.draw(random);
    private final PublicId you = PublicId.draw(random);
    private Path root;
    private Path bootIdFile;
    private HostClaims claims;

    @BeforeEach
    void makeStore() throws IOException {
        root = temporary.resolve("claims");
        bootIdFile = Files.writeString(temporary.resolve("boot_id"), BOOT + "\n");
        claims = open();
    }

    private HostClaims open() {
        return new HostClaims(AccountDirectory.at(root), bootIdFile, random, new Clocks(clock, clock::nanos));
    }

    // Claiming.

    @Test
    void theFirstClaimantWinsAndMayAskAgain() throws Exception {
        HostClaims other = open();
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), me, later));
        assertEquals(ClaimOutcome.LOST, other.claim(id(1), you, later));
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, later));
        assertEquals(ClaimOutcome.WON, other.claim(id(1), me, later));
        assertEquals(ClaimOutcome.WON, other.claim(id(2), you, later));
        assertEquals(2, records(root).size());
    }

    @Test
    void takesIdentitiesOfAnyLength() throws Exception {
        for (int length = ClaimId.MIN_SIZE; length <= ClaimId.MAX_SIZE; length++) {
            ClaimId id = ClaimId.of(new byte[length]);
            assertEquals(ClaimOutcome.WON, claims.claim(id, me, Instant.MAX));
            assertEquals(ClaimOutcome.LOST, claims.claim(id, you, Instant.MAX));
        }
    }

    @Test
    void semantics18_manyThreadsTakeEachOnce() throws Exception {
        int tokens = 500 * SCALE;
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                HostClaims own = thread % 2 == 0 ? claims : open();
                PublicId claimant = PublicId.draw(random);
                work.add(() -> {
                    int won = 0;
                    for (int token = 0; token < tokens; token++) {
                        won += own.claim(id(token), claimant, later) == ClaimOutcome.WON ? 1 : 0;
                    }
                    return won;
                });
            }
            int won = 0;
            for (Future<Integer> each : threads.invokeAll(work)) {
                won += each.get();
            }
            assertEquals(tokens, won);
            assertEquals(tokens, records(root).size());
        } finally {
            threads.shutdownNow();
        }
    }

    /** From nothing: the processes race for the making of the store as well. */
    @Test
    void semantics18_severalProcessesTakeEachOnce() throws Exception {
        int tokens = 1000 * SCALE;
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                children.add(ChildJvm.start(Racer.class, root.toString(), String.valueOf(tokens)));
            }
            for (ChildJvm child : children) {
                assertEquals("ready", child.line());
            }
            for (ChildJvm child : children) {
                child.go();
            }
            Set<String> stores = new HashSet<>();
            Set<String> won = new HashSet<>();
            int sum = 0;
            for (ChildJvm child : children) {
                stores.add(child.line());
                List<String> mine = child.rest();
                assertEquals(0, child.status());
                sum += mine.size();
                won.addAll(mine);
            }
            assertEquals(1, stores.size(), "one store");
            assertEquals(tokens, won.size(), "each is taken");
            assertEquals(tokens, sum, "once");
        } finally {
            for (ChildJvm child : children) {
                child.close();
            }
        }
    }

    /** Waits for a line, names its store, and takes what it can, in an order of its own. */
    static final class Racer {
        public static void main(String[] arguments) throws Exception {
            HostClaims claims = HostClaims.in(Path.of(arguments[0]));
            PublicId claimant = PublicId.draw(new SecureRandom());
            int tokens = Integer.parseInt(arguments[1]);
            StringBuilder won = new StringBuilder();
            System.out.println("ready");
            if (System.in.read() < 0) {
                return;
            }
            won.append(claims.id()).append('\n');
            for (int token = 0; token < tokens; token++) {
                if (claims.claim(id(token), claimant, Instant.MAX) == ClaimOutcome.WON) {
                    won.append(token).append('\n');
                }
            }
            System.out.print(won);
        }
    }

    /** Killed at any moment: what it said it won is lost for others, and everything is settled. */
    @Test
    void semantics18_aKilledClaimantLeavesNothingUnsettled() throws Exception {
        for (int round = 0; round < 3 * Math.min(SCALE, 30); round++) {
            Path store = temporary.resolve("killed" + round);
            HostClaims others = HostClaims.in(store);
            int last = -1;
            try (ChildJvm child = ChildJvm.start(Endless.class, store.toString())) {
                int enough = 50 + random.nextInt(200);
                for (String line = child.line(); line != null; line = child.line()) {
                    last = Integer.parseInt(line);
                    if (last == enough) {
                        child.kill();
                    }
                }
                assertTrue(last >= enough);
            }
            for (int token = 0; token <= last; token++) {
                assertEquals(ClaimOutcome.LOST, others.claim(id(token), you, later));
            }
            // It may have won the next without having been able to say so; then nobody has it.
            int free = others.claim(id(last + 1), you, later) == ClaimOutcome.WON ? last + 2 : last + 3;
            assertEquals(ClaimOutcome.WON, others.claim(id(free), you, later));
        }
    }

    /** Takes one after the other, and says each. */
    static final class Endless {
        public static void main(String[] arguments) throws Exception {
            HostClaims claims = HostClaims.in(Path.of(arguments[0]));
            PublicId claimant = PublicId.draw(new SecureRandom());
            for (int token = 0; claims.claim(id(token), claimant, Instant.MAX) == ClaimOutcome.WON; token++) {
                System.out.println(token);
            }
        }
    }

    @Test
    void worksInAThreadThatHasBeenInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertEquals(ClaimOutcome.WON, claims.claim(id(1), me, later));
            assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, later));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aDamagedRecordIsUnknownAndNeverFree() throws Exception {
        claims.claim(id(1), me, start);
        Path record = records(root).get(0);
        Files.delete(record);
        Files.createFile(record);
        assertFault(TransferFault.CLAIM_UNKNOWN, () -> claims.claim(id(1), me, later));
        Files.delete(record);
        Files.createSymbolicLink(record, Path.of("something"));
        assertFault(TransferFault.CLAIM_UNKNOWN, () -> claims.claim(id(1), me, later));
        clock.advance(Duration.ofDays(400));
        sweepAll();
        assertFault(TransferFault.CLAIM_UNKNOWN, () -> claims.claim(id(1), me, later));
    }

    // The store.

    @Test
    void isMadeOnFirstUseForThisAccountAlone() throws Exception {
        assertFalse(Files.exists(root));
        claims.id();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (!Files.isSymbolicLink(each)) {
                    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
                }
            }
        }
        assertEquals("this host", claims.scope());
    }

    @Test
    void knowsSinceWhenItRemembers() throws Exception {
        assertEquals(start.toEpochMilli(), claims.since().toEpochMilli());
        clock.advance(Duration.ofHours(1));
        assertEquals(start.toEpochMilli(), open().since().toEpochMilli());
        assertEquals(start.plus(Duration.ofHours(1)), claims.now());
    }

    @Test
    void semantics24_anotherDirectoryIsAnotherStore() throws Exception {
        HostClaims other = HostClaims.in(temporary.resolve("other"));
        assertNotEquals(claims.id(), other.id());
        assertEquals(claims.id(), open().id());
    }

    @Test
    void aRestartMakesAnotherStore() throws Exception {
        PublicId before = claims.id();
        claims.claim(id(1), me, later);
        Files.writeString(bootIdFile, NEXT_BOOT + "\n");
        HostClaims restarted = open();
        assertNotEquals(before, restarted.id());
        assertEquals(ClaimOutcome.WON, restarted.claim(id(1), you, later), "of another store, it is another claim");
        assertEquals(before, claims.id());
        waitForALook();
        assertEquals(restarted.id(), claims.id(), "as after a process was moved to another host");
    }

    /** As in a container whose image holds a store. */
    @Test
    void aCopyIsAnotherStore() throws Exception {
        claims.claim(id(1), me, later);
        Path copy = temporary.resolve("copy");
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                AccountDirectory.makePrivate(copy.resolve(root.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, copy.resolve(root.relativize(file)), LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
        HostClaims copied =
                new HostClaims(AccountDirectory.at(copy), bootIdFile, random, new Clocks(clock, clock::nanos));
        assertEquals(ClaimOutcome.LOST, copied.claim(id(1), you, later), "the copy is complete");
        assertNotEquals(claims.id(), copied.id());
    }

    @Test
    void aRemovedStoreIsNotTakenForAnEmptyOne() throws Exception {
        PublicId before = claims.id();
        claims.claim(id(1), me, later);
        removeAll(root);
        HostClaims second = open();
        assertNotEquals(before, second.id());
        // The first has not looked yet, and must not let anybody take a token of the old store in the new one.
        GSSException thrown = assertFault(TransferFault.CLAIMS_UNUSABLE, () -> claims.claim(id(1), you, later));
        assertTrue(thrown.getMessage().contains("removed"), thrown.getMessage());
        waitForALook();
        assertEquals(second.id(), claims.id());
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), you, later));
    }

    @Test
    void aLinkToAStoreThatIsGoneIsReplaced() throws Exception {
        claims.id();
        removeAll(root.resolve(Files.readSymbolicLink(root.resolve(BOOT))));
        assertEquals(ClaimOutcome.WON, open().claim(id(1), me, later));
    }

    // What is refused.

    @Test
    void refusesADirectoryThatOthersMayEnter() throws Exception {
        claims.id();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertUnusable("chmod 700 " + root);
    }

    @Test
    void refusesAStoreThatOthersMayEnter() throws Exception {
        claims.id();
        Path store = root.resolve(Files.readSymbolicLink(root.resolve(BOOT)));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxrwx---"));
        assertUnusable("chmod 700 " + store);
    }

    @Test
    void refusesALinkToADirectory() throws Exception {
        claims.id();
        Files.move(root, temporary.resolve("real"));
        Files.createSymbolicLink(root, temporary.resolve("real"));
        assertUnusable("symbolic link");
    }

    @Test
    void refusesADirectoryOfSomebodyElse() throws Exception {
        claims.id();
        try {
            Files.setAttribute(root, "unix:uid", 54321);
        } catch (IOException e) {
            Assumptions.abort("only the superuser can give files away");
        }
        assertUnusable("belongs to user 54321");
    }

    @Test
    void refusesADirectoryThatCannotBeMade() {
        HostClaims nowhere = HostClaims.in(temporary.resolve("missing").resolve("claims"));
        assertTrue(assertFault(TransferFault.CLAIMS_UNUSABLE, nowhere::id)
                .getMessage()
                .contains("does not exist"));
        // A file system where not even the superuser makes directories.
        HostClaims forbidden = HostClaims.in(Path.of("/sys/baton"));
        assertTrue(assertFault(TransferFault.CLAIMS_UNUSABLE, forbidden::since)
                .getMessage()
                .contains("BATON_HOME"));
    }

    @Test
    void refusesAKernelWithoutABootId() throws Exception {
        Files.writeString(bootIdFile, "../../somewhere\n");
        assertUnusable("no boot id");
        Files.delete(bootIdFile);
        assertUnusable("/proc");
    }

    @Test
    void refusesALinkThatLeadsOutOfTheDirectory() throws Exception {
        claims.id();
        Files.delete(root.resolve(BOOT));
        Files.createSymbolicLink(root.resolve(BOOT), temporary);
        assertUnusable("something else");
    }

    // Sweeping.

    @Test
    void keepsARecordUntilItsTimeAndSweepsItLater() throws Exception {
        for (int token = 0; token < 300; token++) {
            claims.claim(id(token), me, later);
        }
        claims.claim(id(300), me, later.plus(Duration.ofDays(1)));
        clock.advance(Duration.ofHours(1));
        sweepAll();
        assertEquals(301, records(root).size(), "to the last moment");
        clock.advance(ClaimSweeper.PAUSE.plusMillis(1));
        sweepAll();
        assertEquals(1, records(root).size());
        assertEquals(ClaimOutcome.LOST, claims.claim(id(300), you, later));
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), you, later), "a swept claim is a free claim");
    }

    // Clocks that are set.

    /** The wall clock leaps for longer than any record is kept, and everything is looked at in the meantime. */
    @Test
    void semantics18_aClockThatLeapsAheadForgetsNothing() throws Exception {
        claims.claim(id(1), me, later);
        sweepAll();
        clock.set(Duration.ofDays(50));
        clock.advance(ClaimSweeper.PAUSE);
        for (HostClaims each : List.of(claims, open())) {
            claims = each;
            sweepAll();
        }
        clock.set(Duration.ofDays(-50));
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, later));
        assertEquals(clock.instant(), claims.now(), "and nobody is told a time that has not come");
    }

    @Test
    void semantics18_whatWasSweptIsPastHoweverTheClockIsSet() throws Exception {
        claims.claim(id(1), me, later);
        sweepAll();
        clock.advance(Duration.ofHours(1).plus(Times.GRACE).plusMillis(1));
        sweepAll();
        assertEquals(0, records(root).size());
        clock.set(Duration.ofHours(-2));
        assertTrue(clock.instant().isBefore(later));
        for (HostClaims each : List.of(claims, open())) {
            PublicId claimant = PublicId.draw(random);
            assertEquals(each == claims ? ClaimOutcome.WON : ClaimOutcome.LOST, each.claim(id(1), claimant, later));
            assertTrue(each.now().isAfter(later), "too late for this token");
        }
        clock.advance(Duration.ofHours(2));
        assertEquals(clock.instant(), claims.now());
    }

    /** The time that is told does not depend on how late somebody swept, so that a clock may be corrected by the grace. */
    @Test
    void aClockThatIsSetBackByLessThanTheGraceLetsEverythingGoOn() throws Exception {
        for (int token = 0; token < 20; token++) {
            claims.claim(id(token), me, start);
            clock.advance(Duration.ofMinutes(1));
        }
        sweepAll();
        clock.advance(ClaimSweeper.PAUSE);
        sweepAll();
        assertEquals(0, records(root).size());
        for (int token = 0; token < 20; token++) {
            claims.claim(id(token), me, clock.instant());
        }
        clock.advance(Times.GRACE.plusMillis(1));
        sweepAll();
        assertEquals(0, records(root).size());
        clock.set(Times.GRACE.negated());
        assertEquals(clock.instant(), claims.now());
    }

    @Test
    void semantics18_claimsOfAClockThatWasAheadAreKeptByTheRightOne() throws Exception {
        clock.set(Duration.ofHours(5));
        claims.claim(id(1), me, clock.instant().plus(Duration.ofHours(1)));
        clock.set(Duration.ofHours(-5));
        clock.advance(Duration.ofHours(3));
        sweepAll();
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, start.plus(Duration.ofHours(6))));
        assertEquals(clock.instant(), claims.now());
    }

    @Test
    void semantics18_claimsOfAClockThatWasBehindAreKeptByTheRightOne() throws Exception {
        clock.set(Duration.ofHours(-5));
        claims.claim(id(1), me, later);
        clock.set(Duration.ofHours(5));
        clock.advance(Duration.ofMinutes(59));
        sweepAll();
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, later));
        clock.advance(Duration.ofHours(6).plus(Times.GRACE));
        sweepAll();
        assertEquals(0, records(root).size());
        assertEquals(clock.instant(), claims.now());
    }

    /** Each process has a wall clock of its own, and one is days ahead: what it sweeps when both say so is past for the others. */
    @Test
    void semantics18_aSweeperWhoseClockIsAheadGivesNothingAwayTwice() throws Exception {
        claims.claim(id(1), me, later);
        TestClock ahead = new TestClock(start.plus(Duration.ofDays(50)));
        HostClaims others =
                new HostClaims(AccountDirectory.at(root), bootIdFile, random, new Clocks(ahead, clock::nanos));
        HostClaims own = claims;
        claims = others;
        sweepAll();
        assertEquals(ClaimOutcome.LOST, own.claim(id(1), you, later));
        // The machine's clock goes on, and the right wall clock stands, as no clock does.
        clock.advance(Duration.ofHours(2));
        clock.set(Duration.ofHours(-2));
        sweepAll();
        assertEquals(0, records(root).size());
        assertEquals(ClaimOutcome.WON, own.claim(id(1), you, later));
        assertTrue(own.now().isAfter(later));
    }

    /** As a sweeper leaves it that is killed, or stopped, between its steps. */
    @Test
    void semantics18_aSweeperThatEndsBetweenItsStepsLeavesEverythingRight() throws Exception {
        claims.claim(id(1), me, later);
        claims.claim(id(2), me, later.plusSeconds(1));
        Path record = records(root).stream()
                .filter(each ->
                        each.getFileName().toString().equals(id(2).toHex().substring(2)))
                .findFirst()
                .orElseThrow();
        Files.move(record, store().resolve("floor"), StandardCopyOption.ATOMIC_MOVE);
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, later));
        assertEquals(ClaimOutcome.WON, claims.claim(id(2), you, later.plusSeconds(1)));
        assertTrue(claims.now().isAfter(later.plusSeconds(1)));
        clock.advance(Duration.ofHours(2));
        sweepAll();
        assertEquals(0, records(root).size());
    }

    @Test
    void theFloorNeverFalls() throws Exception {
        claims.claim(id(1), me, later.plusSeconds(1));
        clock.advance(Duration.ofHours(1).plus(Times.GRACE).plusSeconds(2));
        sweepAll();
        String floor = Files.readSymbolicLink(store().resolve("floor")).toString();
        assertTrue(floor.startsWith(me + "." + later.plusSeconds(1).toEpochMilli() + "."), floor);
        claims.claim(id(2), me, later);
        clock.advance(Duration.ofHours(1));
        sweepAll();
        assertEquals(0, records(root).size());
        assertEquals(floor, Files.readSymbolicLink(store().resolve("floor")).toString());
    }

    @Test
    void withoutAFloorNothingIsWonNorSwept() throws Exception {
        claims.claim(id(1), me, later);
        Files.delete(store().resolve("floor"));
        assertEquals(ClaimOutcome.LOST, claims.claim(id(1), you, later));
        assertTrue(assertFault(TransferFault.CLAIMS_UNUSABLE, claims::now)
                .getMessage()
                .contains("removed"));
        Path old = store();
        clock.advance(Duration.ofMillis(900));
        PublicId before = claims.id();
        waitForALook();
        assertNotEquals(before, claims.id(), "another store takes its place");
        assertEquals(clock.instant(), claims.now());
        clock.advance(Duration.ofHours(2));
        sweepAll();
        assertEquals(1, records(old).size());
    }

    @Test
    void aDamagedFloorIsNoTime() throws Exception {
        claims.id();
        Files.delete(store().resolve("floor"));
        for (String content : List.of("something", me + "." + Long.MAX_VALUE + "0")) {
            Files.deleteIfExists(store().resolve("floor"));
            Files.createSymbolicLink(store().resolve("floor"), Path.of(content));
            assertTrue(assertFault(TransferFault.CLAIMS_UNUSABLE, claims::now)
                    .getMessage()
                    .contains("floor is damaged"));
        }
        Files.delete(store().resolve("floor"));
        Files.createFile(store().resolve("floor"));
        assertFault(TransferFault.CLAIMS_UNUSABLE, claims::now);
    }

    /** The two forms of a store that Baton made before it had floors. */
    @Test
    void aStoreOfTheOlderFormIsLetAloneAndReplaced() throws Exception {
        AccountDirectory.makePrivate(root);
        Path old = root.resolve(PublicId.draw(random) + "." + start.toEpochMilli());
        AccountDirectory.makePrivate(old);
        AccountDirectory.makePrivate(old.resolve("00"));
        Files.createSymbolicLink(old.resolve("00/" + "1".repeat(46)), Path.of(me + "." + later.toEpochMilli()));
        Files.createSymbolicLink(root.resolve(BOOT), old.getFileName());
        assertEquals(ClaimOutcome.WON, claims.claim(id(1), me, later));
        assertNotEquals(old, store());
        assertEquals(clock.instant(), claims.now());
        clock.advance(Duration.ofHours(20));
        sweepAll();
        assertEquals(1, records(old).size());
        clock.advance(Duration.ofHours(10));
        sweepAll();
        waitForAPass();
        sweepAll();
        assertFalse(Files.exists(old));
    }

    /** Of an older Baton, or of a process in another time namespace, whose clock says nothing here. */
    @Test
    void aRecordWithTheTimeOfAnotherMachineClockIsKeptADayLonger() throws Exception {
        claims.id();
        String end = me + "." + later.toEpochMilli();
        Path one = store().resolve("2a/" + "1".repeat(46));
        Path other = store().resolve("2b/" + "2".repeat(46));
        Files.createSymbolicLink(one, Path.of(end));
        Files.createSymbolicLink(other, Path.of(end + ".0.01234567"));
        assertEquals(ClaimOutcome.LOST, claims.claim(ClaimId.of(octets("2a" + "1".repeat(46))), you, later));
        assertEquals(ClaimOutcome.WON, claims.claim(ClaimId.of(octets("2b" + "2".repeat(46))), me, later));
        clock.advance(Duration.ofHours(24));
        sweepAll();
        assertEquals(2, records(root).size());
        clock.advance(Duration.ofHours(1).plusMillis(1));
        sweepAll();
        assertEquals(0, records(root).size());
        clock.set(Duration.ofDays(-2));
        assertTrue(claims.now().isAfter(later));
    }

    @Test
    void clocksOfTimeNamespacesAndBootsHaveNames() {
        String here = HostStore.machineClock(BOOT, "time:[4026531834]");
        assertTrue(here.matches("[0-9a-f]{8}"), here);
        assertEquals(here, HostStore.machineClock(BOOT, "time:[4026531834]"));
        assertNotEquals(here, HostStore.machineClock(BOOT, "time:[4026531835]"));
        assertNotEquals(here, HostStore.machineClock(NEXT_BOOT, "time:[4026531834]"));
    }

    @Test
    void whatItRemembersSinceFollowsAClockThatIsSetForward() throws Exception {
        long began = start.toEpochMilli();
        assertEquals(began, claims.since().toEpochMilli());
        clock.set(Duration.ofHours(2));
        for (HostClaims each : List.of(claims, open())) {
            assertEquals(
                    start.plus(Duration.ofHours(2)).toEpochMilli(), each.since().toEpochMilli());
        }
        clock.set(Duration.ofHours(-3));
        assertEquals(began, claims.since().toEpochMilli(), "one of both clocks is wrong, and the later counts");
    }

    private Path store() throws IOException {
        return root.resolve(Files.readSymbolicLink(root.resolve(BOOT)));
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private void waitForAPass() {
        clock.advance(ClaimSweeper.PAUSE.plusMillis(1));
    }

    @Test
    void processesThatClaimOnceSweepTogether() throws Exception {
        for (int token = 0; token < 200; token++) {
            claims.claim(id(token), me, later);
        }
        clock.advance(Duration.ofHours(2));
        // Each takes one directory of 256: a tenth of them is missed.
        for (int process = 0; process < 600; process++) {
            open().claim(id(5000), me, Instant.MAX);
        }
        int left = records(root).size();
        assertTrue(left < 100, () -> left + " are left");
    }

    @Test
    void oneProcessSweepsAtATime() throws Exception {
        claims.claim(id(1), me, later);
        // Ends the pass that the claim began, which may have seen the record already.
        sweepAll();
        clock.advance(Duration.ofHours(2));
        try (ChildJvm child =
                ChildJvm.start(Sweeping.class, root.resolve("sweep.lock").toString())) {
            assertEquals("locked", child.line());
            sweepAll();
            assertEquals(1, records(root).size());
            child.go();
            child.rest();
        }
        sweepAll();
        assertEquals(0, records(root).size());
    }

    /** Holds the sweeper's lock until it is told to end. */
    static final class Sweeping {
        public static void main(String[] arguments) throws Exception {
            try (var channel = FileChannel.open(
                            Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                System.out.println(lock.isValid() ? "locked" : "not locked");
                if (System.in.read() < 0) {
                    throw new IOException("the test is gone");
                }
            }
        }
    }

    @Test
    void removesWhatEarlierBootsLeftADayLater() throws Exception {
        claims.claim(id(1), me, later);
        Path old = root.resolve(Files.readSymbolicLink(root.resolve(BOOT)));
        Files.writeString(bootIdFile, NEXT_BOOT);
        claims = open();
        claims.id();
        sweepAll();
        assertTrue(Files.isSymbolicLink(root.resolve(BOOT)), "it may be another host's");
        assertEquals(1, records(old).size());

        // A day after its last record, and a day after that one's time.
        clock.advance(Duration.ofHours(24).plusMinutes(5));
        sweepAll();
        assertFalse(Files.exists(root.resolve(BOOT), LinkOption.NOFOLLOW_LINKS));
        assertEquals(1, records(old).size());
        clock.advance(Duration.ofHours(1));
        sweepAll();
        assertEquals(0, records(old).size());
        clock.advance(Duration.ofHours(1));
        sweepAll();
        assertFalse(Files.exists(old));
        assertTrue(Files.isSymbolicLink(root.resolve(NEXT_BOOT)));
    }

    @Test
    void leavesAloneWhatAnotherHostUses() throws Exception {
        claims.claim(id(1), me, start.minus(Duration.ofDays(30)));
        Path old = root.resolve(Files.readSymbolicLink(root.resolve(BOOT)));
        Files.writeString(bootIdFile, NEXT_BOOT);
        claims = open();
        clock.advance(Duration.ofDays(3));
        Files.setLastModifiedTime(old.resolve("2a"), FileTime.from(clock.instant()));
        sweepAll();
        assertTrue(Files.isSymbolicLink(root.resolve(BOOT)));
        assertEquals(1, records(old).size());
    }

    @Test
    void removesAStoreThatWasNeverLinked() throws Exception {
        claims.id();
        String half = "0".repeat(32) + "." + start.toEpochMilli();
        AccountDirectory.makePrivate(root.resolve(half));
        AccountDirectory.makePrivate(root.resolve(half).resolve("00"));
        sweepAll();
        assertTrue(Files.exists(root.resolve(half)), "it may be in the making");
        clock.advance(Duration.ofDays(2));
        sweepAll();
        assertFalse(Files.exists(root.resolve(half)));
    }

    /** Claims again and again, so that a whole pass gets done. The record of it is this claimant's. */
    private void sweepAll() throws Exception {
        for (int step = 0; step < 1000; step++) {
            claims.claim(id(9999), me, Instant.MAX);
        }
        records(root).stream()
                .filter(each ->
                        each.getFileName().toString().equals(id(9999).toHex().substring(2)))
                .forEach(HostClaimsTest::remove);
    }

    private void assertUnusable(String part) throws Exception {
        waitForALook();
        for (HostClaims each : List.of(open(), claims)) {
            for (Executable ask : List.<Executable>of(each::id, each::since, () -> each.claim(id(1), me, later))) {
                GSSException thrown = assertFault(TransferFault.CLAIMS_UNUSABLE, ask);
                assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
            }
        }
    }

    @FunctionalInterface
    private interface Executable {
        Object run() throws Exception;
    }

    private static GSSException assertFault(TransferFault fault, Executable executable) {
        GSSException thrown = assertThrows(GSSException.class, executable::run);
        assertEquals(fault, TransferFault.of(thrown).orElseThrow(), thrown.getMessage());
        return thrown;
    }

    private void waitForALook() {
        clock.advance(Duration.ofSeconds(1));
    }

    private static List<Path> records(Path from) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            return all.filter(
                            each -> each.getParent().getFileName().toString().length() == 2 && !Files.isDirectory(each))
                    .toList();
        }
    }

    private static void removeAll(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(HostClaimsTest::remove);
        }
    }

    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClaimId id(int number) {
        try {
            byte[] octets = ByteBuffer.allocate(4).putInt(number).array();
            return ClaimId.of(MessageDigest.getInstance("SHA-256").digest(octets));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
