package dev.gssbaton.krb5.ticket;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gssbaton.krb5.message.ErrorCode;
import dev.gssbaton.krb5.message.KerberosException;
import dev.gssbaton.krb5.message.Octets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

class MemoryReplayCacheTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final MemoryReplayCache cache = new MemoryReplayCache();

    @Test
    void kerberos_md_7_an_authenticator_is_taken_once() throws Exception {
        cache.take(authenticator(1), NOW, SKEW, NOW);
        cache.take(authenticator(2), NOW, SKEW, NOW);
        KerberosException e = assertThrows(KerberosException.class, () -> cache.take(authenticator(1), NOW, SKEW, NOW));
        assertEquals(ErrorCode.KRB_AP_ERR_REPEAT, e.errorCode());
        assertEquals(GSSException.DUPLICATE_TOKEN, e.getMajor());
    }

    @Test
    void it_is_remembered_as_long_as_it_could_be_used_and_not_longer() throws Exception {
        cache.take(authenticator(1), NOW, SKEW, NOW);
        Instant last = NOW.plus(SKEW.multipliedBy(2));
        assertThrows(KerberosException.class, () -> cache.take(authenticator(1), NOW, SKEW, last));
        Instant later = last.plusSeconds(61);
        cache.take(authenticator(2), last, SKEW, later);
        assertThrows(KerberosException.class, () -> cache.take(authenticator(2), last, SKEW, later));
        assertDoesNotThrow(() -> cache.take(authenticator(1), NOW, SKEW, later));
    }

    @Test
    void of_many_threads_one_takes_it() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        Callable<Boolean> taker = () -> {
            try {
                cache.take(authenticator(9), NOW, SKEW, NOW);
                return true;
            } catch (KerberosException e) {
                return false;
            }
        };
        List<Future<Boolean>> takers =
                threads.invokeAll(Stream.generate(() -> taker).limit(64).toList());
        int winners = 0;
        for (Future<Boolean> won : takers) {
            winners += won.get() ? 1 : 0;
        }
        threads.shutdown();
        assertEquals(1, winners);
    }

    private static Octets authenticator(int number) {
        return Octets.of(new byte[] {(byte) number, 1, 2});
    }
}
