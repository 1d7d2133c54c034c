package dev.gssbaton.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.spi.ClaimId;
import dev.gssbaton.spi.PublicId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClaimTableTest {
    private static final long HOUR = 3_600_000;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final AtomicLong floor = new AtomicLong();
    private final ClaimTable table = new ClaimTable(floor);
    private final Random random = new Random(1);

    /** Whatever it is asked, it answers as a map does that forgets nothing that must be kept. */
    @Test
    void answersAsAMapDoes() {
        record Taken(PublicId claimant, long keepUntil) {}
        Map<ByteBuffer, Taken> model = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            int number = random.nextInt(20_000);
            byte[] id = id(number);
            // A few hashes for all of them, in every tenth case: those must be told apart by their octets.
            long hash = number % 10 == 0 ? number % 3 * SPREAD : number * SPREAD;
            PublicId claimant = new PublicId(random.nextInt(3), 0);
            long keepUntil = now + 1 + random.nextInt(1000);
            Taken known = model.get(ByteBuffer.wrap(id));
            if (known == null || known.keepUntil >= now) {
                boolean expected = known == null || known.claimant.equals(claimant);
                assertEquals(expected, table.claim(hash, id, claimant, end(keepUntil), at(now)), "claim " + i);
                model.putIfAbsent(ByteBuffer.wrap(id), new Taken(claimant, keepUntil));
            } else {
                // Forgotten or not: either is right, and the model follows.
                PublicId nobody = new PublicId(9, i);
                if (table.claim(hash, id, nobody, end(keepUntil), at(now))) {
                    assertTrue(floor.get() > known.keepUntil, "what was forgotten is past");
                    model.put(ByteBuffer.wrap(id), new Taken(nobody, keepUntil));
                }
            }
            now += random.nextInt(3) == 0 ? 1 : 0;
            if (i % 1000 == 0) {
                table.sweep(at(now));
            }
        }
    }

    @Test
    void aSweepForgetsWhatNeedNotBeKept() {
        PublicId me = new PublicId(1, 1);
        for (int number = 0; number < 1000; number++) {
            assertTrue(table.claim(number * SPREAD, id(number), me, end(number < 900 ? HOUR : 2 * HOUR), at(0)));
        }
        table.sweep(at(HOUR));
        assertEquals(1000, table.size(), "to the last moment");
        table.sweep(at(HOUR + 1));
        assertEquals(100, table.size());
        assertEquals(HOUR + 1, floor.get(), "past what was forgotten");
        PublicId you = new PublicId(2, 2);
        for (int number = 900; number < 1000; number++) {
            assertFalse(table.claim(number * SPREAD, id(number), you, end(3 * HOUR), at(HOUR + 1)));
        }
    }

    @Test
    void whatMustBeKeptIsLessThanHalfOfIt() {
        PublicId me = new PublicId(1, 1);
        for (int number = 0; number < 200_000; number++) {
            table.claim(number * SPREAD, id(number), me, end(number + 1000), at(number));
        }
        // A thousand are live, and a table is made anew with room for twice as many.
        assertTrue(table.size() < 5000, () -> "holds " + table.size());
    }

    @Test
    void bothClocksMustSaySo() {
        PublicId me = new PublicId(1, 1);
        for (int number = 0; number < 1000; number++) {
            table.claim(number * SPREAD, id(number), me, end(HOUR), at(0));
        }
        table.sweep(new Times(at(100 * HOUR).wall(), at(HOUR).machine()));
        table.sweep(new Times(at(HOUR).wall(), at(100 * HOUR).machine()));
        assertEquals(1000, table.size());
        assertEquals(0, floor.get());
        table.sweep(at(HOUR + 1));
        assertEquals(0, table.size());
    }

    private static Times end(long millis) {
        return new Times(millis, millis);
    }

    /** When something that ended just before is past. */
    private static Times at(long millis) {
        return end(millis + Times.GRACE.toMillis());
    }

    /** Identities of all lengths, most of which begin with all of another one. */
    private static byte[] id(int number) {
        int lengths = ClaimId.MAX_SIZE - ClaimId.MIN_SIZE + 1;
        return ByteBuffer.allocate(ClaimId.MIN_SIZE + number % lengths)
                .putInt(number / lengths)
                .array();
    }
}
