package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.account.AccountDirectory;
import dev.gssbaton.account.ChildJvm;
import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.ClaimOutcome;
import dev.gssbaton.spi.ClaimStore;
import dev.gssbaton.spi.PublicId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Claimants, who sweep by the way, whose wall clocks jump ahead and back by hours at any time, each for itself, while the
 * machine's goes on. Nobody takes twice what has not ended by the claimant's own time, read after it won, as an import does.
 */
class JumpingClockTest {
    private static final int SCALE = Integer.getInteger("baton.scale", 1);
    private static final int THREADS = 3;
    private static final int CLAIMS = 1_000 * SCALE;
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration MARGIN = Duration.ofHours(1);
    private static final long JUMP = Duration.ofHours(6).toMillis();
    /** How much later it is with each claim, in milliseconds. */
    private static final long TICK = 3_000;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Logger LOGGER = Logger.getLogger("dev.gssbaton");

    @TempDir
    Path temporary;

    /** Each jump back would be told. */
    @BeforeAll
    static void silence() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOGGER.setLevel(null);
    }

    /** How often each token was taken in its time. */
    private final Map<Integer, Integer> taken = new ConcurrentHashMap<>();

    /** The wall clock of one process. */
    private static final class Jumping extends Clock {
        private final LongSupplier millis;
        private volatile long ahead;

        Jumping(LongSupplier millis) {
            this.millis = millis;
        }

        void jump(SplittableRandom random) {
            ahead = random.nextLong(-JUMP, JUMP);
        }

        @Override
        public Instant instant() {
            return START.plusMillis(millis.getAsLong() + ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    /** One that takes whatever it can. */
    private record Racer(ClaimStore claims, Jumping clock, SplittableRandom random) {
        /** Claims one of the tokens that end in the next hours or ended in the last; gives it if it was taken in time, else -1. */
        int take() throws GSSException {
            if (random.nextInt(10) == 0) {
                clock.jump(random);
            }
            long hour = Duration.ofHours(1).toMillis();
            int token =
                    (int) ((clock.millis() - START.toEpochMilli() + 2 * JUMP) / hour * 10) + random.nextInt(80) - 40;
            Instant last = START.plusMillis(token / 10 * hour - 2 * JUMP);
            ClaimOutcome outcome = claims.claim(id(token), PublicId.draw(RANDOM), last.plus(MARGIN));
            boolean live = outcome == ClaimOutcome.WON && !claims.now().isAfter(last);
            return live ? token : -1;
        }
    }

    private static ClaimId id(int token) {
        // The first octet, which is the directory, is one of few, so that a pass is short.
        return ClaimId.of(ByteBuffer.allocate(ClaimId.MIN_SIZE)
                .put((byte) (token % 16))
                .putInt(token)
                .array());
    }

    private void race(List<Racer> racers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(racers.size());
        try {
            List<Callable<Object>> work = new ArrayList<>();
            for (Racer racer : racers) {
                work.add(() -> {
                    for (int i = 0; i < CLAIMS; i++) {
                        int token = racer.take();
                        if (token != -1) {
                            taken.merge(token, 1, Integer::sum);
                        }
                    }
                    return null;
                });
            }
            for (Future<Object> each : threads.invokeAll(work)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private long takenTwice() {
        return taken.values().stream().filter(times -> times > 1).count();
    }

    private HostClaims host(Jumping clock, LongSupplier nanos) throws IOException {
        Path bootId = temporary.resolve("boot_id");
        Files.writeString(bootId, "0f8fad5b-d9cb-469f-a165-70867728950e\n");
        return new HostClaims(
                AccountDirectory.at(temporary.resolve("claims")), bootId, RANDOM, new Clocks(clock, nanos));
    }

    @Test
    void semantics18_nothingOfAHostIsTakenTwice() throws Exception {
        AtomicLong ticks = new AtomicLong();
        List<Racer> racers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Jumping clock = new Jumping(ticks::get);
            ClaimStore claims = host(clock, () -> ticks.addAndGet(TICK / 3) * 1_000_000);
            racers.add(new Racer(claims, clock, new SplittableRandom()));
        }
        race(racers);
        assertEquals(0, takenTwice());
        assertNotEquals(0, taken.size());
        Path store = temporary
                .resolve("claims")
                .resolve(Files.readSymbolicLink(temporary.resolve("claims/0f8fad5b-d9cb-469f-a165-70867728950e")));
        Stamp floor = Stamp.parse(Files.readSymbolicLink(store.resolve("floor")).toString())
                .orElseThrow();
        assertTrue(floor.time().wall() > 0, "something was swept");
    }

    @Test
    void semantics18_nothingOfAProcessIsTakenTwice() throws Exception {
        AtomicLong ticks = new AtomicLong();
        Jumping clock = new Jumping(ticks::get);
        ProcessClaims claims = new ProcessClaims(RANDOM, new Clocks(clock, () -> ticks.addAndGet(TICK) * 1_000_000));
        List<Racer> racers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            racers.add(new Racer(claims, clock, new SplittableRandom()));
        }
        race(racers);
        assertEquals(0, takenTwice());
        assertNotEquals(0, taken.size());
        assertTrue(claims.size() < THREADS * CLAIMS, "something was swept");
    }

    /** What the race is there to find: a store that forgets by its clock as it is set. */
    @Test
    void theRaceFindsAStoreThatForgetsByItsClock() throws Exception {
        AtomicLong ticks = new AtomicLong();
        Map<ClaimId, Instant> records = new ConcurrentHashMap<>();
        List<Racer> racers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Jumping clock = new Jumping(() -> ticks.addAndGet(TICK));
            ProcessClaims inner = new ProcessClaims(RANDOM, clock);
            racers.add(new Racer(new ForgettingClaims(inner, clock, records), clock, new SplittableRandom()));
        }
        race(racers);
        assertNotEquals(0, takenTwice());
    }

    /** Removes whatever is past by its clock, and gives the time as it is set. */
    private record ForgettingClaims(ClaimStore inner, Clock clock, Map<ClaimId, Instant> records)
            implements ClaimStore {
        @Override
        public PublicId id() throws GSSException {
            return inner.id();
        }

        @Override
        public String scope() {
            return inner.scope();
        }

        @Override
        public Instant now() {
            return clock.instant();
        }

        @Override
        public Instant since() throws GSSException {
            return inner.since();
        }

        @Override
        public ClaimOutcome claim(ClaimId id, PublicId claimant, Instant keepUntil) {
            Instant now = clock.instant();
            records.values().removeIf(now::isAfter);
            return records.putIfAbsent(id, keepUntil) == null ? ClaimOutcome.WON : ClaimOutcome.LOST;
        }
    }

    /** In several processes an hour takes a fifth of a second. */
    @Test
    void semantics18_nothingIsTakenTwiceByProcesses() throws Exception {
        host(new Jumping(() -> 0), System::nanoTime).id();
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                children.add(ChildJvm.start(Child.class, temporary.toString(), String.valueOf(System.nanoTime())));
            }
            for (ChildJvm child : children) {
                assertEquals("ready", child.line());
            }
            for (ChildJvm child : children) {
                child.go();
            }
            for (ChildJvm child : children) {
                for (String token : child.rest()) {
                    taken.merge(Integer.valueOf(token), 1, Integer::sum);
                }
                assertEquals(0, child.status());
            }
            assertEquals(0, takenTwice());
            assertNotEquals(0, taken.size());
        } finally {
            for (ChildJvm child : children) {
                child.close();
            }
        }
    }

    /** Waits for a line, takes what it can, and says what it took in time. */
    static final class Child {
        private static final long SPEED = 20_000;

        public static void main(String[] arguments) throws Exception {
            silence();
            long began = Long.parseLong(arguments[1]);
            LongSupplier nanos = () -> (System.nanoTime() - began) * SPEED;
            Jumping clock = new Jumping(() -> nanos.getAsLong() / 1_000_000);
            Path directory = Path.of(arguments[0]);
            HostClaims claims = new HostClaims(
                    AccountDirectory.at(directory.resolve("claims")),
                    directory.resolve("boot_id"),
                    RANDOM,
                    new Clocks(clock, nanos));
            Racer racer = new Racer(claims, clock, new SplittableRandom());
            System.out.println("ready");
            if (System.in.read() < 0) {
                return;
            }
            StringBuilder taken = new StringBuilder();
            for (int i = 0; i < CLAIMS; i++) {
                int token = racer.take();
                if (token != -1) {
                    taken.append(token).append('\n');
                }
            }
            System.out.print(taken);
        }
    }
}
