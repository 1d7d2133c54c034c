package dev.gssbaton.krb5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AuthenticatorTimeTest {
    private final Set<Instant> given = ConcurrentHashMap.newKeySet();

    @Test
    void kerberos_14_no_time_is_given_twice_while_the_clock_stands_still() {
        Instant now = Instant.now();
        IntStream.range(0, 20_000).parallel().forEach(i -> assertTrue(given.add(next(now))));
        assertEquals(20_000, given.size());
    }

    @Test
    void kerberos_14_nor_when_it_is_set_back() {
        Instant now = Instant.now().plus(Duration.ofDays(1));
        for (int turn = 0; turn < 20; turn++) {
            for (int i = 0; i < 2_000; i++) {
                assertTrue(given.add(next(now.plus(Duration.ofMillis(i)))));
            }
            next(now.plus(Duration.ofHours(1)));
        }
    }

    @Test
    void a_time_is_that_of_the_clock_if_it_was_not_given() {
        Instant now = Instant.now().plus(Duration.ofDays(2));
        Duration ahead = Duration.between(now, next(now));
        assertFalse(ahead.isNegative());
        assertTrue(ahead.compareTo(Duration.ofMillis(1)) < 0, ahead.toString());
    }

    @Test
    void times_follow_a_clock_that_is_set_back_further_than_acceptors_bear() {
        Instant now = Instant.now().plus(Duration.ofDays(4));
        next(now.plus(Duration.ofHours(1)));
        Duration ahead = Duration.between(now, next(now));
        assertTrue(ahead.compareTo(Duration.ofMillis(1)) < 0, ahead.toString());
    }

    private static Instant next(Instant now) {
        AuthenticatorTime time = AuthenticatorTime.next(now);
        assertTrue(time.cusec() >= 0 && time.cusec() < 1_000_000);
        return time.ctime().plus(time.cusec(), ChronoUnit.MICROS);
    }
}
